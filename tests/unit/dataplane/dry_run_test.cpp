// SPDX-License-Identifier: Apache-2.0
#include "dataplane/dry_run.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Interface 1 is where packets arrive; 2, 3 and 4 are where they may go, 3 with VLAN 30.
class DryRunTest : public BenchTest {
protected:
    DryRunTest() { topology_.settings.interfaces.at(2).vlan = 30; }

    WorkerBench& bench() {
        if (bench_ == nullptr) {
            bench_ = std::make_unique<WorkerBench>(topology_, options_);
        }
        return *bench_;
    }

    template <class F>
    void install(const std::vector<InterfaceIndex>& outgoing, Action action = Action::forward) {
        auto entry = forward_entry(sample_route<F>(), arrival_, outgoing);
        entry.action = action;
        bench().install(entry);
    }

    Explanation explain(const PacketBuilder& packet, InterfaceIndex arrival = 1) {
        return explain_frame(packet.bytes(), arrival);
    }
    Explanation explain_frame(const Bytes& octets, InterfaceIndex arrival = 1) {
        const dataplane::DryRunParts parts{.interfaces = bench().interfaces(),
                                           .arrivals = *bench().ctx().arrivals,
                                           .ipv4 = bench().table<V4>().dry_reader(),
                                           .ipv6 = bench().table<V6>().dry_reader(),
                                           .pools = bench().ctx().pools,
                                           .replication = {},
                                           .kernel_ports = std::vector<bool>(4)};
        const auto in_use = bench().buffers_in_use();
        auto explanation =
            dataplane::run_dry(parts, {.port = topology_.settings.interfaces.at(arrival - 1u).port,
                                       .octets = octets,
                                       .length = static_cast<std::uint32_t>(octets.size())});
        EXPECT_EQ(bench().buffers_in_use(), in_use);
        EXPECT_TRUE(explanation);
        return explanation.value_or(Explanation{});
    }

    template <class F>
    static const FlowExplanation<F>& flow_of(const Explanation& explanation) {
        return std::get<FlowExplanation<F>>(explanation.flow);
    }
    template <class F>
    static std::vector<CopyFate> fates_of(const Explanation& explanation) {
        std::vector<CopyFate> fates;
        for (const auto& copy : flow_of<F>(explanation).entry.value().copies) {
            fates.push_back(copy.fate);
        }
        return fates;
    }

    Topology topology_;
    BenchOptions options_;
    InterfaceIndex arrival_ = topology_.add();
    std::vector<InterfaceIndex> out_ = topology_.add(3);

private:
    std::unique_ptr<WorkerBench> bench_;
};

template <class F>
class DryRun : public DryRunTest {};
TYPED_TEST_SUITE(DryRun, Families, FamilyName);

TYPED_TEST(DryRun, TellsOfTheFramesThatThePipelineSends) {
    using F = TypeParam;
    this->template install<F>({2, 3});
    const auto packet = sample_packet<F>();
    const auto explanation = this->explain(packet);
    EXPECT_EQ(explanation.interface, 1);
    EXPECT_EQ(explanation.verdict, Verdict::forwarded);
    const auto& flow = this->template flow_of<F>(explanation);
    EXPECT_EQ(flow.flow.source, sample_route<F>().source);
    EXPECT_EQ(flow.ttl, 64);
    EXPECT_EQ(flow.entry->key, sample_route<F>());
    EXPECT_THAT(flow.entry->accept.interfaces, ElementsAre(1));
    EXPECT_TRUE(flow.entry->accepted);
    EXPECT_THAT(this->template fates_of<F>(explanation),
                ElementsAre(CopyFate::sent, CopyFate::sent));

    this->bench().receive(1, packet);
    for (const auto& copy : flow.entry->copies) {
        const auto frames = this->bench().sent_bytes(copy.interface);
        ASSERT_EQ(frames.size(), 1u);
        EXPECT_EQ(frames[0].size(), copy.frame->octets);
        EXPECT_TRUE(std::equal(copy.frame->destination.bytes.begin(),
                               copy.frame->destination.bytes.end(), frames[0].begin()));
        EXPECT_TRUE(std::equal(copy.frame->source.bytes.begin(), copy.frame->source.bytes.end(),
                               frames[0].begin() + 6));
    }
    const auto& copies = flow.entry->copies;
    EXPECT_EQ(copies[0].frame->vlan, 0);
    EXPECT_EQ(copies[1].frame->vlan, 30);
    EXPECT_EQ(copies[1].frame->ttl, 63);
    EXPECT_NE(copies[0].rewrite_class, copies[1].rewrite_class);
}

