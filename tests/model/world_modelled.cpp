// SPDX-License-Identifier: Apache-2.0
#include "tests/model/world.hpp"
#include "tests/model/world_calls.hpp"
#include "tests/model/world_events.hpp"

namespace mgmd::mgm::differential {

template class World<V4, Modelled>;
template class World<V6, Modelled>;

}  // namespace mgmd::mgm::differential
