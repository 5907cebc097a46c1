// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/dataplane_view.hpp"
#include "common/drop_reason.hpp"
#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"

/// What the stages did with one packet.
namespace mgmd {

enum class TraceVerdict : std::uint8_t { forwarded, dropped, punted, held };

/// What became of the copy for one outgoing interface.
enum class TracedFate : std::uint8_t {
    sent,         ///< the driver took it, whole
    fragmented,   ///< the driver took it, in `frames` fragments
    ttl_too_low,  ///< TTL as received not above the threshold
    too_big,      ///< longer than the MTU, and may not be fragmented
    discarded,    ///< link down, no buffer, or refused by the driver
    left_out,     ///< the arrival link, or behind a boundary
};

struct TracedCopy {
    InterfaceIndex interface = kNoInterface;
    std::uint16_t mtu = 0;
    std::uint16_t frames = 0;
    std::uint8_t ttl_threshold = 0;
    TracedFate fate = TracedFate::sent;
};

inline constexpr std::size_t kTracedOctets = 128;
inline constexpr std::size_t kTracedCopies = 64;

struct TraceRecord {
    // As received.
    std::uint64_t timestamp = 0;  ///< TSC
    std::int64_t time_ns = 0;     ///< since 1970-01-01 00:00 UTC; set by who reads it
    WorkerIndex worker = 0;
    PortIndex port = 0;
    InterfaceIndex interface = kNoInterface;  ///< kNoInterface: none is configured for it
    std::uint32_t length = 0;                 ///< octets of the frame, without FCS
    std::uint16_t captured = 0;               ///< valid octets of `octets`

    // The end: in which stage, and how.
    Stage last = Stage::receive;
    TraceVerdict verdict = TraceVerdict::dropped;
    DropReason reason = DropReason::count;  ///< if dropped

    // Classify. The rest is valid only for multicast data.
    bool is_data = false;
    Family family = Family::ipv4;
    TableId table = 0;
    RawAddress source{};
    RawAddress group{};
    std::uint16_t ip_length = 0;
    std::uint8_t ttl = 0;  ///< as received

    // Lookup: the key of the entry.
    bool found = false;
    Action action = Action::drop;
    std::uint8_t entry_group_length = 0;
    RawAddress entry_source{};
    RawAddress entry_group{};

    // Resolve.
    bool asked = false;          ///< control was asked for an entry because of it
    std::uint32_t released = 0;  ///< packets that had waited, and left before it

    // Accept.
    bool reported = false;  ///< control was told of it: wrong interface, arrival, threshold
    bool copied = false;    ///< control or the kernel's port got a copy

    // Replicate and transmit.
    std::uint16_t outgoing = 0;  ///< interfaces of the entry, of which so many are listed:
    std::uint16_t listed = 0;
    std::array<TracedCopy, kTracedCopies> copies{};

    std::array<std::uint8_t, kTracedOctets> octets{};
};

}  // namespace mgmd
