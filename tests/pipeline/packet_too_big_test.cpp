// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

// ICMPv6 Packet Too Big (RFC 4443 3.2) about multicast packets. Interface 1, where packets arrive,
// has 2001:db8:1::1; interface 2 has an MTU of 1400, interface 3 one of 1300.
namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PacketTooBig : public BenchTest {
protected:
    PacketTooBig() {
        auto& arrival = topology_.add_interface(topology_.add_port());
        arrival.ipv6.addresses = {parse_prefix<V6>("fe80::1/64").value(),
                                  parse_prefix<V6>("2001:db8:1::1/64").value()};
        arrival_ = arrival.index;
        out_ = topology_.add(2);
        topology_.settings.interfaces.at(1).mtu = 1400;
        topology_.settings.interfaces.at(2).mtu = 1300;
    }

    static PacketBuilder packet_of(std::size_t ip_length) {
        return sample_packet<V6>(ip_length - kSampleHeaders<V6>);
    }
    ForwardingEntry<V6> entry() const { return forward_entry(sample_route<V6>(), arrival_, out_); }
    /// The message about `packet` as it leaves by the arrival interface.
    Bytes message(const PacketBuilder& packet, std::uint16_t mtu) const {
        Bytes body{0, 0, static_cast<std::uint8_t>(mtu >> 8), static_cast<std::uint8_t>(mtu)};
        auto quoted = packet.network_bytes();
        quoted.resize(std::min<std::size_t>(quoted.size(), 1280 - 48));
        put(body, quoted);
        return PacketBuilder()
            .eth(kStationMac, to_string(topology_.ports.at(0).mac))
            .ipv6("2001:db8:1::1", SampleFlow<V6>::source)
            .hop_limit(64)
            .icmpv6(2, 0, body)
            .bytes();
    }

    Topology topology_;
    InterfaceIndex arrival_ = kNoInterface;
    std::vector<InterfaceIndex> out_;
};

TEST_F(PacketTooBig, TellsTheSourceTheSmallestMtuThatFailed) {
    WorkerBench bench(topology_);
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    EXPECT_THAT(bench.sent_bytes(arrival_), ElementsAre(message(packet_of(1500), 1300)));
    EXPECT_THAT(bench.sent(out_[0]), IsEmpty());
    EXPECT_THAT(bench.sent(out_[1]), IsEmpty());
    EXPECT_EQ(bench.counters().packet_too_big_sent.get(), 1u);
    EXPECT_EQ(bench.counters().forwarded.get(), 1u);
}

TEST_F(PacketTooBig, OnlyInterfacesThatFailedCount) {
    auto entry = this->entry();
    entry.outgoing[1].ttl_threshold = 200;  // gets no copy anyway
    WorkerBench bench(topology_);
    bench.install(entry);
    bench.receive(arrival_, packet_of(1450));
    EXPECT_THAT(bench.sent_bytes(arrival_), ElementsAre(message(packet_of(1450), 1400)));
    EXPECT_EQ(bench.counters(out_[1]).ttl_too_low.get(), 1u);
    EXPECT_EQ(bench.counters(out_[1]).too_big.get(), 0u);
}

TEST_F(PacketTooBig, GoesBackThroughTheTagsOfTheArrival) {
    topology_.settings.interfaces.at(0).vlan = 5;
    WorkerBench bench(topology_);
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    const auto sent = bench.sent_bytes(arrival_);
    ASSERT_EQ(sent.size(), 1u);
    const auto untagged = message(packet_of(1500), 1300);
    EXPECT_EQ(Bytes(sent[0].begin() + 12, sent[0].begin() + 18),
              (Bytes{0x81, 0, 0, 5, 0x86, 0xdd}));
    EXPECT_EQ(Bytes(sent[0].begin() + 18, sent[0].end()),
              Bytes(untagged.begin() + 14, untagged.end()));
    EXPECT_EQ(Bytes(sent[0].begin(), sent[0].begin() + 12),
              Bytes(untagged.begin(), untagged.begin() + 12));
}

