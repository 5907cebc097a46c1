// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tests/model/model.hpp"

/// What readers see (30 - 32).
namespace mgmd::mgm::model {
namespace {

template <class F>
std::size_t octets(const MfeRecord<F>& record) {
    return mfe_octets<F>(record.outgoing.size());
}
template <class F>
std::size_t octets(const MfeStats<F>& stats) {
    return mfe_stats_octets<F>(stats.outgoing.size());
}
template <class F>
std::size_t octets(const SourceGroup<F>&) {
    return source_group_octets<F>();
}

/// As many whole records as fit; what is left afterwards is `more`.
template <class Record>
Result<Page<Record>> page(const std::vector<Record>& all, std::size_t buffer_octets) {
    Page<Record> page;
    std::size_t used = 0;
    for (const Record& record : all) {
        if (octets(record) > buffer_octets - used) {
            page.more = true;
            break;
        }
        used += octets(record);
        page.records.push_back(record);
    }
    if (page.more && page.records.empty()) {
        return tl::unexpected(Failure{Errc::insufficient_buffer, {}, octets(all.front())});
    }
    return page;
}

template <class Record>
Result<Record> find(const std::vector<Record>& all, const decltype(Record::key)& key,
                    std::size_t buffer_octets) {
    for (const Record& record : all) {
        if (record.key == key) {
            if (octets(record) > buffer_octets) {
                return tl::unexpected(Failure{Errc::insufficient_buffer, {}, octets(record)});
            }
            return record;
        }
    }
    return tl::unexpected(Failure{Errc::not_found, {}, 0});
}

template <class Record>
std::vector<Record> after(std::vector<Record> all, const decltype(Record::key)& start) {
    std::erase_if(all, [&](const Record& record) { return record.key <= start; });
    return all;
}

}  // namespace

template <class F>
ProtocolId Model<F>::protocol_on(const Interface& interface) const {
    const auto name = protocol_on_interface(interface);
    return name ? name->protocol : 0;
}

template <class F>
MfeRecord<F> Model<F>::record(const Entry<F>& entry) const {
    const auto whole_seconds = [](Duration duration) {
        return std::chrono::duration_cast<std::chrono::seconds>(std::max(duration, Duration(0)));
    };
    const TimePoint now = deps_.clock.now();
    MfeRecord<F> record;
    record.key = entry.key;
    record.incoming = entry.incoming;
    record.incoming_protocol = protocol_on(entry.incoming);
    record.upstream = entry.upstream;
    record.route = entry.route;
    record.up_time = whole_seconds(now - entry.made);
    record.expiry_time = whole_seconds(entry.since + entry.timeout - now);
    record.timeout = whole_seconds(entry.timeout);
    record.negative = entry.negative;
    record.accept = forwarding(entry).accept;
    record.outgoing = {entry.outgoing.begin(), entry.outgoing.end()};
    return record;
}

template <class F>
MfeRecord<F> Model<F>::record(const Installed<F>& installed) const {
    MfeRecord<F> record;
    record.key = installed.route.key;
    record.up_time =
        std::chrono::duration_cast<std::chrono::seconds>(deps_.clock.now() - installed.made);
    record.negative = installed.route.action == Action::drop;
    record.installed = true;
    record.accept = accept_set(installed);
    for (const RouteOutgoing<F>& out : installed.route.outgoing) {
        record.outgoing.push_back(out.interface);
    }
    std::sort(record.outgoing.begin(), record.outgoing.end());
    return record;
}

template <class F>
std::vector<MfeRecord<F>> Model<F>::records() const {
    std::map<Key, MfeRecord<F>> all;
    for (const auto& [key, entry] : state_.entries) {
        if (entry.published) {
            all[key] = record(entry);
        }
    }
    for (const auto& [key, installed] : state_.installed) {
        all[key] = record(installed);
    }
    std::vector<MfeRecord<F>> ordered;
    for (const auto& [key, record] : all) {
        ordered.push_back(record);
    }
    return ordered;
}

template <class F>
std::vector<MfeStats<F>> Model<F>::all_stats() const {
    std::vector<MfeStats<F>> all;
    for (const MfeRecord<F>& record : records()) {
        all.push_back(stats(record));
    }
    return all;
}

/// Adds up the counters of all entries of the forwarding table that stand for the record.
template <class F>
MfeStats<F> Model<F>::stats(const MfeRecord<F>& record) const {
    MfeStats<F> stats;
    stats.key = record.key;
    stats.incoming = record.incoming;
    stats.incoming_protocol = record.incoming_protocol;
    stats.upstream = record.upstream;
    stats.route = record.route;
    read_times(stats);
    std::map<Interface, OutgoingStats<F>> outgoing;
    for (const Interface& interface : record.outgoing) {
        outgoing[interface].interface = interface;
    }
    for (const auto& [key, entry] : published_) {
        const auto counters = deps_.table.counters(key);
        if (!counters || SourceGroup<F>{key.group, key.source, key.group_length} != record.key) {
            continue;
        }
        stats.packets += counters->packets;
        stats.octets += counters->octets;
        stats.wrong_interface += counters->wrong_interface;
        stats.negative_hits += counters->negative_hits;
        stats.header_errors += counters->ttl_expired;
        for (const OutgoingCounters& out : counters->outgoing) {
            stats.total_out += out.sent;
            stats.discards += out.discarded;
            for (auto& [interface, own] : outgoing) {
                // Links that share an index are counted as one, shown with the first.
                if (interface.index == out.interface) {
                    own.ttl_too_low += out.ttl_too_low;
                    own.too_big += out.too_big;
                    own.out_packets += out.sent;
                    own.out_discards += out.discarded;
                    break;
                }
            }
        }
    }
    for (const auto& [interface, own] : outgoing) {
        stats.outgoing.push_back(own);
    }
    return stats;
}

template <class F>
void Model<F>::read_times(MfeStats<F>& stats) const {
    const auto centiseconds = [](Duration duration) {
        return std::chrono::duration_cast<Centiseconds>(std::max(duration, Duration(0)));
    };
    const TimePoint now = deps_.clock.now();
    if (const auto entry = state_.entries.find(stats.key); entry != state_.entries.end()) {
        stats.up_time = centiseconds(now - entry->second.made);
        stats.expiry_time = centiseconds(entry->second.since + entry->second.timeout - now);
        stats.uninitialised = entry->second.uninitialised;
        stats.queue_overflow = entry->second.queue_overflow;
    } else {
        stats.up_time = centiseconds(now - state_.installed.at(stats.key).made);
    }
}

template <class F>
Result<MfeRecord<F>> Model<F>::get_mfe(const Key& key, std::size_t buffer_octets) const {
    return find(records(), key, buffer_octets);
}
template <class F>
Result<MfeStats<F>> Model<F>::get_mfe_stats(const Key& key, std::size_t buffer_octets) const {
    return find(all_stats(), key, buffer_octets);
}
template <class F>
Result<Page<MfeRecord<F>>> Model<F>::first_mfes(std::size_t buffer_octets) const {
    return page(records(), buffer_octets);
}
template <class F>
Result<Page<MfeRecord<F>>> Model<F>::next_mfes(const Key& start, std::size_t buffer_octets) const {
    return page(after(records(), start), buffer_octets);
}
template <class F>
Result<Page<MfeStats<F>>> Model<F>::first_mfes_stats(std::size_t buffer_octets) const {
    return page(all_stats(), buffer_octets);
}
template <class F>
Result<Page<MfeStats<F>>> Model<F>::next_mfes_stats(const Key& start,
                                                    std::size_t buffer_octets) const {
    return page(after(all_stats(), start), buffer_octets);
}

template <class F>
Result<EnumerationHandle> Model<F>::start_group_enumeration(ClientHandle handle,
                                                            EnumerationType type) {
    const auto client = client_of(handle);
    if (!client) {
        return refuse(Errc::invalid_parameter);
    }
    std::set<Key> keys;
    visit_memberships([&](const MembershipRecord<F>& membership) {
        Key key = membership.key;
        key.source = type == EnumerationType::any_source ? Address{} : key.source;
        keys.insert(key);
    });
    enumerations_[next_enumeration_] = {*client, {keys.begin(), keys.end()}};
    return EnumerationHandle{next_enumeration_++, 1};
}

template <class F>
Result<Page<SourceGroup<F>>> Model<F>::next_groups(EnumerationHandle enumeration,
                                                   std::size_t buffer_octets) {
    const auto found = enumerations_.find(enumeration.slot);
    if (found == enumerations_.end()) {
        return refuse(Errc::invalid_parameter);
    }
    auto next = page(found->second.left, buffer_octets);
    if (next) {
        std::vector<Key>& left = found->second.left;
        left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(next->records.size()));
    }
    return next;
}

