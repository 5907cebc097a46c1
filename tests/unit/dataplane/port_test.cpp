// SPDX-License-Identifier: Apache-2.0
#include "dataplane/port.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/mempool.hpp"
#include "tests/support/dataplane_fixture.hpp"

namespace mgmd::dataplane {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(DriverTable, SharesFramesOnlyWhereItIsKnownToBeSafe) {
    for (const auto* driver : {"net_i40e", "net_ice", "net_ixgbe", "mlx5_pci", "net_virtio",
                               "net_null", "net_pcap", "net_tap", "net_af_packet", "net_af_xdp"}) {
        EXPECT_TRUE(traits_of(driver, "").shares_frames) << driver;
    }
    for (const auto* driver : {"net_ring", "net_bonding", "net_new_and_unknown"}) {
        EXPECT_FALSE(traits_of(driver, "").shares_frames) << driver;
    }
}

TEST(DriverTable, KnowsThatMemifMayHandOverItsBuffers) {
    EXPECT_TRUE(traits_of("net_memif", "net_memif0,role=client").shares_frames);
    EXPECT_TRUE(traits_of("net_memif", "net_memif0,zero-copy=no").shares_frames);
    EXPECT_FALSE(traits_of("net_memif", "net_memif0,role=client,zero-copy=yes").shares_frames);
}

class PortTest : public testing::Test {
protected:
    static void SetUpTestSuite() { test::shared_eal(); }

    PortRequest request(const std::string& device) {
        PortRequest request;
        request.name = "west";
        request.device = device;
        request.fallback_mac = {{2, 0, 0, 0, 0, 1}};
        request.pool = [this](std::uint16_t) { return pools_->packets(); };
        return request;
    }
    Expected<std::unique_ptr<Port>> open(const PortRequest& request) {
        warnings_.clear();
        return Port::open(request, test::shared_eal().log(), [this](LogLevel level, auto text) {
            warnings_ += level >= LogLevel::warning ? std::string(text) : "";
        });
    }
    std::string file(const std::string& name) { return (directory_ / name).string(); }
    std::string capture(const std::string& name) {
        test::write_pcap(file(name), {test::Bytes(60)});
        return ",rx_pcap=" + file(name);
    }

