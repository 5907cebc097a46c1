// SPDX-License-Identifier: Apache-2.0
#include "dataplane/observe.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataplane/unresolved.hpp"
#include "dataplane/worker_tap.hpp"
#include "tests/support/sample_flow.hpp"

namespace mgmd::test {
namespace {

using dataplane::Observers;
using dataplane::Recording;
using dataplane::WorkerCapture;
using dataplane::WorkerTrace;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kRing = 1 << 20;

/// A frame that was captured.
struct Captured {
    CaptureNote note;
    Bytes octets;
};

/// A router between an untagged link, number 1, and two others, the second one in VLAN 7.
template <class F>
class Observe : public BenchTest {
protected:
    Observe() {
        out_.push_back(topology_.add());
        out_.push_back(topology_.add_interface(topology_.add_port(), 7).index);
    }

    void begin(const CaptureRequest& request) {
        capture_.emplace(request, kRing);
        observers_.captures[0] = &*capture_;
        observers_.capture_count = 1;
    }
    void begin_trace(const TapFilter& filter, std::uint32_t count) {
        trace_ = std::make_unique<WorkerTrace>(filter, count);
        observers_.trace = trace_.get();
    }

    /// As a worker does it.
    void receive(WorkerBench& bench, const std::vector<PacketBuilder>& packets) {
        std::vector<rte_mbuf*> frames;
        for (const auto& packet : packets) {
            frames.push_back(make_mbuf(bench.pool(), packet));
        }
        bench.ctx().observers = &observers_;
        const auto features = bench.ctx().arrivals->features();
        process_observed(bench.ctx(), bench.process(),
                         dataplane::choose_process<Recording::steps>(features),
                         bench.interfaces()[arrival_].port, frames);
        bench.ctx().observers = nullptr;
    }

    std::vector<Captured> captured() {
        std::vector<Captured> all;
        Captured each;
        while (const auto note = capture_->ring.pop(each.octets)) {
            each.note = *note;
            all.push_back(each);
        }
        return all;
    }
    std::vector<TraceRecord> traced() {
        std::vector<TraceRecord> all;
        trace_->ring.drain([&](const TraceRecord& record) { all.push_back(record); });
        return all;
    }

    Topology topology_;
    InterfaceIndex arrival_ = topology_.add();
    std::vector<InterfaceIndex> out_;
    Observers observers_;
    std::optional<WorkerCapture> capture_;
    std::unique_ptr<WorkerTrace> trace_;
};
TYPED_TEST_SUITE(Observe, Families, FamilyName);

CaptureRequest only(TapPoint point) {
    CaptureRequest request;
    request.in = point == TapPoint::in;
    request.out = point == TapPoint::out;
    request.drop = point == TapPoint::drop;
    return request;
}

TYPED_TEST(Observe, CapturesFramesAsTheyAreReceived) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    this->begin(only(TapPoint::in));
    const auto packet = sample_packet<TypeParam>(11);
    const auto tagged = PacketBuilder(packet).vlan(99);
    this->receive(bench, {packet, tagged});
    const auto captured = this->captured();
    ASSERT_EQ(captured.size(), 2u);
    EXPECT_EQ(captured[0].octets, packet.bytes());
    EXPECT_EQ(captured[0].note.point, TapPoint::in);
    EXPECT_EQ(captured[0].note.interface, this->arrival_);
    EXPECT_EQ(captured[1].octets, tagged.bytes());
    EXPECT_EQ(captured[1].note.interface, kNoInterface) << "no interface has its tag";
    EXPECT_EQ(captured[1].note.port, 0);
    EXPECT_EQ(bench.sent(this->out_[0]).size(), 1u);
    EXPECT_EQ(bench.dropped(DropReason::unknown_vlan), 1u);
}

TYPED_TEST(Observe, CapturesWhatADriverTookAndNothingElse) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    bench.port(1).room = 1;
    this->begin(only(TapPoint::out));
    this->receive(bench, {sample_packet<TypeParam>(11), sample_packet<TypeParam>(12)});
    std::vector<Bytes> by_first;
    std::vector<Bytes> by_second;
    for (const auto& each : this->captured()) {
        EXPECT_EQ(each.note.point, TapPoint::out);
        EXPECT_EQ(each.note.length, each.octets.size());
        (each.note.interface == this->out_[0] ? by_first : by_second).push_back(each.octets);
    }
    EXPECT_EQ(by_first, bench.sent_bytes(this->out_[0]));
    EXPECT_EQ(by_second, bench.sent_bytes(this->out_[1]));
    EXPECT_EQ(by_first.size(), 1u);
    EXPECT_EQ(by_second.size(), 2u);
    EXPECT_EQ(bench.counters(this->out_[0]).discarded.get(), 1u);
}

TYPED_TEST(Observe, CapturesDropsWithTheirReasonAndTheLinkHeader) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    this->begin(only(TapPoint::drop));
    const auto expired = sample_packet<TypeParam>(100).ttl(1);
    const auto own = sample_packet<TypeParam>(100).eth("02:00:00:00:00:77");
    this->receive(bench, {expired, own, sample_packet<TypeParam>(100)});
    const auto captured = this->captured();
    ASSERT_EQ(captured.size(), 2u);
    EXPECT_EQ(captured[0].note.reason, DropReason::not_for_us) << "classify comes first";
    EXPECT_EQ(captured[0].octets, own.bytes());
    EXPECT_EQ(captured[1].note.reason, DropReason::ttl_expired);
    EXPECT_EQ(captured[1].octets, expired.bytes());
    EXPECT_EQ(captured[1].note.interface, this->arrival_);
    EXPECT_EQ(bench.sent(this->out_[0]).size(), 1u);
}

