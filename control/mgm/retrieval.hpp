// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "control/mgm/outlook.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// What readers see: entries, both kinds in one order (30, 31), and memberships. `Record` is
/// MfeRecord<F> or MfeStats<F>.
template <class F>
class Retrieval {
public:
    using Key = SourceGroup<F>;

    explicit Retrieval(const State<F>& state) : state_(state) {}

    /// `form` says what a record takes, where it is statistics.
    template <class Record>
    Result<Record> get(const Key& key, std::size_t buffer_octets,
                       StatsForm form = StatsForm::extended) const;
    /// The first after the key, or the very first one; nullopt: no more.
    template <class Record>
    std::optional<Record> next(const std::optional<Key>& after) const;
    template <class Record>
    Result<Page<Record>> page(const std::optional<Key>& after, std::size_t buffer_octets,
                              StatsForm form = StatsForm::extended) const;

    void visit_memberships(const std::function<void(const MembershipRecord<F>&)>& visit) const;
    std::vector<MembershipRecord<F>> memberships(const Key& key) const;
    std::optional<Key> next_membership_key(const std::optional<Key>& after) const;
    FlowOutlook<F> outlook(const Key& key, InterfaceIndex arrival) const;
    std::vector<ClientRecord<F>> clients() const;
    Usage usage() const;

private:
    void describe(const Mfe<F>& mfe, MfeRecord<F>& record) const;
    void describe(const Installed<F>& installed, MfeRecord<F>& record) const;
    void describe(const Mfe<F>& mfe, MfeStats<F>& stats) const;
    void describe(const Installed<F>& installed, MfeStats<F>& stats) const;
    template <class Record>
    void describe_common(const Mfe<F>& mfe, Record& record) const;
    void add_counters(const RouteKey<F>& key, MfeStats<F>& stats) const;
    MembershipRecord<F> describe(const Key& key, const Member& member) const;
    ProtocolId protocol_on(Slot slot) const;
    Duration left(const Mfe<F>& mfe) const;

    const State<F>& state_;
};

}  // namespace mgmd::mgm
