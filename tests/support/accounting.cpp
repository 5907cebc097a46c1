// SPDX-License-Identifier: Apache-2.0
#include "tests/support/accounting.hpp"

#include <gtest/gtest.h>

#include "common/headers.hpp"

namespace mgmd::test {
namespace {

template <class Address>
bool is_forwarded_group(const Address& destination) {
    return is_multicast(destination) && !is_link_scope_group(destination);
}

/// Whether a frame completes a copy of a multicast packet: not one of our own messages, and not a
/// fragment that others follow.
bool completes_copy(const Bytes& frame) {
    std::size_t at = 2 * sizeof(MacAddress);
    const auto type = [&] { return frame.at(at) << 8 | frame.at(at + 1); };
    while (type() == static_cast<int>(EtherType::vlan) ||
           type() == static_cast<int>(EtherType::qinq)) {
        at += sizeof(VlanTag);
    }
    const bool is_ipv4 = type() == V4::ether_type;
    const std::uint8_t* ip = frame.data() + at + 2;
    if (is_ipv4) {
        const auto& header = *reinterpret_cast<const Ipv4Header*>(ip);
        return is_forwarded_group(header.destination) &&
               (header.flags_fragment_offset.host() & Ipv4Header::kMoreFragments) == 0;
    }
    return is_forwarded_group(reinterpret_cast<const Ipv6Header*>(ip)->destination);
}

struct Fates {
    std::uint64_t sent = 0, ttl_too_low = 0, too_big = 0, discarded = 0;
};

std::map<InterfaceIndex, Fates> fates_of(std::span<const EntryCounters> entries) {
    std::map<InterfaceIndex, Fates> fates;
    for (const auto& entry : entries) {
        for (const auto& outgoing : entry.outgoing) {
            auto& sum = fates[outgoing.interface];
            sum.sent += outgoing.sent;
            sum.ttl_too_low += outgoing.ttl_too_low;
            sum.too_big += outgoing.too_big;
            sum.discarded += outgoing.discarded;
            const auto all = outgoing.sent + outgoing.ttl_too_low + outgoing.too_big +
                             outgoing.discarded + entry.ttl_expired;
            EXPECT_LE(all, entry.packets) << "interface " << outgoing.interface;
        }
    }
    return fates;
}

}  // namespace

void expect_one_verdict_each(const dataplane::WorkerCounters& counters) {
    std::uint64_t dropped = 0;
    for (const auto& count : counters.dropped) {
        dropped += count.get();
    }
    const auto held = counters.held_in.get() - counters.held_out.get();
    EXPECT_EQ(counters.received.get(),
              counters.forwarded.get() + dropped + counters.punted.get() + held);
}

void expect_one_fate_each(const dataplane::WorkerCounters& counters,
                          std::span<const EntryCounters> entries,
                          const std::map<InterfaceIndex, std::vector<Bytes>>& sent,
                          std::size_t interfaces) {
    auto fates = fates_of(entries);
    for (std::size_t i = 1; i < interfaces; ++i) {
        SCOPED_TRACE("interface " + std::to_string(i));
        const auto interface = static_cast<InterfaceIndex>(i);
        const auto& counts = counters.interfaces[interface];
        std::uint64_t frames = 0, octets = 0, copies = 0;
        if (const auto found = sent.find(interface); found != sent.end()) {
            for (const auto& frame : found->second) {
                ++frames;
                octets += frame.size();
                copies += completes_copy(frame) ? 1 : 0;
            }
        }
        EXPECT_EQ(counts.tx_packets.get(), frames);
        EXPECT_EQ(counts.tx_octets.get(), octets);
        EXPECT_EQ(fates[interface].sent, copies);
        EXPECT_EQ(fates[interface].ttl_too_low, counts.ttl_too_low.get());
        EXPECT_EQ(fates[interface].too_big, counts.too_big.get());
        EXPECT_LE(fates[interface].discarded, counts.discarded.get());
    }
}

}  // namespace mgmd::test