TEST_F(PacketTooBig, IsLimitedInRate) {
    WorkerBench bench(topology_, {.packet_too_big_burst = 3});
    bench.install(entry());
    bench.receive(arrival_, std::vector(10, packet_of(1500)));
    EXPECT_EQ(bench.sent(arrival_).size(), 3u);
    EXPECT_EQ(bench.counters().packet_too_big_sent.get(), 3u);
    EXPECT_EQ(bench.counters().packet_too_big_suppressed.get(), 7u);
    EXPECT_EQ(bench.counters(out_[0]).too_big.get(), 10u);
}

TEST_F(PacketTooBig, IsNotSentAboutAnIcmpv6Error) {
    WorkerBench bench(topology_);
    bench.install(entry());
    auto error = PacketBuilder().ipv6(SampleFlow<V6>::source, SampleFlow<V6>::group);
    bench.receive(arrival_, PacketBuilder(error).icmpv6(1, 0, Bytes(1400)));
    bench.receive(arrival_, PacketBuilder(error).hop_by_hop({1, 0}).icmpv6(1, 0, Bytes(1400)));
    EXPECT_THAT(bench.sent(arrival_), IsEmpty());
    bench.receive(arrival_, PacketBuilder(error).icmpv6(128, 0, Bytes(1400)));  // echo request
    EXPECT_EQ(bench.sent(arrival_).size(), 1u);
}

TEST_F(PacketTooBig, NeedsAnAddressToComeFrom) {
    topology_.settings.interfaces.at(0).ipv6.addresses = {parse_prefix<V6>("fe80::1/64").value()};
    WorkerBench bench(topology_);
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    EXPECT_THAT(bench.sent(arrival_), IsEmpty());
    EXPECT_EQ(bench.counters(out_[0]).too_big.get(), 1u);
    EXPECT_EQ(bench.counters().packet_too_big_suppressed.get(), 1u);
}

TEST_F(PacketTooBig, ComesFromAnotherInterfaceOfTheTableIfNeedBe) {
    auto& interfaces = topology_.settings.interfaces;
    interfaces.at(0).ipv6.addresses = {parse_prefix<V6>("fe80::1/64").value()};
    interfaces.at(1).ipv6.addresses = {parse_prefix<V6>("2001:db8:2::1/64").value()};
    interfaces.at(1).table = 7;
    interfaces.at(2).ipv6.addresses = {parse_prefix<V6>("fe80::3/64").value(),
                                       parse_prefix<V6>("2001:db8:1::1/64").value()};
    WorkerBench bench(topology_);
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    EXPECT_THAT(bench.sent_bytes(arrival_), ElementsAre(message(packet_of(1500), 1300)));
}

TEST_F(PacketTooBig, TellsNoLessThanEveryLinkMustCarry) {
    topology_.settings.interfaces.at(2).mtu = 600;  // fit for IPv4 only
    WorkerBench bench(topology_);
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    EXPECT_THAT(bench.sent_bytes(arrival_), ElementsAre(message(packet_of(1500), 1280)));
}

TEST_F(PacketTooBig, NeverAnswersAGroupAddress) {
    WorkerBench bench(topology_);
    bench.install(entry());
    const auto packet = packet_of(1500).eth("33:33:80:01:02:03", "03:00:00:00:00:99");
    bench.receive(arrival_, packet);
    EXPECT_THAT(bench.sent(arrival_), IsEmpty());
}

TEST_F(PacketTooBig, WithoutABufferThereIsNoMessage) {
    WorkerBench bench(topology_, {.buffers = 1});
    bench.install(entry());
    bench.receive(arrival_, packet_of(1500));
    EXPECT_THAT(bench.sent(arrival_), IsEmpty());
    EXPECT_EQ(bench.counters().packet_too_big_sent.get(), 0u);
    EXPECT_EQ(bench.counters().packet_too_big_suppressed.get(), 1u);
}

}  // namespace
}  // namespace mgmd::test
