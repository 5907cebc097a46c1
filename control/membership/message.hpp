// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <variant>
#include <vector>

#include "common/ip_address.hpp"

/// What IGMP and MLD messages say, without how: one form for both families and all versions, which
/// wire/ reads and writes and everything else works with. Control thread.
namespace mgmd::membership {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Versions that are alike: IGMPv1; IGMPv2 and MLDv1; IGMPv3 and MLDv2.
enum class Generation : std::uint8_t { first = 1, second = 2, third = 3 };

/// How many numbers MLD's versions are behind IGMP's.
template <class F>
inline constexpr std::uint8_t kVersionGap = F::family == Family::ipv4 ? 0 : 1;

template <class F>
constexpr Generation generation_of(std::uint8_t version) {
    return static_cast<Generation>(version + kVersionGap<F>);
}
template <class F>
constexpr std::uint8_t version_of(Generation generation) {
    return static_cast<std::uint8_t>(static_cast<std::uint8_t>(generation) - kVersionGap<F>);
}

/// RFC 9776 4.2.12, RFC 9777 5.2.12, with their numbers.
enum class RecordType : std::uint8_t { is_in = 1, is_ex, to_in, to_ex, allow, block };

template <class F>
struct Record {
    RecordType type = RecordType::is_ex;
    typename F::Address group{};
    std::vector<typename F::Address> sources{};
    friend bool operator==(const Record&, const Record&) = default;
};

/// What hosts say. The older messages are the records that RFC 9776 7.3.2 (RFC 9777 8.3.2) makes
/// of them: a report is IS_EX({}), a leave (done) is TO_IN({}).
template <class F>
struct Report {
    Generation generation = Generation::third;
    std::vector<Record<F>> records;
    /// Records of unknown types, which are skipped (RFC 9776 4.2.12).
    std::uint32_t unknown_records = 0;
    friend bool operator==(const Report&, const Report&) = default;
};

/// What the querier asks.
template <class F>
struct Query {
    Generation generation = Generation::third;
    typename F::Address group{};  ///< unspecified: a general query
    std::vector<typename F::Address> sources{};
    milliseconds max_response{};  ///< IGMPv1 has none: 10 s (RFC 9776 7.2.1)
    bool suppress = false;        ///< S flag: routers leave their timers alone
    std::uint8_t robustness = 0;  ///< QRV; 0: not told
    seconds interval{};           ///< QQI; 0: not told
    bool is_general() const { return is_unspecified(group); }
    friend bool operator==(const Query&, const Query&) = default;
};

/// A message, and what its IP header says.
template <class F>
struct Message {
    typename F::Address source{};
    typename F::Address destination{};
    std::uint8_t hop_limit = 1;
    bool router_alert = true;
    std::variant<Query<F>, Report<F>> body;
    friend bool operator==(const Message&, const Message&) = default;
};

/// Where messages go that are not about a single group.
template <class F>
constexpr typename F::Address all_nodes() {
    if constexpr (F::family == Family::ipv4) {
        return {{224, 0, 0, 1}};
    } else {
        return {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
    }
}
template <class F>
constexpr typename F::Address all_routers() {
    if constexpr (F::family == Family::ipv4) {
        return {{224, 0, 0, 2}};
    } else {
        return {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
    }
}
/// Routers that understand reports of the third generation (RFC 9776 4.2.14, RFC 9777 5.2.14).
template <class F>
constexpr typename F::Address all_report_routers() {
    if constexpr (F::family == Family::ipv4) {
        return {{224, 0, 0, 22}};
    } else {
        return {{0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16}};
    }
}

}  // namespace mgmd::membership
