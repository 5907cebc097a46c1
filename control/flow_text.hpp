// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "control/mgm/types.hpp"

namespace mgmd {

/// How a flow's source is shown: its address, "*" for any.
template <class F>
std::string source_text(const mgm::SourceGroup<F>& key) {
    return key.has_source() ? to_string(key.source) : "*";
}

/// How a flow's group is shown: its address, a range as a prefix, "*" for all groups.
template <class F>
std::string group_text(const mgm::SourceGroup<F>& key) {
    return key.is_any()            ? "*"
           : key.is_single_group() ? to_string(key.group)
                                   : to_string(Prefix<F>{key.group, key.group_length});
}

}  // namespace mgmd
