// SPDX-License-Identifier: Apache-2.0
// What of interfaces changes while workers run, on the whole dataplane.
#include <gtest/gtest.h>

#include "dataplane/dataplane.hpp"
#include "tests/support/dataplane_fixture.hpp"
#include "tests/support/packet_builder.hpp"

namespace mgmd::test {
namespace {

constexpr InterfaceIndex kOut = 2;

/// Without end: data to 239.1.2.3, and a report to 239.1.1.1 with a TTL of 2.
class Reconfigure : public DataplaneTest {
protected:
    Reconfigure() {
        PacketBuilder data;
        data.ipv4("10.0.0.1", "239.1.2.3").ttl(64).udp(1000, 2000).payload(100);
        PacketBuilder report;
        report.ipv4("10.0.0.7", "239.1.1.1").ttl(2).router_alert().igmp(0x16, "239.1.1.1");
        add_port(unique("net_pcap") + pcap_from({data.bytes(), report.bytes()}) + ",infinite_rx=1");
        add_port(unique("net_null") + ",no-rx=1");
        settings_.interfaces[0].ipv4.addresses = {parse_prefix<V4>("10.0.0.254/24").value()};
        launch();
        EXPECT_TRUE(eventually([&] {
            answer_no_entry({kOut});
            return forwarded() > 0;
        }));
    }

    std::uint64_t forwarded() { return dataplane().verdicts().forwarded; }
    /// A counter that moves from now on.
    template <class Count>
    bool moves(Count&& count) {
        const auto before = count();
        return eventually([&] {
            dataplane().control_packets(0).drain([](const ControlPacket&) {});
            return count() > before + 100;
        });
    }
    void reconfigure(const Settings& settings) {
        const auto done = dataplane().reconfigure(settings);
        ASSERT_TRUE(done) << done.error().message;
    }
};

TEST_F(Reconfigure, WorkersTakeBoundariesUpAndGiveThemUp) {
    const auto at_boundary = [&] { return dropped(DropReason::boundary); };
    for (int round = 0; round < 3; ++round) {
        auto bounded = settings_;
        bounded.interfaces[0].boundaries.ipv4 = {parse_prefix<V4>("239.1.2.0/24").value()};
        ASSERT_EQ(round == 0, at_boundary() == 0);
        reconfigure(bounded);
        ASSERT_TRUE(moves(at_boundary));
        const auto before = forwarded();
        ASSERT_TRUE(moves(at_boundary));
        EXPECT_EQ(forwarded(), before) << "nothing crosses it";
        reconfigure(settings_);
        ASSERT_TRUE(moves([&] { return forwarded(); }));
    }
}

TEST_F(Reconfigure, WorkersCheckIgmpAsTheyAreTold) {
    const auto refused = [&] { return dropped(DropReason::control_ttl); };
    const auto passed = [&] { return dataplane().verdicts().punted; };
    ASSERT_TRUE(moves(refused));
    EXPECT_EQ(passed(), 0u);
    auto lenient = settings_;
    lenient.interfaces[0].ipv4.membership.check_ttl = false;
    reconfigure(lenient);
    ASSERT_TRUE(moves(passed));
    reconfigure(settings_);
    ASSERT_TRUE(moves(refused));
}

}  // namespace
}  // namespace mgmd::test
