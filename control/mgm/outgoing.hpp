// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/container/small_vector.hpp>

#include "common/forwarding_table.hpp"
#include "control/mgm/outlook.hpp"
#include "control/mgm/state.hpp"

/// What an entry consists of: the outgoing list (15) and its form for the forwarder.
namespace mgmd::mgm {

/// nullopt: nothing keeps the link out of the list.
template <class F>
std::optional<OutgoingBar> bar_of(const State<F>& state, const Mfe<F>& mfe, Slot slot);

/// Whether the link belongs into the list, if there is room.
template <class F>
bool is_outgoing(const State<F>& state, const Mfe<F>& mfe, Slot slot);

/// Computes the whole list. An entry has at most kMaxOutgoing links: others are counted.
template <class F>
void compute_outgoing(State<F>& state, Mfe<F>& mfe);

/// Decides about one link only. True: the list changed.
template <class F>
bool update_outgoing(State<F>& state, Mfe<F>& mfe, Slot slot);

template <class F>
ForwardingEntry<F> forwarding_entry(const State<F>& state, const Mfe<F>& mfe);

template <class F>
using RouteKeys = boost::container::small_vector<RouteKey<F>, 1>;

/// More than one for (*,*) only: one for each interface to accept on.
template <class F>
std::vector<ForwardingEntry<F>> forwarding_entries(const State<F>& state,
                                                   const Installed<F>& installed);

/// The keys of those.
template <class F>
RouteKeys<F> forwarding_keys(const State<F>& state, const Installed<F>& installed);

/// What an installed route accepts on, as published. `any`: it drops everywhere.
template <class F>
AcceptSet accept_set(const State<F>& state, const Installed<F>& installed);

/// The links that an installed route accepts on, ascending.
template <class F>
std::vector<Slot> accepted_links(const State<F>& state, const Installed<F>& installed);

/// The installed route that workers match for an (S,G) that arrives there; (*,*) only if it
/// accepts there. nullptr: none.
template <class F>
const Installed<F>* installed_for(const State<F>& state, const SourceGroup<F>& key, Slot arrival);

}  // namespace mgmd::mgm
