// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/headers.hpp"

/// IGMP and MLD as they stand on the wire, with the proof of their sizes.
namespace mgmd::membership::wire {

enum class IgmpType : std::uint8_t {
    query = 0x11,
    v1_report = 0x12,
    v2_report = 0x16,
    v2_leave = 0x17,
    v3_report = 0x22,
};

/// IGMPv1 and v2 messages, and what every IGMP query begins with (RFC 2236 2).
struct IgmpHeader {
    IgmpType type;
    std::uint8_t max_response_code;
    be16 checksum;
    Ipv4Address group;
};
static_assert(sizeof(IgmpHeader) == 8 && alignof(IgmpHeader) == 1);

enum class MldType : std::uint8_t {
    query = 130,
    v1_report = 131,
    v1_done = 132,
    v2_report = 143,
};

/// MLDv1 messages, and what every MLD query begins with (RFC 2710 3).
struct MldHeader {
    MldType type;
    std::uint8_t code;
    be16 checksum;
    be16 max_response_code;
    be16 reserved;
    Ipv6Address group;
};
static_assert(sizeof(MldHeader) == 24 && alignof(MldHeader) == 1);

/// What the third generation's queries add (RFC 9776 4.1, RFC 9777 5.1).
struct QueryTail {
    std::uint8_t flags;  ///< S flag and QRV
    std::uint8_t interval_code;
    be16 source_count;

    static constexpr std::uint8_t kSuppress = 0x08;
    static constexpr std::uint8_t kRobustnessMask = 0x07;
};
static_assert(sizeof(QueryTail) == 4 && alignof(QueryTail) == 1);

/// A report of the third generation (RFC 9776 4.2, RFC 9777 5.2).
struct ReportHeader {
    std::uint8_t type;
    std::uint8_t reserved;
    be16 checksum;
    be16 flags;
    be16 record_count;
};
static_assert(sizeof(ReportHeader) == 8 && alignof(ReportHeader) == 1);

/// Followed by the sources and the auxiliary data (RFC 9776 4.2.4, RFC 9777 5.2.4).
template <class F>
struct RecordHeader {
    std::uint8_t type;
    std::uint8_t auxiliary_words;  ///< of 32 bits
    be16 source_count;
    typename F::Address group;
};
static_assert(sizeof(RecordHeader<V4>) == 8 && alignof(RecordHeader<V4>) == 1);
static_assert(sizeof(RecordHeader<V6>) == 20 && alignof(RecordHeader<V6>) == 1);

}  // namespace mgmd::membership::wire
