// SPDX-License-Identifier: Apache-2.0
#include "tests/model/observation.hpp"

#include <tuple>

#include "tests/model/universe.hpp"

namespace mgmd::mgm::differential {
namespace {

auto fields(const Usage& usage) {
    return std::tie(usage.entries, usage.negative_entries, usage.installed_routes,
                    usage.memberships, usage.refused_memberships, usage.refused_entries,
                    usage.replaced_negatives, usage.refused_changes);
}

template <class F>
auto fields(const MembershipRecord<F>& record) {
    return std::tie(record.key, record.interface, record.by_owner, record.by_igmp, record.inactive,
                    record.exclude);
}

template <class... Values>
std::string numbers(const Values&... values) {
    std::string text;
    ((text += (text.empty() ? "" : " ") + std::to_string(values)), ...);
    return text;
}

std::string describe(const AcceptSet& accept) {
    std::string text = accept.any ? "any" : "";
    for (const InterfaceIndex interface : accept.interfaces) {
        text += (text.empty() ? "" : ",") + std::to_string(interface);
    }
    return "{" + text + "}";
}

template <class F>
std::string describe(const RouteUsed<F>& route) {
    return to_string(route.network) + " by " + std::to_string(route.protocol);
}

template <class F>
std::string describe(const MembershipRecord<F>& record) {
    std::string text = "membership " + Universe<F>::name(record.key) + " on " +
                       Universe<F>::name(record.interface) + (record.by_owner ? " owner" : "") +
                       (record.by_igmp ? " igmp" : "") + (record.inactive ? " inactive" : "");
    for (const auto& source : record.exclude) {
        text += " without " + to_string(source);
    }
    return text;
}

}  // namespace

template <class F>
bool operator==(const Look<F>& left, const Look<F>& right) {
    if (left.memberships.size() != right.memberships.size()) {
        return false;
    }
    for (std::size_t i = 0; i < left.memberships.size(); ++i) {
        if (fields(left.memberships[i]) != fields(right.memberships[i])) {
            return false;
        }
    }
    return left.records == right.records && left.stats == right.stats &&
           fields(left.usage) == fields(right.usage) && left.deadline == right.deadline;
}

template <class F>
std::string describe(const MfeRecord<F>& record) {
    std::string text =
        "entry " + Universe<F>::name(record.key) + " in " + Universe<F>::name(record.incoming) +
        " of " + std::to_string(record.incoming_protocol) + " upstream " +
        to_string(record.upstream) + " route " + describe(record.route) + " up/expiry/timeout " +
        numbers(record.up_time.count(), record.expiry_time.count(), record.timeout.count()) +
        (record.negative ? " negative" : "") + (record.installed ? " installed" : "") + " accept " +
        describe(record.accept) + " out";
    for (const auto& interface : record.outgoing) {
        text += " " + Universe<F>::name(interface);
    }
    return text;
}

template <class F>
std::string describe(const MfeStats<F>& stats) {
    std::string text =
        "stats " + Universe<F>::name(stats.key) + " in " + Universe<F>::name(stats.incoming) +
        " of " + std::to_string(stats.incoming_protocol) + " upstream " +
        to_string(stats.upstream) + " route " + describe(stats.route) + " up/expiry " +
        numbers(stats.up_time.count(), stats.expiry_time.count()) +
        " packets/octets/wrong/overflow/uninitialised/negative/discards/errors/out " +
        numbers(stats.packets, stats.octets, stats.wrong_interface, stats.queue_overflow,
                stats.uninitialised, stats.negative_hits, stats.discards, stats.header_errors,
                stats.total_out);
    for (const auto& out : stats.outgoing) {
        text += " [" + Universe<F>::name(out.interface) + " " +
                numbers(out.ttl_too_low, out.too_big, out.out_packets, out.out_discards) + "]";
    }
    return text;
}

template <class F>
std::string describe(const RouteKey<F>& key) {
    const SourceGroup<F> flow{key.group, key.source, key.group_length};
    return "table " + std::to_string(key.table) + " " + Universe<F>::name(flow) +
           (key.arrival != kNoInterface ? " from " + std::to_string(key.arrival) : "");
}

template <class F>
std::string describe(const ForwardingEntry<F>& entry) {
    std::string text = describe(entry.key) + " action " +
                       std::to_string(static_cast<int>(entry.action)) + " accept " +
                       describe(entry.accept) + " out";
    for (const Outgoing& out : entry.outgoing) {
        text += " " + std::to_string(out.interface) +
                (out.next_hop ? "/" + to_string(*out.next_hop) : "") +
                (out.ttl_threshold ? ">" + std::to_string(*out.ttl_threshold) : "");
    }
    return text;
}

std::string describe(Errc code) {
    switch (code) {
        case Errc::not_enough_memory:
            return "not_enough_memory";
        case Errc::invalid_parameter:
            return "invalid_parameter";
        case Errc::insufficient_buffer:
            return "insufficient_buffer";
        case Errc::already_exists:
            return "already_exists";
        case Errc::more_data:
            return "more_data";
        case Errc::no_more_items:
            return "no_more_items";
        case Errc::can_not_complete:
            return "can_not_complete";
        case Errc::not_found:
            return "not_found";
    }
    return "error " + std::to_string(static_cast<std::uint32_t>(code));
}

template <class F>
std::vector<std::string> describe(const Look<F>& look) {
    std::vector<std::string> lines;
    for (const auto& record : look.records) {
        lines.push_back(describe(record));
    }
    for (const auto& stats : look.stats) {
        lines.push_back(describe(stats));
    }
    for (const auto& membership : look.memberships) {
        lines.push_back(describe(membership));
    }
    lines.push_back(
        "usage entries/negative/installed/memberships/refused memberships/entries, "
        "replaced, changes " +
        std::apply([](const auto&... values) { return numbers(values...); }, fields(look.usage)));
    lines.push_back("deadline " + (look.deadline
                                       ? std::to_string(look.deadline->time_since_epoch().count())
                                       : std::string("none")));
    return lines;
}

template bool operator==(const Look<V4>&, const Look<V4>&);
template bool operator==(const Look<V6>&, const Look<V6>&);
template std::vector<std::string> describe(const Look<V4>&);
template std::vector<std::string> describe(const Look<V6>&);
template std::string describe(const MfeRecord<V4>&);
template std::string describe(const MfeRecord<V6>&);
template std::string describe(const MfeStats<V4>&);
template std::string describe(const MfeStats<V6>&);
template std::string describe(const ForwardingEntry<V4>&);
template std::string describe(const ForwardingEntry<V6>&);
template std::string describe(const RouteKey<V4>&);
template std::string describe(const RouteKey<V6>&);

}  // namespace mgmd::mgm::differential
