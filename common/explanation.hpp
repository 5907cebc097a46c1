// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/drop_reason.hpp"
#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "common/mac_address.hpp"

/// What would become of a packet: the answer to DataplaneOps::explain(). Plain values.
namespace mgmd {

/// A frame that might arrive, from the destination MAC on, without FCS.
struct ArrivingFrame {
    static constexpr std::uint32_t kMostOctets = 65'535 + 22;

    PortIndex port = 0;
    std::span<const std::uint8_t> octets;
    /// Octets of the whole frame, octets.size() .. kMostOctets; those not given are zeros.
    std::uint32_t length = 0;
};

/// How a packet ends. Each has exactly one.
enum class Verdict : std::uint8_t {
    forwarded,  ///< reached its entry's outgoing list, even if nobody there got a copy
    dropped,
    punted,  ///< handed to control or the kernel's port
    held,    ///< waits for the entry that control is asked for
};

enum class CopyFate : std::uint8_t {
    sent,
    fragmented,    ///< sent in several frames
    arrival_link,  ///< left out: the packet came from there
    boundary,      ///< left out: a boundary of the interface covers the group
    ttl_too_low,   ///< as received not greater than the threshold
    too_big,       ///< for the MTU, and not to be fragmented
    disabled,      ///< the interface
    link_down,
    no_buffer,
};

/// One interface of an entry's outgoing list.
struct CopyExplanation {
    InterfaceIndex interface = kNoInterface;
    CopyFate fate = CopyFate::sent;
    std::uint8_t ttl_threshold = 0;   ///< a copy leaves only if the TTL as received is greater
    std::uint16_t mtu = 0;            ///< octets of IP
    std::uint16_t rewrite_class = 0;  ///< copies of one number leave with the same link header

    /// What would leave; of a fragmented copy: the first frame's, and all octets.
    struct Frame {
        MacAddress destination;
        MacAddress source;
        std::uint16_t outer_vlan = 0;  ///< 0: none
        std::uint16_t vlan = 0;        ///< 0: untagged
        std::uint8_t ttl = 0;
        std::uint16_t frames = 0;
        std::uint32_t octets = 0;  ///< without FCS
        friend bool operator==(const Frame&, const Frame&) = default;
    };
    std::optional<Frame> frame;
};

/// The entry that a packet matches.
template <class F>
struct EntryExplanation {
    RouteKey<F> key;
    Action action = Action::drop;
    AcceptSet accept;
    bool accepted = false;                ///< the packet passed the accept check
    std::vector<CopyExplanation> copies;  ///< by interface; empty if it got no further than `ttl`
};

/// Multicast data that passed all checks of the header.
template <class F>
struct FlowExplanation {
    FlowKey<F> flow;
    std::uint8_t ttl = 0;                      ///< as received
    std::uint16_t ip_length = 0;               ///< octets
    std::optional<EntryExplanation<F>> entry;  ///< absent: none matches
};

struct Explanation {
    InterfaceIndex interface = kNoInterface;  ///< of arrival; kNoInterface: none was found
    Verdict verdict = Verdict::dropped;
    std::optional<DropReason> reason;           ///< if dropped
    std::optional<ControlProtocol> to_control;  ///< it, or a copy
    bool to_kernel = false;                     ///< it, or a copy
    bool packet_too_big = false;                ///< ICMPv6 tells the source
    /// monostate: no multicast data, or dropped by a check of its header.
    std::variant<std::monostate, FlowExplanation<V4>, FlowExplanation<V6>> flow;
};

}  // namespace mgmd