TYPED_TEST(DryRun, LeavesNoTrace) {
    using F = TypeParam;
    auto entry = forward_entry(sample_route<F>(), this->arrival_, {2, 3});
    entry.signals.arrivals = {1};
    entry.signals.threshold = {.packets = 1, .octets = 0, .interval_ms = 1000, .at_most = false};
    this->bench().install(entry);
    const auto packet = sample_packet<F>();
    const auto unknown = PacketBuilder().ip<F>(SampleFlow<F>::source,
                                               F::family == Family::ipv4 ? "239.7.7.7" : "ff3e::7");
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(this->explain(packet).verdict, Verdict::forwarded);
        EXPECT_EQ(this->explain(packet, 2).reason, DropReason::wrong_interface);
        EXPECT_EQ(this->explain(sample_packet<F>().ttl(1)).reason, DropReason::ttl_expired);
        EXPECT_EQ(this->explain(unknown).verdict, Verdict::held);
    }
    const auto counters = this->bench().counters(sample_route<F>());
    EXPECT_EQ(counters.packets, 0u);
    EXPECT_EQ(counters.wrong_interface, 0u);
    EXPECT_EQ(counters.ttl_expired, 0u);
    EXPECT_EQ(this->bench().counters().received.get(), 0u);
    EXPECT_EQ(this->bench().counters(1).rx_packets.get(), 0u);
    EXPECT_EQ(this->bench().counters(2).tx_packets.get(), 0u);
    EXPECT_THAT(this->bench().events(), IsEmpty());
    EXPECT_TRUE(this->bench().ctx().template family<F>().held.empty());
    EXPECT_THAT(this->bench().sent(2), IsEmpty());
    EXPECT_FALSE(this->bench().ctx().pushed);

    // Each signal and every token is there for the packet that does come.
    this->bench().receive(1, packet);
    const auto events = this->bench().events();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].kind, EventKind::arrival);
    EXPECT_EQ(events[1].kind, EventKind::threshold);
    EXPECT_EQ(events[1].value, 1u);
}

TYPED_TEST(DryRun, NamesTheVerdictOfEachStage) {
    using F = TypeParam;
    const auto packet = sample_packet<F>();
    EXPECT_EQ(this->explain(packet).verdict, Verdict::held);
    EXPECT_FALSE(this->template flow_of<F>(this->explain(packet)).entry);

    this->template install<F>({}, Action::drop);
    auto explanation = this->explain(packet);
    EXPECT_EQ(explanation.reason, DropReason::negative_entry);
    EXPECT_EQ(this->template flow_of<F>(explanation).entry->action, Action::drop);
    EXPECT_FALSE(this->template flow_of<F>(explanation).entry->accepted);

    this->template install<F>({2});
    explanation = this->explain(packet, 4);
    EXPECT_EQ(explanation.interface, 4);
    EXPECT_EQ(explanation.reason, DropReason::wrong_interface);
    EXPECT_FALSE(this->template flow_of<F>(explanation).entry->accepted);
    EXPECT_THAT(this->template flow_of<F>(explanation).entry->accept.interfaces, ElementsAre(1));

    explanation = this->explain(sample_packet<F>().ttl(1));
    EXPECT_EQ(explanation.reason, DropReason::ttl_expired);
    EXPECT_TRUE(this->template flow_of<F>(explanation).entry->accepted);
    EXPECT_THAT(this->template fates_of<F>(explanation), IsEmpty());

    this->template install<F>({}, Action::hand_over);
    explanation = this->explain(packet);
    EXPECT_EQ(explanation.verdict, Verdict::punted);
    EXPECT_EQ(explanation.to_control, ControlProtocol::data);

    this->template install<F>({2}, Action::forward_and_copy);
    explanation = this->explain(packet);
    EXPECT_EQ(explanation.verdict, Verdict::forwarded);
    EXPECT_EQ(explanation.to_control, ControlProtocol::data);
    EXPECT_THAT(this->template fates_of<F>(explanation), ElementsAre(CopyFate::sent));
}

