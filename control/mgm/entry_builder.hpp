// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/event_ring.hpp"
#include "common/log_limit.hpp"
#include "control/mgm/build_gate.hpp"
#include "control/mgm/settler.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// New sources, and entries that have to be made again (19 - 22, 24, 27).
template <class F>
class EntryBuilder {
public:
    using Key = SourceGroup<F>;
    using Header = std::span<const std::uint8_t>;

    EntryBuilder(State<F>& state, Settler<F>& settler, BuildGate& gate)
        : state_(state), settler_(settler), gate_(gate) {}

    /// A no-entry event: makes the entry, or touches the one that is there. Precondition of
    /// everything here: the change that it is part of is settled afterwards.
    void on_no_entry(const Event& event);
    /// Packets that found no room to wait for an entry: they count if it is there.
    void on_hold_overflow(const Event& event);
    /// After on_no_entry: what there is now is the worker's answer, else a refusal.
    void answer(const Event& event);

    // These look up, ask and compute once more, in the order of the keys.
    /// The entries arriving there: readers shall see new ones.
    void rebuild_arriving(Slot slot);
    /// The entries arriving there: their owner may answer otherwise now.
    void examine_arriving(Slot slot);
    /// The entries of these sources whose route is another now.
    void routes_changed(std::span<const Prefix<F>> sources);

private:
    struct Choice {
        Slot incoming = kNoSlot;
        typename F::Address upstream{};
        RouteUsed<F> route;
    };

    bool is_admissible(const Key& key, Slot arrival) const;
    bool make_room(const Key& key, Slot arrival);
    void rebuild(Mfe<F>& mfe, bool anew);
    void build(Mfe<F>& mfe, Header header);
    Choice look_up(Mfe<F>& mfe) const;
    Choice ask_incoming(const Mfe<F>& mfe, const Choice& choice, Header header);
    void alert_creation(Mfe<F>& mfe);
    /// True: the client vetoed an interface.
    bool alert_creation(Mfe<F>& mfe, ClientIndex client);

    State<F>& state_;
    Settler<F>& settler_;
    BuildGate& gate_;
    LogLimit foreign_choice_;
};

}  // namespace mgmd::mgm
