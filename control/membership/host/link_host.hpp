// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/log_limit.hpp"
#include "control/membership/deadline_queue.hpp"
#include "control/membership/host/group_reports.hpp"
#include "control/membership/host/host_counters.hpp"

namespace mgmd::membership {

/// RFC 9776 8 (RFC 9777 9), as far as hosts have variables.
struct HostSettings {
    Generation newest = Generation::third;  ///< spoken where no older querier is heard
    std::uint8_t robustness = 2;            ///< unless the querier says another
    Duration unsolicited_report_interval = std::chrono::seconds(1);
};

/// What a LinkHost sends. It must not be called back.
template <class F>
class HostSender {
public:
    virtual ~HostSender() = default;
    /// To be sent out of the link as one packet. False: it was not.
    virtual bool send(const Report<F>& report) = 0;
};

/// The host side of IGMP (RFC 9776 5) or MLD (RFC 9777 6) on one link: reports what is wanted when
/// it changes and when a router asks, in the version that the routers there understand. Control
/// thread; time comes with each call.
template <class F>
class LinkHost {
public:
    using Address = typename F::Address;
    using Changes = std::map<Address, Wanted<F>>;
    /// A time between 0 and the one given, drawn anew for each call.
    using Random = std::function<Duration(Duration)>;

    /// `name` is for the log. Packets have at most `mtu` octets. `sender` outlives it.
    LinkHost(std::string name, const HostSettings& settings, std::size_t mtu, Random random,
             HostSender<F>& sender);
    LinkHost(const LinkHost&) = delete;
    LinkHost& operator=(const LinkHost&) = delete;

    /// From now on. What the querier says comes before the settings.
    void reconfigure(const HostSettings& settings, std::size_t mtu, TimePoint now);

    /// These groups are wanted so from now on; reported at once, in as few messages as possible.
    void want(const Changes& changes, TimePoint now);
    /// The link is gone, and with it whoever could be told: nothing is wanted any more, unsaid.
    void forget();

    /// A packet from the link, from its IP header on: any octets.
    void receive(std::span<const std::uint8_t> packet, TimePoint now);
    void receive(const Message<F>& message, TimePoint now);

    /// Sends what is due.
    void run_timers(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    /// What it reports with now.
    Generation generation() const { return generation_; }
    /// Groups that are wanted, and those whose end is still being told.
    const std::map<Address, GroupReports<F>>& groups() const { return groups_; }
    std::size_t wanted_groups() const;
    const HostCounters& counters() const { return counters_; }

private:
    using Groups = std::map<Address, GroupReports<F>>;
    using Records = std::vector<Record<F>>;

    void receive_query(const Query<F>& query, TimePoint now);
    void receive_report(const Report<F>& report);
    void note_querier(const Query<F>& query, TimePoint now);
    void schedule_answer(const Query<F>& query, TimePoint now);
    void schedule_older_answers(const Query<F>& query, TimePoint now);
    void update_generation(TimePoint now);
    void answer_general_query(TimePoint now, Records& answers);
    void take_change(typename Groups::iterator at, TimePoint now, Records& records);
    /// After anything that may have changed a group.
    void settle(typename Groups::iterator at);
    void send(Records records);
    void send(const Report<F>& report);

    std::string name_;
    HostSettings settings_;
    std::size_t mtu_;
    Random random_;
    HostSender<F>& sender_;
    Generation generation_;
    std::uint8_t robustness_;
    Duration query_interval_ = std::chrono::seconds(125);  ///< until the querier says another
    Groups groups_;
    DeadlineQueue<Address> deadlines_;  ///< of all groups
    std::optional<TimePoint> general_answer_at_;
    std::optional<TimePoint> first_until_;   ///< IGMPv1 querier present
    std::optional<TimePoint> second_until_;  ///< IGMPv2 (MLDv1) querier present
    HostCounters counters_;
    LogLimit version_log_;
};

}  // namespace mgmd::membership
