// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace mgmd::config::test {
namespace {

std::vector<std::string> examples() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("config/examples")) {
        names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

TEST(Examples, AllLoad) {
    ASSERT_GE(examples().size(), 3u);
    for (const std::string& name : examples()) {
        EXPECT_EQ(mistakes(read_file("config/examples/" + name)), std::vector<std::string>{})
            << name;
    }
}

TEST(Examples, TheLabIsTheNetworkOfTheShippedCapture) {
    const auto lab = load_file("config/examples/lab-pcap.yaml");
    ASSERT_TRUE(lab);
    ASSERT_EQ(lab->ports.size(), 3u);
    ASSERT_EQ(lab->interfaces.size(), 3u);
    for (std::uint8_t n = 1; n <= 3; ++n) {
        const PortSettings& port = lab->ports[n - 1u];
        const InterfaceSettings& interface = lab->interfaces[n - 1u];
        EXPECT_EQ(port.mac, (MacAddress{{2, 0, 0, 0, n, 1}}));
        EXPECT_EQ(port.device, "net_pcap" + std::to_string(n - 1) + ",rx_pcap=examples/capture/" +
                                   port.name + ".pcap,tx_pcap=out/" + port.name + ".pcap");
        EXPECT_EQ(interface.port, n - 1);
        ASSERT_EQ(interface.ipv4.addresses.size(), 1u);
        EXPECT_EQ(interface.ipv4.addresses[0], (Prefix<V4>{{{10, n, 0, 1}}, 24}));
        ASSERT_EQ(interface.ipv6.addresses.size(), 1u);
        EXPECT_EQ(to_string(interface.ipv6.addresses[0]), "fd00:" + std::to_string(n) + "::1/64");
        EXPECT_TRUE(std::filesystem::exists("examples/capture/" + port.name + ".pcap"));
    }
}

TEST(Examples, TheProxyHasTwoUpstreamAndTwoDownstreamInterfaces) {
    const auto lab = load_file("config/examples/lab-proxy.yaml");
    ASSERT_TRUE(lab);
    ASSERT_EQ(lab->proxies.size(), 1u);
    EXPECT_EQ(lab->proxies[0].upstream, (std::vector<InterfaceIndex>{1, 2}));
    EXPECT_EQ(lab->proxies[0].downstream, (std::vector<InterfaceIndex>{3, 4}));
}

}  // namespace
}  // namespace mgmd::config::test
