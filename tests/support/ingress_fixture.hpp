// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/control_packet_ring.hpp"
#include "common/dataplane_view.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/classify.hpp"
#include "tests/support/eal_fixture.hpp"

namespace mgmd::test {

/// A data packet as classify handed it on.
template <class F>
struct Classified {
    dataplane::Packet packet;  ///< its mbuf is gone
    FlowKey<F> key;
    Bytes bytes;  ///< from the IP header on, with padding
    Bytes link;   ///< the link header before it
    std::uint16_t segments = 0;
    std::uint64_t ol_flags = 0;
    std::uint16_t vlan_tci = 0;
    std::uint64_t tx_offload = 0;
};

/// What became of the frames of one receive call.
struct Outcome {
    VerdictCounters verdicts;
    std::vector<Classified<V4>> ipv4;
    std::vector<Classified<V6>> ipv6;
    std::vector<ControlPacket> control;
    std::vector<Bytes> kernel;  ///< frames that a kernel port took

    template <class F>
    const std::vector<Classified<F>>& data() const {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }

    /// Every counter that moved, and everyone who received something, as in
    /// "bad_checksum", "data", "punted -> control igmp, kernel" or "data 2, ttl_expired".
    std::string text() const;
};

/// Frames for the kernel, as a device that keeps their bytes.
struct KernelPort {
    bool accepting = true;
    std::vector<Bytes> frames;

    dataplane::TxQueue queue();
};

std::string name_of(ControlProtocol protocol);

/// What stands before the forwarding table, without ports:
///
///     port 0  (MAC 02:00:00:00:00:01)   1  untagged            10.1.0.1/24   2001:db8:1::1/64
///     port 1  (MAC 02:00:00:00:00:02)   2  VLAN 5    table 7   10.2.0.1/24   2001:db8:2::1/64
///                                       3  VLAN 5 in 100       10.3.0.1/24   2001:db8:3::1/64
///     port 2  (MAC 02:00:00:00:00:03)   4  untagged            10.4.0.1/24   2001:db8:4::1/64
///             with a kernel port
///
/// Every receive asserts that each frame got one verdict and that no buffer is missing.
class IngressTest : public EalTest {
protected:
    static constexpr std::string_view kMac0 = "02:00:00:00:00:01";
    static constexpr std::string_view kMac1 = "02:00:00:00:00:02";
    static constexpr std::string_view kMac2 = "02:00:00:00:00:03";

    IngressTest();

    /// Makes the tables anew, after `settings_` was changed.
    void apply_settings();
    InterfaceSettings& interface(InterfaceIndex index) { return settings_.interfaces[index - 1]; }

    /// Runs classify over the frames, as one burst.
    Outcome receive(PortIndex port, const std::vector<PacketBuilder>& packets);
    Outcome receive_frames(PortIndex port, std::vector<rte_mbuf*> frames);

    /// One frame and the whole outcome as text: see Outcome::text.
    void expect(const PacketBuilder& packet, std::string_view outcome, PortIndex port = 0);

    /// Counters since the test began.
    VerdictCounters verdicts() const;

    Settings settings_;
    std::vector<dataplane::PortFacts> ports_;
    std::unique_ptr<dataplane::InterfaceTable> interfaces_;
    std::unique_ptr<dataplane::ArrivalTable> arrivals_;
    std::unique_ptr<dataplane::WorkerCounters> counters_ =
        std::make_unique<dataplane::WorkerCounters>();
    std::unique_ptr<ControlPacketRing> ring_ = std::make_unique<ControlPacketRing>();
    KernelPort kernel_;
    dataplane::IngressContext ctx_;
    dataplane::IngressFeatures features_;  ///< chosen by apply_settings()

private:
    template <class F>
    void take(dataplane::Burst<F>& burst, std::vector<Classified<F>>& into);
    void add_interface(PortIndex port, std::uint16_t outer_vlan, std::uint16_t vlan, TableId table);
};

}  // namespace mgmd::test