TYPED_TEST(Observe, CapturesDropsForOneReason) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    auto request = only(TapPoint::drop);
    request.reason = DropReason::ttl_expired;
    request.snap_length = 20;
    this->begin(request);
    this->receive(bench, {sample_packet<TypeParam>().eth("02:00:00:00:00:77"),
                          sample_packet<TypeParam>().ttl(1)});
    const auto captured = this->captured();
    ASSERT_EQ(captured.size(), 1u);
    EXPECT_EQ(captured[0].note.reason, DropReason::ttl_expired);
    EXPECT_EQ(captured[0].octets.size(), 20u);
    EXPECT_EQ(captured[0].note.length, sample_packet<TypeParam>().bytes().size());
}

TYPED_TEST(Observe, TracesAPacketToEachInterface) {
    WorkerBench bench(this->topology_);
    auto entry = forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_);
    entry.outgoing[1].ttl_threshold = 64;
    bench.install(entry);
    this->begin_trace({}, 10);
    this->receive(bench, {sample_packet<TypeParam>()});
    const auto traced = this->traced();
    ASSERT_EQ(traced.size(), 1u);
    EXPECT_EQ(traced[0].verdict, TraceVerdict::forwarded);
    EXPECT_EQ(traced[0].interface, this->arrival_);
    EXPECT_EQ(traced[0].ttl, 64);
    EXPECT_TRUE(traced[0].found);
    EXPECT_EQ(traced[0].source, RawAddress::from(sample_route<TypeParam>().source));
    EXPECT_EQ(traced[0].entry_group, RawAddress::from(sample_route<TypeParam>().group));
    ASSERT_EQ(traced[0].listed, 2);
    const auto fate_of = [&](InterfaceIndex interface) {
        const auto found =
            std::find_if(traced[0].copies.begin(), traced[0].copies.begin() + traced[0].listed,
                         [&](const TracedCopy& copy) { return copy.interface == interface; });
        return found->fate;
    };
    EXPECT_EQ(fate_of(this->out_[0]), TracedFate::sent);
    EXPECT_EQ(fate_of(this->out_[1]), TracedFate::ttl_too_low);
    EXPECT_EQ(bench.sent(this->out_[0]).size(), 1u);
    EXPECT_THAT(bench.sent(this->out_[1]), IsEmpty());
}

TYPED_TEST(Observe, TracesWhereAPacketEnds) {
    WorkerBench bench(this->topology_);
    const auto elsewhere = route<TypeParam>(
        SampleFlow<TypeParam>::source, TypeParam::family == Family::ipv4 ? "239.1.1.9" : "ff3e::9");
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    bench.install(forward_entry(elsewhere, this->out_[0], {this->out_[1]}));
    this->begin_trace({}, 10);
    auto misplaced = PacketBuilder();
    misplaced.template ip<TypeParam>(SampleFlow<TypeParam>::source, to_string(elsewhere.group))
        .udp(1, 2);
    auto unknown = PacketBuilder();
    unknown
        .template ip<TypeParam>(SampleFlow<TypeParam>::source,
                                TypeParam::family == Family::ipv4 ? "239.1.1.10" : "ff3e::10")
        .udp(1, 2);
    this->receive(bench, {sample_packet<TypeParam>().eth("02:00:00:00:00:77"),
                          sample_packet<TypeParam>().ttl(1), misplaced, unknown,
                          PacketBuilder().arp("10.1.0.10", "10.1.0.1")});
    const auto traced = this->traced();
    ASSERT_EQ(traced.size(), 5u);
    const auto end = [](const TraceRecord& record) {
        return std::tuple(record.last, record.verdict, record.reason);
    };
    const auto dropped = [](Stage stage, DropReason reason) {
        return std::tuple(stage, TraceVerdict::dropped, reason);
    };
    EXPECT_EQ(end(traced[0]), dropped(Stage::classify, DropReason::not_for_us));
    EXPECT_EQ(end(traced[1]), dropped(Stage::ttl, DropReason::ttl_expired));
    EXPECT_EQ(end(traced[2]), dropped(Stage::accept, DropReason::wrong_interface));
    EXPECT_TRUE(traced[2].reported);
    EXPECT_EQ(traced[3].last, Stage::resolve);
    EXPECT_FALSE(traced[3].found);
    EXPECT_EQ(end(traced[3]), dropped(Stage::resolve, traced[3].reason)) << "the bench has no hold";
    EXPECT_EQ(traced[4].verdict, TraceVerdict::punted);
    EXPECT_EQ(traced[4].last, Stage::classify);
    EXPECT_EQ(bench.events().size(), 1u);
    EXPECT_EQ(bench.control_packets().size(), 1u);
}

TYPED_TEST(Observe, TracesInTheirPlaceAndNoMoreThanAskedFor) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    TapFilter filter;
    filter.one_in = 2;
    this->begin_trace(filter, 2);
    std::vector<PacketBuilder> packets;
    std::vector<Bytes> expected;
    for (std::size_t i = 0; i < 9; ++i) {
        packets.push_back(sample_packet<TypeParam>(50 + i));
        expected.push_back(frame_out(this->topology_, this->out_[0], packets.back()));
    }
    this->receive(bench, packets);
    EXPECT_EQ(bench.sent_bytes(this->out_[0]), expected) << "in order";
    EXPECT_EQ(bench.sent(this->out_[1]).size(), 9u);
    std::vector<std::uint32_t> lengths;
    for (const auto& record : this->traced()) {
        lengths.push_back(record.length);
    }
    EXPECT_THAT(lengths, ElementsAre(packets[1].bytes().size(), packets[3].bytes().size()));
}

}  // namespace
}  // namespace mgmd::test