template <class F>
Result<> Model<F>::end_group_enumeration(EnumerationHandle enumeration) {
    if (enumerations_.erase(enumeration.slot) == 0) {
        return refuse(Errc::invalid_parameter);
    }
    return {};
}

template <class F>
void Model<F>::visit_memberships(
    const std::function<void(const MembershipRecord<F>&)>& visit) const {
    std::map<typename State<F>::Member, MembershipRecord<F>> all;
    for (const auto& member : state_.owned) {
        all[member].by_owner = true;
    }
    for (const auto& [member, local] : state_.local) {
        if (!local.stale) {
            all[member].by_igmp = true;
            all[member].exclude = {local.exclude.begin(), local.exclude.end()};
        }
    }
    for (auto& [member, record] : all) {
        record.key = member.first;
        record.interface = member.second;
        record.inactive = state_.is_bounded(member.second, member.first);
        visit(record);
    }
}

template <class F>
Usage Model<F>::usage() const {
    Usage usage = refusals_;
    usage.entries = state_.entries.size();
    for (const auto& [key, entry] : state_.entries) {
        usage.negative_entries += entry.negative ? 1 : 0;
    }
    usage.installed_routes = state_.installed.size();
    std::set<typename State<F>::Member> members = state_.owned;
    for (const auto& [member, local] : state_.local) {
        members.insert(member);
    }
    usage.memberships = members.size();
    return usage;
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
