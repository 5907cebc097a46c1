// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ingress_fixture.hpp"

#include <array>

#include "dataplane/drop.hpp"

namespace mgmd::test {
namespace {

using dataplane::Burst;
using dataplane::IngressFeatures;

std::string counted(std::string_view name, std::uint64_t count) {
    return std::string(name) + (count == 1 ? "" : " " + std::to_string(count));
}

template <class Items>
std::string joined(const Items& items) {
    std::string text;
    for (const auto& item : items) {
        text += (text.empty() ? "" : ", ") + item;
    }
    return text;
}

VerdictCounters difference(const VerdictCounters& after, const VerdictCounters& before) {
    VerdictCounters moved;
    moved.received = after.received - before.received;
    moved.forwarded = after.forwarded - before.forwarded;
    moved.punted = after.punted - before.punted;
    moved.punt_copies = after.punt_copies - before.punt_copies;
    moved.held = after.held - before.held;
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        moved.dropped[i] = after.dropped[i] - before.dropped[i];
    }
    return moved;
}

void classify(IngressFeatures features, dataplane::IngressContext& ctx, PortIndex port,
              std::span<rte_mbuf*> frames, Burst<V4>& ipv4, Burst<V6>& ipv6) {
    using Classify = void (*)(dataplane::IngressContext&, PortIndex, std::span<rte_mbuf*>,
                              Burst<V4>&, Burst<V6>&);
    constexpr std::array<Classify, 4> kBodies{dataplane::classify<IngressFeatures{false, false}>,
                                              dataplane::classify<IngressFeatures{false, true}>,
                                              dataplane::classify<IngressFeatures{true, false}>,
                                              dataplane::classify<IngressFeatures{true, true}>};
    kBodies[(features.vlans ? 2 : 0) + (features.boundaries ? 1 : 0)](ctx, port, frames, ipv4,
                                                                      ipv6);
}

}  // namespace

std::string name_of(ControlProtocol protocol) {
    constexpr std::array<std::string_view, 8> kNames{"igmp", "mld",        "pim",     "arp",
                                                     "nd",   "link_local", "unicast", "data"};
    return std::string(kNames.at(static_cast<std::size_t>(protocol)));
}

std::string Outcome::text() const {
    std::vector<std::string> moved, receivers;
    const auto add = [&](std::string_view name, std::uint64_t count) {
        if (count != 0) {
            moved.push_back(counted(name, count));
        }
    };
    add("data", ipv4.size() + ipv6.size());
    add("forwarded", verdicts.forwarded);
    add("held", verdicts.held);
    add("punted", verdicts.punted);
    add("punt_copies", verdicts.punt_copies);
    for (const auto& reason : kDropReasonTexts) {
        add(reason.name, verdicts.dropped[static_cast<std::size_t>(reason.reason)]);
    }
    for (const auto& packet : control) {
        receivers.push_back("control " + name_of(packet.protocol));
    }
    if (!kernel.empty()) {
        receivers.push_back(counted("kernel", kernel.size()));
    }
    return joined(moved) + (receivers.empty() ? "" : " -> " + joined(receivers));
}

dataplane::TxQueue KernelPort::queue() {
    const auto send = [](void* device, rte_mbuf** sent, std::uint16_t count) -> std::uint16_t {
        auto& port = *static_cast<KernelPort*>(device);
        if (!port.accepting) {
            return 0;
        }
        for (std::uint16_t i = 0; i < count; ++i) {
            port.frames.push_back(bytes_of(sent[i]));
            rte_pktmbuf_free(sent[i]);
        }
        return count;
    };
    return {send, this};
}

IngressTest::IngressTest() {
    for (const auto mac : {kMac0, kMac1, kMac2}) {
        ports_.push_back({*parse_mac(mac)});
    }
    settings_.ports.resize(ports_.size());
    add_interface(0, 0, 0, 0);
    add_interface(1, 0, 5, 7);
    add_interface(1, 100, 5, 0);
    add_interface(2, 0, 0, 0);
    ctx_.counters = counters_.get();
    ctx_.control_packets = ring_.get();
    ctx_.pools.packets = pool();
    ctx_.kernel.resize(ports_.size());
    ctx_.kernel[2] = kernel_.queue();
    apply_settings();
}

