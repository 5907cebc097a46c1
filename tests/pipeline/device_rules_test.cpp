// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/driver_table.hpp"
#include "tests/support/sample_flow.hpp"

// What the copies of a packet are made of on two ports of one kind of device: one buffer, a buffer
// each, or a header each in front of one payload. docs/performance.md has the table of the rules.
namespace mgmd::test {
namespace {

enum class Made : std::uint8_t { shared, copied, chained };

struct DeviceRule {
    std::string_view driver;
    std::string_view device;
    bool advertises_segments;
    Made one_class;    ///< of a packet whose frames are the same on both ports
    Made short_frame;  ///< of a short one, where they differ
    Made long_frame;
};

constexpr DeviceRule kRules[]{
    // Both: it is the frame's length that decides.
    {"net_i40e", "", true, Made::shared, Made::copied, Made::chained},
    {"net_ice", "", true, Made::shared, Made::copied, Made::chained},
    {"net_ixgbe", "", true, Made::shared, Made::copied, Made::chained},
    {"mlx5_pci", "", true, Made::shared, Made::copied, Made::chained},
    {"net_bnxt", "", true, Made::shared, Made::copied, Made::chained},
    {"net_virtio", "", true, Made::shared, Made::copied, Made::chained},
    {"net_vhost", "", true, Made::shared, Made::copied, Made::chained},
    {"net_af_packet", "", true, Made::shared, Made::copied, Made::chained},
    {"net_tap", "", true, Made::shared, Made::copied, Made::chained},
    {"net_memif", "net_memif0,role=client", true, Made::shared, Made::copied, Made::chained},
    // They take chains without saying so.
    {"net_null", "", false, Made::shared, Made::copied, Made::chained},
    {"net_pcap", "", false, Made::shared, Made::copied, Made::chained},
    // No chains: not advertised, or read past their first segment whatever is advertised.
    {"net_i40e", "", false, Made::shared, Made::copied, Made::copied},
    {"net_af_xdp", "", true, Made::shared, Made::copied, Made::copied},
    // No sharing: the peer gets the very buffer, or nobody knows what the driver does to it. A
    // chain would share the payload.
    {"net_ring", "", true, Made::copied, Made::copied, Made::copied},
    {"net_memif", "net_memif0,zero-copy=yes", true, Made::copied, Made::copied, Made::copied},
    {"net_bonding", "", true, Made::copied, Made::copied, Made::copied},
    {"net_new_and_unknown", "", true, Made::copied, Made::copied, Made::copied},
};

/// Two ports of one kind of device, behind an arrival.
struct TwoPorts {
    Topology topology;
    InterfaceIndex arrival = topology.add();
    std::vector<InterfaceIndex> out = topology.add(2);

    TwoPorts(const DeviceRule& rule, bool one_class) {
        const auto traits = dataplane::traits_of(rule.driver, rule.device);
        for (std::size_t port = 1; port < topology.ports.size(); ++port) {
            auto& facts = topology.ports[port];
            facts.shares_frames = traits.shares_frames;
            facts.takes_segments = dataplane::takes_segments(traits, rule.advertises_segments);
            if (one_class) {
                facts.mac = {{0x02, 0xaa, 0, 0, 0, 1}};
            }
        }
    }
};

/// How the frames that both ports sent were made, which must be the right ones.
template <class F>
Made how(const DeviceRule& rule, bool one_class, std::size_t payload) {
    const TwoPorts ports(rule, one_class);
    WorkerBench bench(ports.topology, {.replication = {.copy_max_octets = 256, .chain = true}});
    bench.install(forward_entry(sample_route<F>(), ports.arrival, ports.out));
    bench.receive(ports.arrival, sample_packet<F>(payload));
    std::vector<SentFrame> frames;
    for (const auto interface : ports.out) {
        auto sent = bench.sent(interface);
        EXPECT_EQ(sent.size(), 1u);
        EXPECT_EQ(sent.at(0).bytes,
                  frame_out(ports.topology, interface, sample_packet<F>(payload)));
        frames.push_back(std::move(sent.at(0)));
    }
    if (frames[0].mbuf == frames[1].mbuf) {
        EXPECT_EQ(frames[0].references, 2u);
        return Made::shared;
    }
    for (const auto& frame : frames) {
        EXPECT_EQ(frame.references, 1u) << "it is this port's alone";
    }
    EXPECT_EQ(frames[0].segments, frames[1].segments);
    return frames[0].segments == 1 ? Made::copied : Made::chained;
}

template <class F>
class DeviceRules : public BenchTest {};
TYPED_TEST_SUITE(DeviceRules, Families, FamilyName);

TYPED_TEST(DeviceRules, DecideHowCopiesAreMade) {
    using F = TypeParam;
    // The longest that is copied, and one octet more.
    const auto limit = 256 - sizeof(EthernetHeader) - kSampleHeaders<F>;
    for (const auto& rule : kRules) {
        SCOPED_TRACE(std::string(rule.driver) + ' ' + std::string(rule.device) +
                     (rule.advertises_segments ? " advertising segments" : ""));
        EXPECT_EQ(how<F>(rule, true, limit), rule.one_class);
        EXPECT_EQ(how<F>(rule, true, limit + 1),
                  rule.one_class == Made::shared ? Made::shared : rule.long_frame);
        EXPECT_EQ(how<F>(rule, false, limit), rule.short_frame);
        EXPECT_EQ(how<F>(rule, false, limit + 1), rule.long_frame);
    }
}

}  // namespace
}  // namespace mgmd::test
