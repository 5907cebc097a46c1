// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/retrieval.hpp"

#include <algorithm>

#include "control/mgm/failure.hpp"
#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {

namespace {

template <class F>
std::size_t octets_of(const MfeRecord<F>& record, StatsForm /*form*/) {
    return mfe_octets<F>(record.outgoing.size());
}

template <class F>
std::size_t octets_of(const MfeStats<F>& stats, StatsForm form) {
    return mfe_stats_octets<F>(stats.outgoing.size(), form);
}

Failure too_small(std::size_t needed) {
    return {Errc::insufficient_buffer, "not even one entry fits in the buffer", needed};
}

}  // namespace

template <class F>
ProtocolId Retrieval<F>::protocol_on(Slot slot) const {
    const ClientIndex client = slot == kNoSlot ? kNobody : state_.component(slot);
    return client == kNobody ? 0 : state_.clients.name(client).protocol;
}

template <class F>
Duration Retrieval<F>::left(const Mfe<F>& mfe) const {
    return std::max(Duration::zero(), mfe.since + mfe.timeout - state_.now());
}

template <class F>
template <class Record>
void Retrieval<F>::describe_common(const Mfe<F>& mfe, Record& record) const {
    record.key = mfe.key;
    record.incoming = state_.links.id(mfe.incoming);
    record.incoming_protocol = protocol_on(mfe.incoming);
    record.upstream = mfe.upstream;
    record.route = mfe.route;
    using Unit = decltype(record.up_time);
    record.up_time = std::chrono::floor<Unit>(state_.now() - mfe.created);
    record.expiry_time = std::chrono::floor<Unit>(left(mfe));
}

template <class F>
void Retrieval<F>::describe(const Mfe<F>& mfe, MfeRecord<F>& record) const {
    describe_common(mfe, record);
    record.timeout = mfe.timeout;
    record.negative = mfe.outgoing.empty();
    record.accept = forwarding_entry(state_, mfe).accept;
    for (const Slot slot : mfe.outgoing) {
        record.outgoing.push_back(state_.links.id(slot));
    }
}

template <class F>
void Retrieval<F>::describe(const Installed<F>& installed, MfeRecord<F>& record) const {
    record.key = installed.route.key;
    record.up_time = std::chrono::floor<std::chrono::seconds>(state_.now() - installed.created);
    record.negative = installed.route.action == Action::drop;
    record.installed = true;
    record.accept = accept_set(state_, installed);
    for (const RouteOutgoing<F>& item : installed.route.outgoing) {
        record.outgoing.push_back(item.interface);
    }
    std::sort(record.outgoing.begin(), record.outgoing.end());
}

template <class F>
void Retrieval<F>::describe(const Mfe<F>& mfe, MfeStats<F>& stats) const {
    describe_common(mfe, stats);
    stats.uninitialised = mfe.uninitialised;
    stats.queue_overflow = mfe.queue_overflow;
    for (const Slot slot : mfe.outgoing) {
        stats.outgoing.push_back({.interface = state_.links.id(slot)});
    }
    add_counters(state_.route_key(mfe.key), stats);
}

template <class F>
void Retrieval<F>::describe(const Installed<F>& installed, MfeStats<F>& stats) const {
    stats.key = installed.route.key;
    stats.up_time = std::chrono::floor<Centiseconds>(state_.now() - installed.created);
    for (const RouteOutgoing<F>& item : installed.route.outgoing) {
        stats.outgoing.push_back({.interface = item.interface});
    }
    std::sort(stats.outgoing.begin(), stats.outgoing.end(),
              [](const auto& a, const auto& b) { return a.interface < b.interface; });
    for (const RouteKey<F>& key : forwarding_keys(state_, installed)) {
        add_counters(key, stats);
    }
}

template <class F>
void Retrieval<F>::add_counters(const RouteKey<F>& key, MfeStats<F>& stats) const {
    const auto counters = state_.outside.table.counters(key);
    if (!counters) {
        return;
    }
    stats.packets += counters->packets;
    stats.octets += counters->octets;
    stats.wrong_interface += counters->wrong_interface;
    stats.negative_hits += counters->negative_hits;
    stats.header_errors += counters->ttl_expired;
    for (const OutgoingCounters& of_interface : counters->outgoing) {
        stats.total_out += of_interface.sent;
        stats.discards += of_interface.discarded;
        // Workers count by index: with several links of one index, the first shows it all.
        const auto at = std::find_if(stats.outgoing.begin(), stats.outgoing.end(),
                                     [&](const OutgoingStats<F>& shown) {
                                         return shown.interface.index == of_interface.interface;
                                     });
        if (at != stats.outgoing.end()) {
            at->ttl_too_low += of_interface.ttl_too_low;
            at->too_big += of_interface.too_big;
            at->out_packets += of_interface.sent;
            at->out_discards += of_interface.discarded;
        }
    }
}

template <class F>
template <class Record>
Result<Record> Retrieval<F>::get(const Key& key, std::size_t buffer_octets, StatsForm form) const {
    Record record;
    const Mfe<F>* mfe = state_.mfes.find(key);
    const Installed<F>* installed = state_.installed.find(key);
    if (mfe != nullptr && mfe->is_visible()) {
        describe(*mfe, record);
    } else if (installed != nullptr) {
        describe(*installed, record);
    } else {
        return refuse(Errc::not_found, "no entry {}", to_string(key));
    }
    const std::size_t octets = octets_of(record, form);
    if (octets > buffer_octets) {
        return tl::make_unexpected(too_small(octets));
    }
    return record;
}