TYPED_TEST(DryRun, TellsWhatBecomesOfEachCopy) {
    using F = TypeParam;
    this->topology_.settings.interfaces.at(2).ttl_threshold = 16;
    const auto group = parse_prefix<F>(F::family == Family::ipv4 ? "239.0.0.0/8" : "ff3e::/16");
    if constexpr (F::family == Family::ipv4) {
        this->topology_.settings.interfaces.at(3).boundaries.ipv4 = {*group};
    } else {
        this->topology_.settings.interfaces.at(3).boundaries.ipv6 = {*group};
    }
    this->template install<F>({1, 2, 3, 4});
    this->bench().interfaces().set_up(2, false);
    EXPECT_THAT(this->template fates_of<F>(this->explain(sample_packet<F>().ttl(16))),
                ElementsAre(CopyFate::arrival_link, CopyFate::link_down, CopyFate::ttl_too_low,
                            CopyFate::boundary));
    this->bench().interfaces().set_enabled(2, false);
    EXPECT_THAT(this->template fates_of<F>(this->explain(sample_packet<F>())),
                ElementsAre(CopyFate::arrival_link, CopyFate::disabled, CopyFate::sent,
                            CopyFate::boundary));
    this->bench().interfaces().set_enabled(2, true);
    this->bench().interfaces().set_up(2, true);
}

TEST_F(DryRunTest, Ipv4IsFragmentedUnlessItMustNotBe) {
    topology_.settings.interfaces.at(1).mtu = 500;
    install<V4>({2, 4});
    const auto packet = sample_packet<V4>(1000);
    const auto explanation = explain(packet);
    EXPECT_THAT(fates_of<V4>(explanation), ElementsAre(CopyFate::fragmented, CopyFate::sent));
    bench().receive(1, packet);
    const auto& frame = flow_of<V4>(explanation).entry->copies[0].frame.value();
    const auto sent = bench().sent_bytes(2);
    EXPECT_EQ(frame.frames, sent.size());
    EXPECT_EQ(frame.octets, sent[0].size() + sent[1].size() + sent[2].size());
    auto unfragmented = sample_packet<V4>(1000);
    EXPECT_THAT(fates_of<V4>(explain(unfragmented.dont_fragment())),
                ElementsAre(CopyFate::too_big, CopyFate::sent));
}

TEST_F(DryRunTest, Ipv6TooBigIsToldToTheSource) {
    topology_.settings.interfaces.at(1).mtu = 1280;
    topology_.settings.interfaces.at(0).ipv6.addresses = {*parse_prefix<V6>("2001:db8:1::1/64")};
    install<V6>({2, 4});
    const auto explanation = explain(sample_packet<V6>(1400));
    EXPECT_THAT(fates_of<V6>(explanation), ElementsAre(CopyFate::too_big, CopyFate::sent));
    EXPECT_TRUE(explanation.packet_too_big);
    EXPECT_EQ(bench().counters().packet_too_big_sent.get(), 0u);
}

