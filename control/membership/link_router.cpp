// SPDX-License-Identifier: Apache-2.0
#include "control/membership/link_router.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace mgmd::membership {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP" : "MLD";

/// Whether a record makes a group that nobody has joined yet.
template <class F>
bool joins(const Record<F>& record) {
    switch (record.type) {
        case RecordType::is_ex:
        case RecordType::to_ex:
            return true;
        case RecordType::is_in:
        case RecordType::to_in:
        case RecordType::allow:
            return !record.sources.empty();
        case RecordType::block:
            break;
    }
    return false;
}

}  // namespace

template <class F>
LinkRouter<F>::LinkRouter(std::string name, const MembershipProtocolSettings<F>& settings,
                          std::optional<Address> address, LinkListener<F>& listener,
                          monitor::Reporter reporter)
    : name_(std::move(name)),
      settings_(settings),
      listener_(listener),
      reporter_(reporter),
      generation_(generation_of<F>(settings.version)),
      querier_(settings, address),
      admission_(settings_, counters_),
      report_meter_(settings.report_rate) {}

template <class F>
void LinkRouter<F>::reconfigure(TimePoint now) {
    generation_ = generation_of<F>(settings_.version);
    querier_.reconfigure(settings_, now);
    report_meter_ = RateMeter(settings_.report_rate);
    for (auto at = groups_.begin(); at != groups_.end();) {
        if (settings_.groups.admits(at->first)) {
            ++at;
            continue;
        }
        const Address group = at->first;
        const bool was_wanted = !at->second.told.nothing();
        deadlines_.set(group, std::nullopt);
        at = groups_.erase(at);
        if (was_wanted) {
            listener_.on_wanted(group, {});
        }
    }
}

template <class F>
void LinkRouter<F>::link_up(TimePoint now) {
    const Role role = querier_.role();
    const auto before = querier_.elected();
    querier_.link_up(now);
    report_querier(role, before);
}

template <class F>
void LinkRouter<F>::link_down() {
    querier_.link_down();
}

template <class F>
GroupContext LinkRouter<F>::context(TimePoint now) const {
    return {querier_.timing(), now, querier_.asks(), settings_.immediate_leave};
}

template <class F>
void LinkRouter<F>::receive(std::span<const std::uint8_t> packet, TimePoint now) {
    if (const auto message = decode<F>(packet)) {
        receive(*message, now);
    } else {
        counters_.add(message.error());
    }
}

template <class F>
void LinkRouter<F>::receive(const Message<F>& message, TimePoint now) {
    if (const auto* query = std::get_if<Query<F>>(&message.body)) {
        receive_query(message, *query, now);
    } else {
        receive_report(message, std::get<Report<F>>(message.body), now);
    }
}

template <class F>
void LinkRouter<F>::receive_query(const Message<F>& message, const Query<F>& query, TimePoint now) {
    counters_.add(LinkCount::queries_received);
    if (is_unspecified(message.source)) {
        counters_.add(LinkCount::unspecified_query);
        return;
    }
    if (message.source == querier_.address()) {
        counters_.add(LinkCount::own_query);
        return;
    }
    if (query.generation < generation_) {
        // RFC 9776 7.3.1: all routers of a link must be configured for the same version
        counters_.add(LinkCount::older_querier);
        version_log_(now, [&](const std::string& more) {
            spdlog::warn("{} on {}: {} queries with version {}, configured is {}{}", kName<F>,
                         name_, to_string(message.source), version_of<F>(query.generation),
                         settings_.version, more);
        });
    }
    const Role role = querier_.role();
    const auto before = querier_.elected();
    const bool elected = querier_.receive(query, message.source, now);
    log_role(role);
    report_querier(role, before);
    if (const auto at = groups_.find(query.group); elected && at != groups_.end()) {
        at->second.group.receive(query, context(now));
        settle(at, {});
    }
}

template <class F>
void LinkRouter<F>::receive_report(const Message<F>& message, const Report<F>& report,
                                   TimePoint now) {
    count_report(report);
    if (!admits_report(message, report, now)) {
        return;
    }
    for (const auto& record : report.records) {
        if (auto admitted = admission_.admit(record, report.generation)) {
            receive_record(std::move(*admitted), message.source, now);
        }
    }
}