template <class F>
template <class Record>
std::optional<Record> Retrieval<F>::next(const std::optional<Key>& after) const {
    const Mfe<F>* mfe = state_.mfes.after(after);
    const Installed<F>* installed = state_.installed.after(after);
    if (mfe == nullptr && installed == nullptr) {
        return std::nullopt;
    }
    std::optional<Record> record(std::in_place);
    if (installed == nullptr || (mfe != nullptr && mfe->key < installed->route.key)) {
        describe(*mfe, *record);
    } else {
        describe(*installed, *record);
    }
    return record;
}

template <class F>
template <class Record>
Result<Page<Record>> Retrieval<F>::page(const std::optional<Key>& after, std::size_t buffer_octets,
                                        StatsForm form) const {
    Page<Record> page;
    std::size_t room = buffer_octets;
    auto record = next<Record>(after);
    while (record) {
        const std::size_t octets = octets_of(*record, form);
        if (octets > room) {
            if (page.records.empty()) {
                return tl::make_unexpected(too_small(octets));
            }
            page.more = true;
            break;
        }
        room -= octets;
        page.records.push_back(std::move(*record));
        record = next<Record>(page.records.back().key);
    }
    return page;
}

template <class F>
Usage Retrieval<F>::usage() const {
    Usage usage = state_.counted;
    usage.entries = state_.mfes.size();
    usage.negative_entries = state_.mfes.negatives();
    usage.installed_routes = state_.installed.size();
    usage.memberships = state_.memberships.size();
    return usage;
}

template <class F>
MembershipRecord<F> Retrieval<F>::describe(const Key& key, const Member& member) const {
    MembershipRecord<F> record{
        .key = key,
        .interface = state_.links.id(member.slot),
        .by_owner = member.owner,
        .by_igmp = member.igmp_visible(),
        .inactive = state_.links.is_bounded(member.slot, key.group, key.group_length),
        .exclude = {}};
    if (member.igmp_visible()) {
        const auto exclude = state_.memberships.exclude(key, member.slot);
        record.exclude.assign(exclude.begin(), exclude.end());
    }
    return record;
}

template <class F>
void Retrieval<F>::visit_memberships(
    const std::function<void(const MembershipRecord<F>&)>& visit) const {
    state_.memberships.visit([&](const KeyRecord<F>& record) {
        for (const Member& member : record.members) {
            if (member.visible()) {
                visit(describe(record.key, member));
            }
        }
    });
}

template <class F>
std::vector<MembershipRecord<F>> Retrieval<F>::memberships(const Key& key) const {
    std::vector<MembershipRecord<F>> records;
    if (const KeyRecord<F>* found = state_.memberships.find(key)) {
        for (const Member& member : found->members) {
            if (member.visible()) {
                records.push_back(describe(key, member));
            }
        }
    }
    return records;
}

template <class F>
std::optional<SourceGroup<F>> Retrieval<F>::next_membership_key(
    const std::optional<Key>& after) const {
    const KeyRecord<F>* next = state_.memberships.after(after);
    return next == nullptr ? std::nullopt : std::optional(next->key);
}

template <class F>
std::vector<ClientRecord<F>> Retrieval<F>::clients() const {
    std::vector<ClientRecord<F>> records;
    const ClientIndex igmp = state_.clients.igmp();
    for (const ClientIndex client : state_.clients.in_order()) {
        ClientRecord<F> record{.name = state_.clients.name(client), .interfaces = {}};
        for (std::size_t i = 0; i < state_.links.size(); ++i) {
            const auto& link = state_.links[static_cast<Slot>(i)];
            if (link.owner == client || (client == igmp && link.igmp)) {
                record.interfaces.push_back(link.config.id);
            }
        }
        records.push_back(std::move(record));
    }
    return records;
}

template class Retrieval<V4>;
template class Retrieval<V6>;
template Result<MfeRecord<V4>> Retrieval<V4>::get(const Key&, std::size_t, StatsForm) const;
template Result<MfeRecord<V6>> Retrieval<V6>::get(const Key&, std::size_t, StatsForm) const;
template Result<MfeStats<V4>> Retrieval<V4>::get(const Key&, std::size_t, StatsForm) const;
template Result<MfeStats<V6>> Retrieval<V6>::get(const Key&, std::size_t, StatsForm) const;
template std::optional<MfeRecord<V4>> Retrieval<V4>::next(const std::optional<Key>&) const;
template std::optional<MfeRecord<V6>> Retrieval<V6>::next(const std::optional<Key>&) const;
template std::optional<MfeStats<V4>> Retrieval<V4>::next(const std::optional<Key>&) const;
template std::optional<MfeStats<V6>> Retrieval<V6>::next(const std::optional<Key>&) const;
template Result<Page<MfeRecord<V4>>> Retrieval<V4>::page(const std::optional<Key>&, std::size_t,
                                                         StatsForm) const;
template Result<Page<MfeRecord<V6>>> Retrieval<V6>::page(const std::optional<Key>&, std::size_t,
                                                         StatsForm) const;
template Result<Page<MfeStats<V4>>> Retrieval<V4>::page(const std::optional<Key>&, std::size_t,
                                                        StatsForm) const;
template Result<Page<MfeStats<V6>>> Retrieval<V6>::page(const std::optional<Key>&, std::size_t,
                                                        StatsForm) const;

}  // namespace mgmd::mgm
