// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "common/checksum.hpp"
#include "control/membership/wire/codec.hpp"
#include "control/membership/wire/ip_packet.hpp"
#include "tests/fuzz/require.hpp"

/// Any octets as an IGMP or MLD packet: refused by a name, or read as a message that reads the same
/// when it is written and read again. The first octet says which family, and whether the rest is a
/// whole packet or the payload of one that is otherwise right.
namespace {

using namespace mgmd;
using namespace mgmd::membership;
using mgmd::test::require;

using Octets = std::vector<std::uint8_t>;

template <class F>
typename F::Address sender() {
    typename F::Address address{};
    address.bytes.front() = F::family == Family::ipv4 ? 10 : 0xfe;
    address.bytes[1] = 0x80;
    return address;
}

/// A packet with this payload and the right checksum.
template <class F>
Octets packet_with(Octets payload) {
    if (payload.size() >= 4) {
        payload[2] = payload[3] = 0;
        const auto checksum = internet_checksum(
            payload, wire::pseudo_header_sum<F>(sender<F>(), all_nodes<F>(), payload.size()));
        std::memcpy(payload.data() + 2, &checksum, sizeof(checksum));
    }
    return wire::make_packet<F>(sender<F>(), all_nodes<F>(), payload);
}

template <class F>
void check_message(const Message<F>& message) {
    const auto encoded =
        std::visit([&](const auto& body) { return encode(body, message.source); }, message.body);
    const auto again = decode<F>(encoded.octets);
    require(again.has_value(), "what was read can be written and read");
    auto expected = message;
    if (auto* report = std::get_if<Report<F>>(&expected.body)) {
        report->unknown_records = 0;
    }
    require(again->body == expected.body, "it says the same then");
    require(again->source == message.source && again->hop_limit == 1 && again->router_alert,
            "its IP header is as the RFCs ask");
}

template <class F>
void check(const Octets& packet) {
    const auto message = decode<F>(packet);
    if (!message) {
        require(message.error() < Malformed::count, "a refusal has a name");
        return;
    }
    check_message(*message);
    // RFC 9776 4.1.10, 4.2.14: additional data is part of the packet, what follows it is not
    auto longer = packet;
    longer.push_back(0xee);
    const auto with_trailer = decode<F>(longer);
    require(with_trailer.has_value() && *with_trailer == *message, "a trailer changes nothing");
}

template <class F>
void run(bool whole, const Octets& octets) {
    check<F>(whole ? octets : packet_with<F>(octets));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLongest = 9000;
    if (size == 0) {
        return 0;
    }
    const Octets octets(data + 1, data + 1 + std::min(size - 1, kLongest));
    const bool whole = (data[0] & 2) != 0;
    if ((data[0] & 1) == 0) {
        run<V4>(whole, octets);
    } else {
        run<V6>(whole, octets);
    }
    return 0;
}
