// SPDX-License-Identifier: Apache-2.0
#include "dataplane/hop_by_hop.hpp"

#include "common/wire_reader.hpp"

namespace mgmd::dataplane {
namespace {

constexpr std::uint8_t kPad1 = 0;         // RFC 8200 4.2: has no length octet
constexpr std::uint8_t kRouterAlert = 5;  // RFC 2711 2.1
constexpr std::uint8_t kRouterAlertLength = 2;
constexpr std::uint8_t kActionMask = 0xc0;  // RFC 8200 4.2: 00 means skip over if unknown

/// The options in `bytes`. False: the packet must be dropped.
bool walk_options(std::span<const std::uint8_t> bytes, HopByHop& found) {
    WireReader reader(bytes);
    for (unsigned count = 0; reader.remaining() != 0; ++count) {
        if (count == kMaxHopByHopOptions) {
            return false;
        }
        const auto type = *reader.read<std::uint8_t>();
        if (type == kPad1) {
            continue;
        }
        const auto length = reader.read<std::uint8_t>();
        if ((type & kActionMask) != 0 || !length || !reader.skip(*length)) {
            return false;
        }
        if (type == kRouterAlert) {
            if (*length != kRouterAlertLength) {
                return false;
            }
            found.router_alert = true;
        }
    }
    return true;
}

}  // namespace

std::optional<HopByHop> walk_hop_by_hop(std::span<const std::uint8_t> bytes) {
    WireReader reader(bytes);
    const auto header = reader.read<HopByHopHeader>();
    if (!header || header->length() > kMaxHopByHopLength) {
        return std::nullopt;
    }
    const auto options = reader.take(header->length() - sizeof(HopByHopHeader));
    HopByHop found{static_cast<std::uint16_t>(header->length()), header->next_header};
    // RFC 8200 4.1: this header stands only directly after the IPv6 header.
    if (!options || header->next_header == IpProtocol::hop_by_hop ||
        !walk_options(*options, found)) {
        return std::nullopt;
    }
    return found;
}

}  // namespace mgmd::dataplane