    test::TemporaryDirectory directory_;
    Expected<PoolPair> pools_ = PoolPair::create({.packets = 8000, .cache = 0}, SOCKET_ID_ANY);
    std::string warnings_;
};

TEST_F(PortTest, OpensTheQueuesThatWereAskedFor) {
    auto wanted = request("net_null_q");
    wanted.queues = 3;
    const auto port = open(wanted);
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_EQ((*port)->rx_queues(), 3);
    EXPECT_EQ((*port)->tx_queues(), 3);
    EXPECT_TRUE((*port)->link_up());
}

TEST_F(PortTest, TellsWhichReceiveFilterADeviceTook) {
    const auto null = open(request("net_null_f"));
    ASSERT_TRUE(null) << null.error().message;
    EXPECT_EQ((*null)->view().filter, ReceiveFilter::all_multicast);
    const auto memif =
        open(request("net_memif_f,role=server,socket-abstract=no,socket=" + file("filter.sock")));
    ASSERT_TRUE(memif) << memif.error().message;
    EXPECT_EQ((*memif)->view().filter, ReceiveFilter::promiscuous) << "it has no all-multicast";
}

TEST_F(PortTest, PollsEverySourceOfAPcapDevice) {
    const auto port = open(request("net_pcap_s" + capture("a") + capture("b") + capture("c") +
                                   ",tx_pcap=" + file("out")));
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_EQ((*port)->rx_queues(), 3);
    EXPECT_EQ((*port)->tx_queues(), 1);
}

TEST_F(PortTest, OpensAPcapDeviceThatOnlySends) {
    const auto port = open(request("net_pcap_o,tx_pcap=" + file("out")));
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_EQ((*port)->tx_queues(), 1);
}

TEST_F(PortTest, GivesSoftwareDevicesTheAddressAskedFor) {
    auto wanted = request("net_pcap_m" + capture("a"));
    wanted.mac = MacAddress{{2, 3, 4, 5, 6, 7}};
    const auto port = open(wanted);
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_EQ((*port)->facts().mac, *wanted.mac);
    EXPECT_EQ((*port)->view().mac, *wanted.mac);
    EXPECT_EQ(warnings_, "");
}

TEST_F(PortTest, GivesDevicesWithoutAnyAddressTheFallback) {
    const auto port = open(request("net_ring_m"));
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_EQ((*port)->facts().mac, (MacAddress{{2, 0, 0, 0, 0, 1}}));
}

TEST_F(PortTest, LetsTheConfigurationDecideAboutSharing) {
    auto wanted = request("net_null_t");
    EXPECT_TRUE((*open(wanted))->facts().shares_frames);
    wanted.tx_sharing = false;
    EXPECT_FALSE((*open(wanted))->facts().shares_frames);
    wanted.device = "net_ring_t";
    wanted.tx_sharing.reset();
    EXPECT_FALSE((*open(wanted))->facts().shares_frames);
}

TEST_F(PortTest, KnowsWhichDevicesTakeChains) {
    EXPECT_TRUE((*open(request("net_pcap_c" + capture("a"))))->facts().takes_segments);
    auto wanted = request("net_memif_c,role=server,socket=" + file("c.sock"));
    const auto port = open(wanted);
    ASSERT_TRUE(port) << port.error().message;
    EXPECT_FALSE((*port)->facts().takes_segments) << "nobody asked for them";
}

TEST_F(PortTest, AdjustsDescriptorsToTheDevice) {
    auto wanted = request("net_null_d");
    wanted.rx_descriptors = 1;
    wanted.tx_descriptors = 1;
    EXPECT_TRUE(open(wanted));
}

TEST_F(PortTest, NamesTheMtuThatADeviceRefuses) {
    auto wanted = request("net_memif_u,role=server,socket=" + file("u.sock"));
    wanted.mtu = 9000;
    const auto port = open(wanted);
    ASSERT_FALSE(port);
    EXPECT_EQ(port.error().exit_code, ExitCode::system);
    EXPECT_THAT(port.error().message, AllOf(HasSubstr("\"west\""), HasSubstr("mtu 9000")));
}

TEST_F(PortTest, NamesDevicesThatCannotBeOpened) {
    for (const auto& device :
         {std::string("net_no_such_driver0"), "net_pcap_x,rx_pcap=" + file("missing"),
          std::string("net_null_x,nonsense=1"), std::string("net_af_packet_x,iface=mgmdnone0")}) {
        const auto port = open(request(device));
        ASSERT_FALSE(port) << device;
        EXPECT_EQ(port.error().exit_code, ExitCode::system);
        EXPECT_THAT(port.error().message, AllOf(HasSubstr("\"west\""), HasSubstr(device)));
    }
}

TEST_F(PortTest, NamesADeviceThatAnotherPortHas) {
    const auto first = open(request("net_null_twice"));
    ASSERT_TRUE(first);
    const auto second = open(request("net_null_twice"));
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("another port has it"));
}

TEST_F(PortTest, KnowsDriversByWhatADeviceStringBeginsWith) {
    EXPECT_EQ(traits_by_device("net_af_xdp3,iface=x").chains, Chains::never);
    EXPECT_EQ(traits_by_device("net_af_xdp3,iface=x").queue_keeps, 2048);
    EXPECT_FALSE(traits_by_device("net_memif0,zero-copy=yes").shares_frames);
    EXPECT_TRUE(traits_by_device("net_virtio_user0").spreads_by_itself);  // not net_virtio
    EXPECT_FALSE(traits_by_device("0000:03:00.0").shares_frames);
}

TEST_F(PortTest, CanBeOpenedAgainOnceClosed) {
    for (int i = 0; i < 3; ++i) {
        const auto port = open(request("net_null_again"));
        ASSERT_TRUE(port) << port.error().message;
        (*port)->close();
        EXPECT_FALSE((*port)->link_up());
        EXPECT_FALSE((*port)->set_up(true));
    }
}

}  // namespace
}  // namespace mgmd::dataplane
