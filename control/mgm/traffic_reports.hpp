// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/event_ring.hpp"
#include "control/mgm/alerts.hpp"
#include "control/mgm/state.hpp"

/// Who is to hear what a worker reports about packets that have an entry.
namespace mgmd::mgm {

/// For the owner of the arrival interface (26). nullopt: nobody owns it.
template <class F>
std::optional<Alert<F>> wrong_interface_alert(const State<F>& state, const Event& event);

/// For the client whose installed route asked for an arrival or a threshold to be reported (28).
/// nullopt: the route is gone, or asks for that no more.
template <class F>
std::optional<Alert<F>> signal_alert(const State<F>& state, const Event& event);

}  // namespace mgmd::mgm