template <class F>
void LinkRouter<F>::count_report(const Report<F>& report) {
    if (report.generation == Generation::third) {
        counters_.add(LinkCount::reports_received);
        counters_.add(LinkCount::unknown_record, report.unknown_records);
    } else {
        counters_.add(report.records.front().type == RecordType::to_in
                          ? LinkCount::leaves_received
                          : LinkCount::older_reports_received);
    }
}

template <class F>
bool LinkRouter<F>::admits_report(const Message<F>& message, const Report<F>& report,
                                  TimePoint now) {
    std::optional<LinkCount> reason;
    if (report.generation > generation_) {
        reason = LinkCount::newer_version;  // RFC 2236 2.1: unrecognised types are ignored
    } else if (settings_.check_router_alert && !message.router_alert &&
               report.generation != Generation::first) {
        reason = LinkCount::no_router_alert;  // IGMPv1 has none
    } else if (F::family == Family::ipv6 && is_unspecified(message.source)) {
        reason = LinkCount::unspecified_report;  // RFC 9777 5.2.13
    } else if (!report_meter_.admit(now)) {
        reason = LinkCount::report_rate;
        warn_of_limit(now, "reports left alone, a second's limit is", settings_.report_rate);
    }
    if (reason) {
        counters_.add(*reason);
    }
    return !reason;
}

template <class F>
void LinkRouter<F>::receive_record(Admitted<F> admitted, const Address& host, TimePoint now) {
    const auto at = find_or_join(admitted.record, now);
    if (at == groups_.end()) {
        return;
    }
    auto& group = at->second.group;
    if (admission_.limit_sources(admitted.record, group.filter()) > 0) {
        warn_of_limit(now, "sources of " + to_string(at->first) + " left out, its limit is",
                      settings_.max_sources_per_group);
    }
    const bool known = reporter_.wants(NoticeKind::host) && group.hosts().hosts().count(host) != 0;
    std::vector<Query<F>> queries;
    // An older host may be silent about what it wants: it is not followed under its address.
    const auto verdict = group.receive(std::move(admitted.record), admitted.generation,
                                       admitted.mapped ? Address{} : host, context(now), queries);
    if (verdict == Group<F>::Verdict::ignored_for_older_hosts) {
        counters_.add(LinkCount::older_hosts);
    } else if (verdict == Group<F>::Verdict::left_at_once) {
        counters_.add(LinkCount::immediate_leave);
    }
    report_record(at->second, at->first, host, known, !queries.empty());
    settle(at, queries);
}

template <class F>
auto LinkRouter<F>::find_or_join(const Record<F>& record, TimePoint now) ->
    typename Groups::iterator {
    const auto at = groups_.find(record.group);
    if (at != groups_.end() || !joins(record)) {
        return at;
    }
    if (!admission_.has_room(groups_.size())) {
        warn_of_limit(now, to_string(record.group) + " not joined, groups are at their limit of",
                      settings_.max_groups);
        return groups_.end();
    }
    return groups_.emplace(record.group, Member{Group<F>(record.group), {}}).first;
}

/// After anything that may have changed a group: tells, asks, and sets its next deadline.
template <class F>
void LinkRouter<F>::settle(typename Groups::iterator at, const std::vector<Query<F>>& queries) {
    const Address address = at->first;
    auto& member = at->second;
    auto wanted = member.group.filter().wanted();
    const bool changed = wanted != member.told;
    hosts_ -= member.hosts;
    if (member.group.is_gone()) {
        deadlines_.set(address, std::nullopt);
        groups_.erase(at);
    } else {
        deadlines_.set(address, member.group.next_deadline());
        member.told = wanted;
        member.hosts = member.group.hosts().hosts().size();
        hosts_ += member.hosts;
    }
    if (changed) {
        listener_.on_wanted(address, wanted);
    }
    for (const auto& query : queries) {
        send(query);
    }
}

template <class F>
void LinkRouter<F>::send(Query<F> query) {
    const auto own = querier_.general_query();
    query.generation = own.generation;
    query.robustness = own.robustness;
    query.interval = own.interval;
    if (own.generation != Generation::third) {
        query.sources.clear();  // older queries are about whole groups
    }
    counters_.add(listener_.send(query, *querier_.address()) ? LinkCount::queries_sent
                                                             : LinkCount::queries_not_sent);
}

