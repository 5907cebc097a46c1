// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/sample_flow.hpp"

namespace mgmd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <class F>
class Ttl : public BenchTest {
protected:
    Topology topology_;
    InterfaceIndex arrival_ = topology_.add();
    std::vector<InterfaceIndex> out_ = topology_.add(3);
};
TYPED_TEST_SUITE(Ttl, Families, FamilyName);

TYPED_TEST(Ttl, OneOrLessAsReceivedExpiresWithoutAWord) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    bench.receive(this->arrival_,
                  {sample_packet<TypeParam>().ttl(0), sample_packet<TypeParam>().ttl(1)});
    for (const auto interface : {this->arrival_, this->out_[0], this->out_[1], this->out_[2]}) {
        EXPECT_THAT(bench.sent(interface), IsEmpty());
    }
    EXPECT_EQ(bench.dropped(DropReason::ttl_expired), 2u);
    EXPECT_EQ(bench.counters().forwarded.get(), 0u);
    const auto counters = bench.counters(sample_route<TypeParam>());
    EXPECT_EQ(counters.packets, 2u);
    EXPECT_EQ(counters.ttl_expired, 2u);
    EXPECT_EQ(counters.outgoing.at(0).sent, 0u);
}

TYPED_TEST(Ttl, TheOthersOfARunGoOnInOrder) {
    WorkerBench bench(this->topology_);
    bench.install(forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_));
    bench.receive(this->arrival_,
                  {sample_packet<TypeParam>(11).ttl(1), sample_packet<TypeParam>(12).ttl(2),
                   sample_packet<TypeParam>(13).ttl(0), sample_packet<TypeParam>(14).ttl(255)});
    for (const auto interface : this->out_) {
        EXPECT_THAT(
            bench.sent_bytes(interface),
            ElementsAre(frame_out(this->topology_, interface, sample_packet<TypeParam>(12), 1),
                        frame_out(this->topology_, interface, sample_packet<TypeParam>(14), 254)));
    }
}

TYPED_TEST(Ttl, ACopyLeavesOnlyIfTheTtlAsReceivedIsGreaterThanTheThreshold) {
    struct Case {
        std::uint8_t threshold;
        std::uint8_t ttl;
        bool sent;
    };
    for (const auto& [threshold, ttl, sent] :
         {Case{0, 2, true}, Case{1, 2, true}, Case{2, 2, false}, Case{2, 3, true},
          Case{64, 64, false}, Case{64, 65, true}, Case{254, 255, true}, Case{255, 255, false}}) {
        SCOPED_TRACE(testing::Message() << "threshold " << +threshold << ", TTL " << +ttl);
        auto entry = forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_);
        entry.outgoing[1].ttl_threshold = threshold;
        WorkerBench bench(this->topology_);
        bench.install(entry);
        bench.receive(this->arrival_, sample_packet<TypeParam>().ttl(ttl));
        EXPECT_EQ(bench.sent(this->out_[0]).size(), 1u);
        EXPECT_EQ(bench.sent(this->out_[1]).size(), sent ? 1u : 0u);
        EXPECT_EQ(bench.sent(this->out_[2]).size(), 1u);
        EXPECT_EQ(bench.counters(this->out_[1]).ttl_too_low.get(), sent ? 0u : 1u);
        EXPECT_EQ(bench.counters(sample_route<TypeParam>()).outgoing.at(1).ttl_too_low,
                  sent ? 0u : 1u);
        EXPECT_EQ(bench.counters().forwarded.get(), 1u);
    }
}

TYPED_TEST(Ttl, TheThresholdOfTheInterfaceHoldsUnlessTheEntryHasItsOwn) {
    this->topology_.settings.interfaces.at(this->out_[0] - 1u).ttl_threshold = 100;
    this->topology_.settings.interfaces.at(this->out_[1] - 1u).ttl_threshold = 100;
    auto entry = forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_);
    entry.outgoing[1].ttl_threshold = 10;
    WorkerBench bench(this->topology_);
    bench.install(entry);
    bench.receive(this->arrival_, sample_packet<TypeParam>().ttl(64));
    EXPECT_THAT(bench.sent(this->out_[0]), IsEmpty());
    EXPECT_EQ(bench.sent(this->out_[1]).size(), 1u);
}

TYPED_TEST(Ttl, ForwardedToNobodyIsStillForwarded) {
    auto entry = forward_entry(sample_route<TypeParam>(), this->arrival_, this->out_);
    for (auto& outgoing : entry.outgoing) {
        outgoing.ttl_threshold = 255;
    }
    WorkerBench bench(this->topology_);
    bench.install(entry);
    bench.receive(this->arrival_, sample_packet<TypeParam>());
    EXPECT_EQ(bench.counters().forwarded.get(), 1u);
}

}  // namespace
}  // namespace mgmd::test
