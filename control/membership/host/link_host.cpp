// SPDX-License-Identifier: Apache-2.0
#include "control/membership/host/link_host.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <spdlog/spdlog.h>

#include "control/membership/host/pack.hpp"

namespace mgmd::membership {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP" : "MLD";

/// Keeps the earlier of two deadlines.
void consider(std::optional<TimePoint>& next, const std::optional<TimePoint>& other) {
    if (other && (!next || *other < *next)) {
        next = other;
    }
}

}  // namespace

template <class F>
LinkHost<F>::LinkHost(std::string name, const HostSettings& settings, std::size_t mtu,
                      Random random, HostSender<F>& sender)
    : name_(std::move(name)),
      settings_(settings),
      mtu_(mtu),
      random_(std::move(random)),
      sender_(sender),
      generation_(settings.newest),
      robustness_(settings.robustness) {}

template <class F>
void LinkHost<F>::reconfigure(const HostSettings& settings, std::size_t mtu, TimePoint now) {
    if (robustness_ == settings_.robustness) {
        robustness_ = settings.robustness;
    }
    settings_ = settings;
    mtu_ = mtu;
    update_generation(now);
}

template <class F>
void LinkHost<F>::want(const Changes& changes, TimePoint now) {
    Records records;
    for (const auto& [group, wanted] : changes) {
        const auto at = groups_.try_emplace(group, group).first;
        at->second.want(wanted, generation_, robustness_, now);
        take_change(at, now, records);
        settle(at);
    }
    send(std::move(records));
}

template <class F>
void LinkHost<F>::forget() {
    groups_.clear();
    deadlines_ = {};
    general_answer_at_.reset();
}

template <class F>
void LinkHost<F>::receive(std::span<const std::uint8_t> packet, TimePoint now) {
    if (const auto message = decode<F>(packet)) {
        receive(*message, now);
    } else {
        ++counters_.malformed[static_cast<std::size_t>(message.error())];
    }
}

template <class F>
void LinkHost<F>::receive(const Message<F>& message, TimePoint now) {
    if (const auto* query = std::get_if<Query<F>>(&message.body)) {
        receive_query(*query, now);
    } else {
        receive_report(std::get<Report<F>>(message.body));
    }
}

template <class F>
void LinkHost<F>::receive_query(const Query<F>& query, TimePoint now) {
    ++counters_.queries_received;
    note_querier(query, now);
    update_generation(now);
    if (generation_ == Generation::third) {
        schedule_answer(query, now);
    } else {
        schedule_older_answers(query, now);
    }
}

template <class F>
void LinkHost<F>::note_querier(const Query<F>& query, TimePoint now) {
    if (query.generation == Generation::third) {
        // RFC 9776 4.1.6, 4.1.7: 0 says nothing
        robustness_ = query.robustness != 0 ? query.robustness : settings_.robustness;
        if (query.interval.count() != 0) {
            query_interval_ = query.interval;
        }
    }
    if (!query.is_general() || query.generation >= settings_.newest) {
        return;
    }
    // RFC 9776 7.2.1 and 8.12: general queries say which version the querier speaks
    ++counters_.older_queries;
    const auto until = now + robustness_ * query_interval_ + query.max_response;
    (query.generation == Generation::first ? first_until_ : second_until_) = until;
}

template <class F>
void LinkHost<F>::update_generation(TimePoint now) {
    for (auto* until : {&first_until_, &second_until_}) {
        if (*until && **until <= now) {
            until->reset();
        }
    }
    const auto present = first_until_    ? Generation::first
                         : second_until_ ? Generation::second
                                         : Generation::third;
    const auto generation = std::min(present, settings_.newest);
    if (generation == generation_) {
        return;
    }
    generation_ = generation;
    version_log_(now, [&](const std::string& more) {
        spdlog::info("{} on {}: reporting with version {} now{}", kName<F>, name_,
                     version_of<F>(generation_), more);
    });
    // RFC 9776 7.2.1: "Whenever a host changes its compatibility mode, it cancels all its pending
    // response and retransmission timers."
    general_answer_at_.reset();
    for (auto at = groups_.begin(); at != groups_.end();) {
        const auto changed = at++;
        changed->second.cancel();
        settle(changed);
    }
}

/// RFC 9776 5.2, RFC 9777 6.2: the rules 1 to 5, "considered in order and only the first matching
/// rule is applied".
template <class F>
void LinkHost<F>::schedule_answer(const Query<F>& query, TimePoint now) {
    const auto at = now + random_(query.max_response);
    if (groups_.empty() || (general_answer_at_ && *general_answer_at_ <= at)) {
        return;
    }
    if (query.is_general()) {
        general_answer_at_ = at;
    } else if (const auto group = groups_.find(query.group); group != groups_.end()) {
        group->second.ask(query.sources, at);
        settle(group);
    }
}

