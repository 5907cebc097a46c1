// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/clock.hpp"
#include "common/settings.hpp"
#include "control/membership/message.hpp"
#include "control/membership/timing.hpp"

namespace mgmd::membership {

enum class Role : std::uint8_t {
    listener,     ///< without an address to ask from: never queries
    querier,      ///< asks
    non_querier,  ///< another router asks
};

/// Who asks on a link: the election, and when the next general query is due (RFC 9776 6.6.2 and 8,
/// RFC 9777 7.6.2 and 9).
template <class F>
class Querier {
public:
    using Address = typename F::Address;

    /// `address`: what the router queries from; absent: it can't.
    Querier(const MembershipProtocolSettings<F>& settings, std::optional<Address> address);

    /// The settings have changed. A querier asks no later than the new interval has it.
    void reconfigure(const MembershipProtocolSettings<F>& settings, TimePoint now);

    /// The link has come up: queries as a router that has just started.
    void link_up(TimePoint now);
    /// Nothing is sent any more.
    void link_down();

    /// Another router's query; its source is neither unspecified nor our own. True: it is the
    /// elected querier's.
    bool receive(const Query<F>& query, const Address& from, TimePoint now);

    /// Whether a general query is to be sent now. Also ends the term of a querier that is gone.
    bool general_query_due(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    Role role() const { return role_; }
    bool asks() const { return role_ == Role::querier && up_; }
    const std::optional<Address>& address() const { return address_; }
    /// Our own address, or the elected querier's; absent: not known.
    std::optional<Address> elected() const;
    /// In force on the link: a querier's own variables; its own ones as far as the elected querier
    /// has not told others (RFC 9776 4.1.6, 4.1.7).
    const Timing& timing() const { return timing_; }

    Query<F> general_query() const;
    std::uint64_t elections() const { return elections_; }  ///< changes of role

private:
    void become(Role role);

    Timing own_;
    Timing timing_;
    Generation generation_;
    Duration startup_interval_;
    std::uint8_t startup_count_;
    std::optional<Address> address_;
    Role role_ = Role::listener;
    bool up_ = false;
    std::uint8_t startup_left_ = 0;         ///< start-up queries still to send
    std::optional<TimePoint> next_query_;   ///< of the querier
    std::optional<TimePoint> other_until_;  ///< other querier present timer
    std::optional<Address> other_;          ///< whom it is about
    std::uint64_t elections_ = 0;
};

}  // namespace mgmd::membership