void IngressTest::add_interface(PortIndex port, std::uint16_t outer_vlan, std::uint16_t vlan,
                                TableId table) {
    auto& added = settings_.interfaces.emplace_back();
    added.index = static_cast<InterfaceIndex>(settings_.interfaces.size());
    added.port = port;
    added.outer_vlan = outer_vlan;
    added.vlan = vlan;
    added.table = table;
    const auto number = std::to_string(added.index);
    added.ipv4.addresses = {*parse_prefix<V4>("10." + number + ".0.1/24")};
    added.ipv6.addresses = {*parse_prefix<V6>("2001:db8:" + number + "::1/64")};
}

void IngressTest::apply_settings() {
    interfaces_ = std::make_unique<dataplane::InterfaceTable>(settings_, ports_);
    arrivals_ = std::make_unique<dataplane::ArrivalTable>(settings_, ports_);
    ctx_.interfaces = interfaces_.get();
    ctx_.arrivals = arrivals_.get();
    features_ = arrivals_->features();
}

template <class F>
void IngressTest::take(Burst<F>& burst, std::vector<Classified<F>>& into) {
    for (std::uint16_t i = 0; i < burst.size; ++i) {
        rte_mbuf* mbuf = burst.packets[i].mbuf;
        Classified<F> taken{
            burst.packets[i], burst.keys[i].flow(), bytes_of(mbuf), {},
            mbuf->nb_segs,    mbuf->ol_flags,       mbuf->vlan_tci, mbuf->tx_offload};
        EXPECT_EQ(rte_mbuf_check(mbuf, 1, nullptr), 0);
        EXPECT_GE(rte_pktmbuf_headroom(mbuf), dataplane::kL2Headroom);
        const auto* data = rte_pktmbuf_mtod(mbuf, const std::uint8_t*);
        taken.link.assign(data - taken.packet.l2_length, data);
        dataplane::release(mbuf);
        into.push_back(std::move(taken));
    }
}

Outcome IngressTest::receive_frames(PortIndex port, std::vector<rte_mbuf*> frames) {
    const auto before = verdicts();
    Burst<V4> ipv4;
    Burst<V6> ipv6;
    kernel_.frames.clear();
    classify(features_, ctx_, port, frames, ipv4, ipv6);
    Outcome outcome;
    outcome.verdicts = difference(verdicts(), before);
    take(ipv4, outcome.ipv4);
    take(ipv6, outcome.ipv6);
    ring_->drain([&](const ControlPacket& packet) { outcome.control.push_back(packet); });
    outcome.kernel = std::move(kernel_.frames);
    const auto& moved = outcome.verdicts;
    EXPECT_EQ(moved.received, frames.size());
    EXPECT_EQ(moved.received, outcome.ipv4.size() + outcome.ipv6.size() + moved.forwarded +
                                  moved.dropped_total() + moved.punted + moved.held)
        << outcome.text();
    return outcome;
}

Outcome IngressTest::receive(PortIndex port, const std::vector<PacketBuilder>& packets) {
    std::vector<rte_mbuf*> frames;
    for (const auto& packet : packets) {
        frames.push_back(mbuf(packet));
    }
    return receive_frames(port, std::move(frames));
}

void IngressTest::expect(const PacketBuilder& packet, std::string_view outcome, PortIndex port) {
    EXPECT_EQ(receive(port, {packet}).text(), outcome) << packet.scapy();
}

VerdictCounters IngressTest::verdicts() const {
    VerdictCounters now;
    now.received = counters_->received.get();
    now.forwarded = counters_->forwarded.get();
    now.punted = counters_->punted.get();
    now.punt_copies = counters_->punt_copies.get();
    now.held = counters_->held_in.get() - counters_->held_out.get();
    for (std::size_t i = 0; i < kDropReasons; ++i) {
        now.dropped[i] = counters_->dropped[i].get();
    }
    return now;
}

}  // namespace mgmd::test
