// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/log_limit.hpp"
#include "common/settings.hpp"
#include "control/membership/admission.hpp"
#include "control/membership/deadline_queue.hpp"
#include "control/membership/group.hpp"
#include "control/membership/link_counters.hpp"
#include "control/membership/meters.hpp"
#include "control/membership/querier.hpp"
#include "control/monitor/reporter.hpp"

namespace mgmd::membership {

/// What a LinkRouter has to say. Nothing is held while it says it; it must not be called back.
template <class F>
class LinkListener {
public:
    virtual ~LinkListener() = default;
    /// To be sent out of the link from `source`, in as many packets as it takes. False: it was not.
    virtual bool send(const Query<F>& query, const typename F::Address& source) = 0;
    /// What the link's hosts want of a group has changed.
    virtual void on_wanted(const typename F::Address& group, const Wanted<F>& wanted) = 0;
};

/// The router side of IGMP (RFC 9776 6) or MLD (RFC 9777 7) on one link: all that its hosts want,
/// and the queries that keep it true. Control thread; time comes with each call.
template <class F>
class LinkRouter {
public:
    using Address = typename F::Address;

    /// `name` is for the log. `address`: what queries come from; absent: listens only. `settings`
    /// and `listener` outlive it. `reporter`: of the interface.
    LinkRouter(std::string name, const MembershipProtocolSettings<F>& settings,
               std::optional<Address> address, LinkListener<F>& listener,
               monitor::Reporter reporter = {});
    LinkRouter(const LinkRouter&) = delete;
    LinkRouter& operator=(const LinkRouter&) = delete;

    /// The settings have changed where they are. What hosts want stays, except of groups that they
    /// may not join any more; other rules and limits are for what they report from now on.
    void reconfigure(TimePoint now);

    /// What hosts want stays while the link is down, and its timers run.
    void link_up(TimePoint now);
    void link_down();

    /// A packet from the link, from its IP header on: any octets.
    void receive(std::span<const std::uint8_t> packet, TimePoint now);
    void receive(const Message<F>& message, TimePoint now);

    /// Does what is due, of at most `limit` groups; what is left is due still.
    void run_timers(TimePoint now, std::size_t limit = 1024);
    std::optional<TimePoint> next_deadline() const;

    struct Member {
        Group<F> group;
        Wanted<F> told;         ///< what the listener knows
        std::size_t hosts = 0;  ///< of those that hosts() counts
    };
    const std::map<Address, Member>& groups() const { return groups_; }
    /// Hosts of all groups that are followed one by one; one of two groups counts twice.
    std::size_t hosts() const { return hosts_; }
    const DeadlineQueue<Address>& deadlines() const { return deadlines_; }
    const Querier<F>& querier() const { return querier_; }
    const LinkCounters& counters() const { return counters_; }
    LinkCounters& counters() { return counters_; }

private:
    using Groups = std::map<Address, Member>;

    void receive_query(const Message<F>& message, const Query<F>& query, TimePoint now);
    void receive_report(const Message<F>& message, const Report<F>& report, TimePoint now);
    bool admits_report(const Message<F>& message, const Report<F>& report, TimePoint now);
    void count_report(const Report<F>& report);
    void receive_record(Admitted<F> admitted, const Address& host, TimePoint now);
    typename Groups::iterator find_or_join(const Record<F>& record, TimePoint now);
    void settle(typename Groups::iterator at, const std::vector<Query<F>>& queries);
    void send(Query<F> query);
    void warn_of_limit(TimePoint now, const std::string& what, std::uint32_t limit);
    void log_role(Role before) const;
    // For those who watch.
    void report(NoticeKind kind, std::string_view what, const Address& group, const Address& host,
                std::string_view details) const;
    /// After a record of `host`, which was `known` before, and before settle().
    void report_record(const Member& member, const Address& group, const Address& host, bool known,
                       bool asks) const;
    /// After the group's timers, and before settle().
    void report_timers(const Member& member, const Address& group) const;
    void report_querier(Role role, const std::optional<Address>& before) const;
    GroupContext context(TimePoint now) const;

    std::string name_;
    const MembershipProtocolSettings<F>& settings_;
    LinkListener<F>& listener_;
    monitor::Reporter reporter_;
    Generation generation_;
    Querier<F> querier_;
    LinkCounters counters_;
    Admission<F> admission_;
    RateMeter report_meter_;
    Groups groups_;
    std::size_t hosts_ = 0;
    DeadlineQueue<Address> deadlines_;  ///< of all groups
    LogLimit limit_log_;
    LogLimit version_log_;
};

}  // namespace mgmd::membership