TEST_F(DryRunTest, ChecksOfTheHeaderHaveTheirVerdictFirst) {
    const auto reason = [&](const PacketBuilder& packet) {
        const auto explanation = explain(packet);
        EXPECT_TRUE(std::holds_alternative<std::monostate>(explanation.flow));
        return explanation.reason;
    };
    EXPECT_EQ(reason(sample_packet<V4>().checksum(1)), DropReason::bad_checksum);
    EXPECT_EQ(reason(sample_packet<V4>().version(5)), DropReason::bad_version);
    EXPECT_EQ(reason(sample_packet<V6>().total_length(5000)), DropReason::bad_total_length);
    EXPECT_EQ(reason(sample_packet<V4>().eth("01:00:5e:00:00:01")), DropReason::mac_mismatch);
    EXPECT_EQ(reason(sample_packet<V4>().eth("02:00:00:00:00:77")), DropReason::not_for_us);
    EXPECT_EQ(reason(PacketBuilder().ipv4("0.0.0.0", "239.1.1.1").udp(1, 2)),
              DropReason::source_unspecified);
    EXPECT_EQ(reason(PacketBuilder().ipv6("fe80::1", "ff1e::1").udp(1, 2)),
              DropReason::link_local_source);
    EXPECT_EQ(reason(PacketBuilder().ipv6("2001:db8::1", "ff11::1").udp(1, 2)),
              DropReason::group_scope);
    EXPECT_EQ(reason(sample_packet<V4>().vlan(77)), DropReason::unknown_vlan);
    EXPECT_EQ(explain(sample_packet<V4>().vlan(77)).interface, kNoInterface);
    EXPECT_EQ(explain_frame({1, 2, 3}).reason, DropReason::runt);
    EXPECT_EQ(explain_frame({}).reason, DropReason::runt);
    bench().interfaces().set_enabled(1, false);
    EXPECT_EQ(reason(sample_packet<V4>()), DropReason::interface_down);
}

TEST_F(DryRunTest, ControlPacketsGoToControl) {
    const auto explanation =
        explain(PacketBuilder().ipv4("0.0.0.0", "239.1.1.1").ttl(1).igmp(0x16, "239.1.1.1"));
    EXPECT_EQ(explanation.verdict, Verdict::punted);
    EXPECT_EQ(explanation.to_control, ControlProtocol::igmp);
    EXPECT_FALSE(explanation.to_kernel);
    EXPECT_THAT(bench().control_packets(), IsEmpty());
}

TEST_F(DryRunTest, FramesOfSeveralBuffersAreNoDifferent) {
    install<V4>({2, 3});
    topology_.settings.interfaces.at(1).mtu = 9000;
    const auto explanation = explain(sample_packet<V4>(8000));
    EXPECT_EQ(flow_of<V4>(explanation).ip_length, 8028);
    EXPECT_THAT(fates_of<V4>(explanation), ElementsAre(CopyFate::fragmented, CopyFate::fragmented));
}

TEST_F(DryRunTest, KeepsNoBuffersForItsThread) {
    options_.pool_cache = 64;
    install<V4>({2, 3});
    EXPECT_EQ(explain(sample_packet<V4>()).verdict, Verdict::forwarded);
    EXPECT_EQ(rte_mempool_default_cache(bench().pool(), rte_lcore_id())->len, 0u);
}

TEST_F(DryRunTest, WhatIsNotGivenIsZeros) {
    install<V4>({2});
    const auto octets = sample_packet<V4>(1000).bytes();
    const auto shorter = Bytes(octets.begin(), octets.begin() + 42);
    const dataplane::DryRunParts parts{.interfaces = bench().interfaces(),
                                       .arrivals = *bench().ctx().arrivals,
                                       .ipv4 = bench().table<V4>().dry_reader(),
                                       .ipv6 = bench().table<V6>().dry_reader(),
                                       .pools = bench().ctx().pools,
                                       .replication = {},
                                       .kernel_ports = std::vector<bool>(4)};
    const auto length = static_cast<std::uint32_t>(octets.size());
    const auto explanation = dataplane::run_dry(parts, {0, shorter, length});
    ASSERT_TRUE(explanation);
    EXPECT_EQ(explanation->verdict, Verdict::forwarded);
    EXPECT_EQ(flow_of<V4>(*explanation).ip_length, 1028);
    EXPECT_FALSE(dataplane::run_dry(parts, {0, shorter, 41}));
    EXPECT_FALSE(dataplane::run_dry(parts, {0, shorter, 100'000}));
    EXPECT_FALSE(dataplane::run_dry(parts, {4, shorter, length}));
}

}  // namespace
}  // namespace mgmd::test
