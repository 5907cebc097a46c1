// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "control/mgm/state.hpp"

/// The bound of entries (33): this table's own, and its share of what the forwarder has for all.
namespace mgmd::mgm {

/// What the forwarder has or is about to have of this table: (*,*) is one for each interface.
template <class F>
std::uint64_t used_entries(const State<F>& state);

template <class F>
bool has_room(const State<F>& state, std::uint64_t more);

}  // namespace mgmd::mgm
