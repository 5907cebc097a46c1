// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/setting_change.hpp"
#include "config/document.hpp"

namespace mgmd::config {

/// What differs between two good files, setting by setting, in the order of the tables. Goes by the
/// tables: there is no setting that it does not know. What is written differently and means the
/// same (a default, `60` and `1m`, the order of names and of sets) is no difference.
std::vector<SettingChange> diff(const Document& before, const Document& after);

}  // namespace mgmd::config
