// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "common/headers.hpp"
#include "dataplane/context.hpp"
#include "dataplane/copies.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/packet_too_big.hpp"

/// Stage: what becomes of copies that are larger than their interface's MTU (forwarding rules 4).
namespace mgmd::dataplane {

/// Judges one packet against the MTUs of the interfaces that are to get it.
template <class F>
class SizeCheck {
public:
    SizeCheck(WorkerContext& ctx, CopySender<F>& sender, const Packet& packet, EntryIndex entry)
        : ctx_(ctx), sender_(sender), packet_(packet), entry_(entry) {}

    /// True: the packet fits. Otherwise the member got it in fragments (IPv4 without DF), or
    /// doesn't get it, which is counted.
    bool fits(const PlanClass& rewrite_class, const PlanMember& member) {
        if (packet_.ip_length <= member.mtu) [[likely]] {
            return true;
        }
        if (may_fragment()) {
            sender_.send_fragments(*packet_.mbuf, rewrite_class, member);
            return false;
        }
        smallest_mtu_ = std::min(smallest_mtu_, member.mtu);
        ctx_.interface_counters(member.interface).too_big.add();
        ctx_.family<F>().table.counters().exception(entry_, member.interface,
                                                    CopyException::too_big, 1);
        return false;
    }

    /// After the last member: IPv6 tells the source, once. IPv4 never does for multicast
    /// (RFC 1122 3.2.2).
    void finish() {
        if constexpr (F::family == Family::ipv6) {
            if (smallest_mtu_ != kNone) {
                packet_too_big(ctx_, packet_, smallest_mtu_);
            }
        }
    }

private:
    static constexpr std::uint16_t kNone = std::numeric_limits<std::uint16_t>::max();

    bool may_fragment() const {
        if constexpr (F::family == Family::ipv4) {
            const auto flags = ip_header<V4>(packet_.mbuf)->flags_fragment_offset.host();
            return (flags & Ipv4Header::kDontFragment) == 0;
        } else {
            return false;  // RFC 8200 5: only the source fragments
        }
    }

    WorkerContext& ctx_;
    CopySender<F>& sender_;
    const Packet& packet_;
    EntryIndex entry_;
    std::uint16_t smallest_mtu_ = kNone;
};

}  // namespace mgmd::dataplane
