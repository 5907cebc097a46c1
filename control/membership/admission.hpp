// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/settings.hpp"
#include "control/membership/group.hpp"
#include "control/membership/link_counters.hpp"
#include "control/membership/message.hpp"

namespace mgmd::membership {

/// A record that may be acted upon.
template <class F>
struct Admitted {
    Record<F> record;  ///< sources ascending, each once
    Generation generation = Generation::third;
    /// Made from an older host's message by the static mapping.
    bool mapped = false;
};

/// What a link's hosts may ask for: addresses that make sense, the configured policy and limits,
/// and the rules for source-specific groups. Whatever is left out is counted by name.
template <class F>
class Admission {
public:
    Admission(const MembershipProtocolSettings<F>& settings, LinkCounters& counters)
        : settings_(settings), counters_(counters) {}

    /// nullopt: the record is left alone.
    std::optional<Admitted<F>> admit(Record<F> record, Generation generation);

    /// Whether one more group may have members, with so many that have; counted if not.
    bool has_room(std::size_t groups);

    /// Leaves out the sources past the limit, and says how many; those that the group knows come
    /// first.
    std::size_t limit_sources(Record<F>& record, const FilterState<F>& known);

private:
    bool admits_group(const typename F::Address& group);
    bool map(Admitted<F>& admitted) const;
    void clean_sources(Record<F>& record);

    const MembershipProtocolSettings<F>& settings_;
    LinkCounters& counters_;
};

}  // namespace mgmd::membership
