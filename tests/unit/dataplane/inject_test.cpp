// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inject.hpp"

#include <gtest/gtest.h>

#include "tests/support/worker_bench.hpp"

namespace mgmd::dataplane {
namespace {

using namespace mgmd::test;

constexpr std::string_view kDestination = "01:00:5e:00:00:01";

InjectPacket to_inject(InterfaceIndex interface, const Bytes& content) {
    InjectPacket packet{};
    packet.interface = interface;
    packet.destination = parse_mac(kDestination).value();
    packet.ether_type = V4::ether_type;
    packet.length = static_cast<std::uint16_t>(content.size());
    std::copy(content.begin(), content.end(), packet.bytes.begin());
    return packet;
}

class InjectTest : public BenchTest {
protected:
    InjectTest() {
        const auto port = topology_.add_port();
        topology_.add_interface(port);
        topology_.add_interface(port, 20);
        topology_.add_interface(port, 30, 40);
        topology_.settings.interfaces.back().mtu = 200;
        bench_.emplace(topology_, BenchOptions{.buffers = 63, .headers = 63});
    }
    void inject_and_flush(const InjectPacket& packet) {
        inject(bench_->ctx(), packet);
        flush(bench_->ctx());
    }
    std::uint64_t errors() const { return bench_->counters().inject_errors.get(); }

    PacketBuilder query() const {
        return PacketBuilder()
            .eth(kDestination, "02:00:00:00:00:00")
            .ipv4("10.0.0.1", "224.0.0.1")
            .ttl(1)
            .router_alert()
            .igmp(0x11, "0.0.0.0", 100);
    }

    Topology topology_;
    std::optional<WorkerBench> bench_;
};

TEST_F(InjectTest, SendsWithTheInterfacesAddressPaddedToTheShortestFrame) {
    inject_and_flush(to_inject(1, query().network_bytes()));
    auto expected = query().bytes();
    expected.resize(kMinFrame);
    EXPECT_EQ(bench_->sent_bytes(1), std::vector<Bytes>{expected});
    EXPECT_EQ(bench_->counters().injected.get(), 1u);
    EXPECT_EQ(bench_->counters(1).tx_packets.get(), 1u);
}

TEST_F(InjectTest, SendsWithTheInterfacesTags) {
    const Bytes content = query().payload(60).network_bytes();
    inject_and_flush(to_inject(2, content));
    inject_and_flush(to_inject(3, content));
    EXPECT_EQ(bench_->sent_bytes(2), std::vector<Bytes>{query().payload(60).vlan(20).bytes()});
    EXPECT_EQ(bench_->sent_bytes(3),
              std::vector<Bytes>{query().payload(60).service_vlan(40).vlan(30).bytes()});
}

TEST_F(InjectTest, CountsWhatDoesNotFitTheInterface) {
    inject_and_flush(to_inject(3, Bytes(201)));
    EXPECT_EQ(errors(), 1u);
    inject_and_flush(to_inject(3, Bytes(200)));
    EXPECT_EQ(errors(), 1u);
    EXPECT_EQ(bench_->sent(3).size(), 1u);
}

TEST_F(InjectTest, CountsPacketsForNoInterface) {
    inject_and_flush(to_inject(kNoInterface, Bytes(60)));
    inject_and_flush(to_inject(4, Bytes(60)));
    EXPECT_EQ(errors(), 2u);
    EXPECT_EQ(bench_->counters().injected.get(), 0u);
}

TEST_F(InjectTest, CountsPacketsForAnInterfaceThatIsDown) {
    bench_->interfaces().set_up(2, false);
    inject_and_flush(to_inject(2, Bytes(60)));
    EXPECT_EQ(errors(), 1u);
    bench_->interfaces().set_up(2, true);
    inject_and_flush(to_inject(2, Bytes(60)));
    EXPECT_EQ(bench_->sent(2).size(), 1u);
}

TEST_F(InjectTest, CountsPacketsWithoutABuffer) {
    std::vector<rte_mbuf*> all;
    while (rte_mbuf* mbuf = rte_pktmbuf_alloc(bench_->pool())) {
        all.push_back(mbuf);
    }
    inject_and_flush(to_inject(1, Bytes(60)));
    EXPECT_EQ(errors(), 1u);
    rte_pktmbuf_free_bulk(all.data(), static_cast<unsigned>(all.size()));
}

TEST_F(InjectTest, CountsWhatTheDriverRefuses) {
    bench_->port(0).room = 0;
    inject_and_flush(to_inject(1, Bytes(60)));
    EXPECT_EQ(bench_->counters(1).discarded.get(), 1u);
    EXPECT_EQ(bench_->counters(1).tx_packets.get(), 0u);
}

}  // namespace
}  // namespace mgmd::dataplane
