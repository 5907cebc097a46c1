// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/clock.hpp"
#include "common/settings.hpp"

namespace mgmd::membership {

/// The variables of RFC 9776 8 (RFC 9777 9 in brackets where its name differs), and the times that
/// follow from them.
struct Timing {
    std::uint8_t robustness = 2;
    Duration query_interval{};
    Duration query_response_interval{};
    Duration last_member_query_interval{};   // [Last Listener Query Interval]
    std::uint8_t last_member_query_count{};  // [Last Listener Query Count]

    /// 8.4: Group Membership Interval [Multicast Address Listening Interval].
    Duration membership_interval() const {
        return robustness * query_interval + query_response_interval;
    }
    /// 8.5.
    Duration other_querier_present_interval() const {
        return robustness * query_interval + query_response_interval / 2;
    }
    /// 8.8.1: Last Member Query Time [Last Listener Query Time].
    Duration last_member_query_time() const {
        return last_member_query_count * last_member_query_interval;
    }
    /// 8.13 [Older Version Host Present Timeout].
    Duration older_host_present_interval() const {
        return robustness * query_interval + query_response_interval;
    }
};

template <class F>
Timing timing_of(const MembershipProtocolSettings<F>& settings) {
    return {settings.robustness_variable, settings.query_interval, settings.query_response_interval,
            settings.last_member_query_interval,
            settings.last_member_query_count.value_or(settings.robustness_variable)};
}

}  // namespace mgmd::membership