template <class F>
void LinkHost<F>::schedule_older_answers(const Query<F>& query, TimePoint now) {
    const auto ask = [&](typename Groups::iterator group) {
        if (!group->second.wanted().nothing()) {
            group->second.ask_older(now + random_(query.max_response), now + query.max_response);
            settle(group);
        }
    };
    if (!query.is_general()) {
        if (const auto group = groups_.find(query.group); group != groups_.end()) {
            ask(group);
        }
        return;
    }
    for (auto group = groups_.begin(); group != groups_.end(); ++group) {
        ask(group);
    }
}

/// RFC 2236 3, RFC 2710 4: "If the host receives another host's Report (version 1 or 2) while it
/// has a timer running, it stops its timer for the specified group and does not send a Report".
template <class F>
void LinkHost<F>::receive_report(const Report<F>& report) {
    ++counters_.reports_heard;
    if (generation_ == Generation::third || report.generation == Generation::third ||
        report.records.front().type != RecordType::is_ex) {
        return;
    }
    if (const auto group = groups_.find(report.records.front().group); group != groups_.end()) {
        counters_.suppressed += group->second.cancel() ? 1 : 0;
        settle(group);
    }
}

template <class F>
void LinkHost<F>::take_change(typename Groups::iterator at, TimePoint now, Records& records) {
    if (!at->second.change_at() || *at->second.change_at() > now) {
        return;
    }
    for (auto& record :
         at->second.take_change(generation_, now, random_(settings_.unsolicited_report_interval))) {
        records.push_back(std::move(record));
    }
}

template <class F>
void LinkHost<F>::answer_general_query(TimePoint now, Records& answers) {
    if (!general_answer_at_ || *general_answer_at_ > now) {
        return;
    }
    general_answer_at_.reset();
    for (auto& [address, group] : groups_) {
        if (auto record = group.current(generation_)) {
            answers.push_back(std::move(*record));
        }
        group.reported();
    }
}

template <class F>
void LinkHost<F>::run_timers(TimePoint now) {
    update_generation(now);
    Records answers;
    answer_general_query(now, answers);
    Records changes;
    while (const auto due = deadlines_.pop_due(now)) {
        const auto at = groups_.find(*due);
        take_change(at, now, changes);
        if (at->second.answer_at() && *at->second.answer_at() <= now) {
            if (auto record = at->second.take_answer(generation_)) {
                answers.push_back(std::move(*record));
            }
        }
        settle(at);
    }
    send(std::move(changes));
    send(std::move(answers));
}

template <class F>
std::optional<TimePoint> LinkHost<F>::next_deadline() const {
    auto next = deadlines_.next();
    consider(next, general_answer_at_);
    consider(next, first_until_);
    consider(next, second_until_);
    return next;
}

template <class F>
void LinkHost<F>::settle(typename Groups::iterator at) {
    const Address group = at->first;
    auto next = at->second.change_at();
    consider(next, at->second.answer_at());
    if (at->second.is_done()) {
        next.reset();
        groups_.erase(at);
    }
    deadlines_.set(group, next);
}

template <class F>
void LinkHost<F>::send(Records records) {
    if (generation_ == Generation::third) {
        const auto packed = ReportPacker<F>(mtu_).pack(std::move(records));
        counters_.sources_left_out += packed.sources_left_out;
        for (const auto& report : packed.reports) {
            send(report);
        }
        return;
    }
    for (auto& record : records) {
        // Without a source there is nothing to join of a source-specific group (RFC 4604 2.2).
        if (is_ssm_group(record.group)) {
            ++counters_.ssm_range;
        } else {
            send(Report<F>{generation_, {std::move(record)}});
        }
    }
}

template <class F>
void LinkHost<F>::send(const Report<F>& report) {
    const bool leave =
        report.generation != Generation::third && report.records.front().type == RecordType::to_in;
    if (!sender_.send(report)) {
        ++counters_.reports_not_sent;
    } else if (leave) {
        ++counters_.leaves_sent;
    } else {
        ++counters_.reports_sent;
    }
}

template <class F>
std::size_t LinkHost<F>::wanted_groups() const {
    return static_cast<std::size_t>(
        std::count_if(groups_.begin(), groups_.end(),
                      [](const auto& item) { return !item.second.wanted().nothing(); }));
}

template class LinkHost<V4>;
template class LinkHost<V6>;

}  // namespace mgmd::membership
