// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/metered_ring.hpp"

/// The door by which a worker tells control what its packets met (forwarding rules 6). One ring per
/// worker: the worker pushes, the control thread drains.
namespace mgmd {

enum class EventKind : std::uint8_t {
    no_entry,         ///< first packet of an unknown flow; the worker holds it until answered
    hold_overflow,    ///< a flow has its entry; `value` more of its packets found no room to wait
    wrong_interface,  ///< metered; `unreported` arrivals came before it
    arrival,          ///< a signalled arrival (Signals::arrivals)
    threshold,        ///< a signalled threshold (Signals::threshold): `value` packets, `octets`
    link_state,       ///< `port` went up (`value` 1) or down (0)
    port_error,       ///< `port` has had `value` errors and losses since the last report
};

/// Header bytes an event carries: IP header, options and the start of the data.
inline constexpr std::size_t kEventHeaderBytes = 112;

struct Event {
    EventKind kind = EventKind::no_entry;
    Family family = Family::ipv4;
    TableId table = 0;
    InterfaceIndex interface = kNoInterface;  ///< arrival interface
    PortIndex port = 0;
    WorkerIndex worker = 0;
    std::uint8_t header_length = 0;  ///< valid octets of `header`; 0: no packet caused it
    /// Without a packet, `source`, `group`, this and `interface` are those of the entry's RouteKey.
    std::uint8_t group_length = 0;
    std::uint64_t unreported = 0;  ///< occurrences since the last report that were only counted
    std::uint64_t value = 0;       ///< by kind; no_entry: packets that found no room to wait
    std::uint64_t octets = 0;      ///< threshold: of IP, in the interval
    std::uint64_t timestamp = 0;   ///< TSC of the worker when raised
    RawAddress source{};
    RawAddress group{};
    std::array<std::uint8_t, kEventHeaderBytes> header{};
};
static_assert(sizeof(Event) <= 192);

using EventRing = MeteredRing<Event, 4096>;

}  // namespace mgmd
