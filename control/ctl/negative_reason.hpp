// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"

namespace mgmd::ctl {

/// Why an entry drops what it matches, for a person: "no route to the source", "nobody wants it",
/// "wanted only on left, where it arrives". Precondition: `mfe` is negative.
template <class F>
std::string negative_reason(const Settings& settings, const mgm::GroupManager<F>& manager,
                            const mgm::MfeRecord<F>& mfe);

}  // namespace mgmd::ctl
