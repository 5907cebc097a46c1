// SPDX-License-Identifier: Apache-2.0
#include "dataplane/requirements.hpp"

#include <cerrno>
#include <linux/capability.h>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::test {
namespace {

using namespace dataplane;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t bit(unsigned capability) {
    return 1ull << capability;
}
constexpr Privileges kNobody{};
constexpr Privileges kService{bit(CAP_NET_RAW) | bit(CAP_NET_ADMIN), true};

int opens(const char*) {
    return 0;
}
int denied(const char*) {
    return EACCES;
}
int absent(const char*) {
    return ENOENT;
}

TEST(Requirements, NameTheCapabilitiesThatAKernelDeviceLacks) {
    EXPECT_THAT(missing_for("net_af_packet0,iface=a", kNobody, opens),
                HasSubstr("it needs CAP_NET_RAW and CAP_NET_ADMIN, which this process lacks"));
    EXPECT_THAT(missing_for("net_af_packet0,iface=a", {bit(CAP_NET_RAW), false}, opens),
                HasSubstr("it needs CAP_NET_ADMIN, which"));
    EXPECT_THAT(missing_for("net_tap0", kNobody, opens),
                HasSubstr("it needs CAP_NET_ADMIN, which"));
    EXPECT_THAT(missing_for("net_af_xdp0,iface=a", kService, opens),
                HasSubstr("it needs CAP_SYS_ADMIN, which"));
    EXPECT_THAT(missing_for("net_af_xdp0,iface=a", kNobody, opens), HasSubstr("ulimit -l"));
}

TEST(Requirements, AreMetByTheService) {
    for (const auto* device : {"net_af_packet0,iface=a", "net_tap0,iface=b", "net_null0", "x"}) {
        EXPECT_EQ(missing_for(device, kService, opens), "") << device;
    }
    EXPECT_EQ(missing_for("net_memif0", kNobody, denied), "");
    EXPECT_EQ(missing_for("net_pcap0,rx_pcap=x", kNobody, denied), "");
}

TEST(Requirements, NameTheFileOfTapDevices) {
    EXPECT_THAT(missing_for("net_tap0", kService, absent),
                AllOf(HasSubstr("/dev/net/tun: No such file"), HasSubstr("modprobe tun")));
    EXPECT_THAT(missing_for("net_tap0", kService, denied),
                AllOf(HasSubstr("/dev/net/tun: Permission denied"), Not(HasSubstr("modprobe"))));
}

std::string missing(const std::optional<Card>& card, const Privileges& privileges, TryFile open) {
    return missing_for_card("0000:03:00.0", card, privileges, open);
}

TEST(Requirements, NameWhatACardIsShortOf) {
    EXPECT_THAT(missing(std::nullopt, kService, opens), HasSubstr("lspci -D"));
    EXPECT_THAT(missing(Card{"ixgbe", "12"}, kService, opens),
                AllOf(HasSubstr("kernel driver ixgbe has it"),
                      HasSubstr("dpdk-devbind.py --bind=vfio-pci 0000:03:00.0")));
    EXPECT_THAT(missing(Card{"", "12"}, kService, opens), HasSubstr("no driver has it"));
    EXPECT_THAT(missing(Card{"vfio-pci", ""}, kService, opens), HasSubstr("intel_iommu=on"));
    EXPECT_THAT(missing(Card{"vfio-pci", "12"}, kService, absent),
                AllOf(HasSubstr("/dev/vfio/vfio: No such file"), HasSubstr("modprobe vfio-pci")));
    EXPECT_THAT(missing(Card{"vfio-pci", "12"}, kService, denied),
                HasSubstr("/dev/vfio/12: Permission denied: this user must be allowed"));
    EXPECT_THAT(missing(Card{"vfio-pci", "12"}, kNobody, opens), HasSubstr("LimitMEMLOCK"));
    EXPECT_EQ(missing(Card{"vfio-pci", "12"}, kService, opens), "");
    EXPECT_EQ(missing(Card{"mlx5_core", ""}, kNobody, absent), "");
}

TEST(Requirements, OfThisMachineKnowOfNoCardThatIsNotThere) {
    EXPECT_THAT(missing_for("ffff:ff:1f.7,x=1"), HasSubstr("there is no such card"));
}

}  // namespace
}  // namespace mgmd::test