template <class F>
void LinkRouter<F>::run_timers(TimePoint now, std::size_t limit) {
    const Role role = querier_.role();
    const auto before = querier_.elected();
    const bool ask = querier_.general_query_due(now);
    log_role(role);
    report_querier(role, before);
    if (ask) {
        send(querier_.general_query());
    }
    for (std::size_t n = 0; n < limit; ++n) {
        const auto due = deadlines_.pop_due(now);
        if (!due) {
            return;
        }
        const auto at = groups_.find(*due);
        std::vector<Query<F>> queries;
        at->second.group.run_timers(context(now), queries);
        report_timers(at->second, at->first);
        settle(at, queries);
    }
}

template <class F>
std::optional<TimePoint> LinkRouter<F>::next_deadline() const {
    const auto group = deadlines_.next();
    const auto query = querier_.next_deadline();
    return !query || (group && *group < *query) ? group : query;
}

template <class F>
void LinkRouter<F>::warn_of_limit(TimePoint now, const std::string& what, std::uint32_t limit) {
    report(NoticeKind::refused, "report", {}, {}, what + ' ' + std::to_string(limit));
    limit_log_(now, [&](const std::string& more) {
        spdlog::warn("{} on {}: {} {}{}", kName<F>, name_, what, limit, more);
    });
}

template <class F>
void LinkRouter<F>::report(NoticeKind kind, std::string_view what, const Address& group,
                           const Address& host, std::string_view details) const {
    reporter_(kind, what, [&](monitor::Notice& notice) {
        notice.family = F::family;
        if (!is_unspecified(group)) {
            notice.set_flow<F>(group, {});
        }
        notice.host = RawAddress::from(host);
        notice.details = details;
    });
}

template <class F>
void LinkRouter<F>::report_record(const Member& member, const Address& group, const Address& host,
                                  bool known, bool asks) const {
    if (!reporter_.wants(NoticeKind::host)) {
        return;
    }
    const auto& before = member.told;
    const auto wanted = member.group.filter().wanted();
    const bool knows = member.group.hosts().hosts().count(host) != 0;
    const bool joins_first = before.nothing() && !wanted.nothing();
    const bool leaves_last = !before.nothing() && wanted.nothing();
    if (joins_first || (knows && !known)) {
        report(NoticeKind::host, "join", group, host, "from " + to_string(wanted));
    } else if (leaves_last || (known && !knows)) {
        report(NoticeKind::host, "leave", group, host,
               leaves_last ? "the last one" : "others stay");
    } else if (asks) {
        report(NoticeKind::host, "ask", group, host, "it leaves; do others want it?");
    } else if (wanted != before) {
        report(NoticeKind::host, "sources", group, host, "from " + to_string(wanted));
    }
}

template <class F>
void LinkRouter<F>::report_timers(const Member& member, const Address& group) const {
    if (!reporter_.wants(NoticeKind::host)) {
        return;
    }
    const auto wanted = member.group.filter().wanted();
    if (wanted.nothing()) {
        report(NoticeKind::host, "leave", group, {}, "no host answers");
    } else if (wanted != member.told) {
        report(NoticeKind::host, "sources", group, {}, "from " + to_string(wanted));
    }
}

template <class F>
void LinkRouter<F>::report_querier(Role role, const std::optional<Address>& before) const {
    const auto elected = querier_.elected();
    if (querier_.role() != role || elected != before) {
        report(NoticeKind::querier, querier_.role() == Role::querier ? "own" : "other", {},
               elected.value_or(Address{}), "");
    }
}

template <class F>
void LinkRouter<F>::log_role(Role before) const {
    if (querier_.role() == before) {
        return;
    }
    const auto elected = querier_.elected();
    spdlog::info(
        "{} on {}: {}", kName<F>, name_,
        querier_.role() == Role::querier ? "querier now" : to_string(*elected) + " is querier now");
}

template class LinkRouter<V4>;
template class LinkRouter<V6>;

}  // namespace mgmd::membership
