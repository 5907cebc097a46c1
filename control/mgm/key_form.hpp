// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// invalid_parameter unless the key is an (S,G), (*,G), (*,G/len) or (*,*) that may be forwarded
/// (9).
template <class F>
Result<> check_key_form(const SourceGroup<F>& key);

}  // namespace mgmd::mgm
