// SPDX-License-Identifier: Apache-2.0
#include "dataplane/transmit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/worker_bench.hpp"

// Frames of no entry, so that the bench's accounting of entries has nothing to say about them.
namespace mgmd::dataplane {
namespace {

using test::Bytes;
using testing::ElementsAre;
using testing::IsEmpty;

class Transmit : public test::BenchTest {
protected:
    Transmit() {
        const auto port = topology_.add_port();
        first_ = topology_.add_interface(port, 10).index;
        second_ = topology_.add_interface(port, 20).index;
        bench_ = std::make_unique<test::WorkerBench>(topology_);
    }

    /// An ICMPv6-sized frame to a station, `length` octets long, with the interface's tag.
    rte_mbuf* frame(InterfaceIndex interface, std::size_t length) const {
        auto bytes = test::PacketBuilder()
                         .eth("02:00:00:00:00:77")
                         .vlan(interface == first_ ? 10 : 20)
                         .ipv6("2001:db8::1", "2001:db8::2")
                         .payload(length - 18 - 40)
                         .bytes();
        return test::make_mbuf(bench_->pool(), bytes);
    }

    void queue(InterfaceIndex interface, const std::vector<std::size_t>& lengths,
               bool fragments = false) {
        std::vector<rte_mbuf*> frames;
        std::uint32_t octets = 0;
        for (const auto length : lengths) {
            frames.push_back(frame(interface, length));
            octets += frames.back()->pkt_len;
        }
        transmit(bench_->ctx(), 0, {TxOwner::kNoOwner, interface, Family::ipv6}, frames, octets,
                 fragments);
    }

    std::vector<std::size_t> sent_lengths(InterfaceIndex interface) {
        std::vector<std::size_t> lengths;
        for (const auto& bytes : bench_->sent_bytes(interface)) {
            lengths.push_back(bytes.size());
        }
        return lengths;
    }

    const InterfaceCounterBlock& counters(InterfaceIndex interface) {
        return bench_->counters(interface);
    }

    test::Topology topology_;
    InterfaceIndex first_ = kNoInterface;
    InterfaceIndex second_ = kNoInterface;
    std::unique_ptr<test::WorkerBench> bench_;
};

TEST_F(Transmit, WaitsForTheFlush) {
    queue(first_, {100, 200});
    EXPECT_THAT(sent_lengths(first_), IsEmpty());
    EXPECT_EQ(counters(first_).tx_packets.get(), 0u);
    flush(bench_->ctx());
    EXPECT_THAT(sent_lengths(first_), ElementsAre(100u, 200u));
    EXPECT_EQ(counters(first_).tx_packets.get(), 2u);
    EXPECT_EQ(counters(first_).tx_octets.get(), 300u);
    flush(bench_->ctx());
    EXPECT_THAT(sent_lengths(first_), IsEmpty());
}

TEST_F(Transmit, FlushesWhenTheBufferIsFull) {
    std::vector<std::size_t> lengths(TxBuffer::kCapacity - 1, 100);
    queue(first_, lengths);
    EXPECT_THAT(sent_lengths(first_), IsEmpty());
    queue(second_, {101, 102});
    EXPECT_EQ(sent_lengths(first_).size(), TxBuffer::kCapacity - 1u);
    EXPECT_THAT(sent_lengths(second_), IsEmpty());
    flush(bench_->ctx());
    EXPECT_THAT(sent_lengths(second_), ElementsAre(101u, 102u));
}

TEST_F(Transmit, CountsEachInterfaceOfAPortByItself) {
    queue(first_, {100});
    queue(first_, {110});
    queue(second_, {120, 130});
    queue(first_, {140});
    flush(bench_->ctx());
    EXPECT_EQ(counters(first_).tx_packets.get(), 3u);
    EXPECT_EQ(counters(first_).tx_octets.get(), 350u);
    EXPECT_EQ(counters(second_).tx_packets.get(), 2u);
    EXPECT_EQ(counters(second_).tx_octets.get(), 250u);
    EXPECT_THAT(sent_lengths(first_), ElementsAre(100u, 110u, 140u));
}

TEST_F(Transmit, WhatTheDriverRefusesIsFreedAndCountedForItsInterface) {
    bench_->port(0).room = 3;
    queue(first_, {100, 110});
    queue(second_, {120, 130, 140});
    queue(first_, {150});
    flush(bench_->ctx());
    EXPECT_EQ(counters(first_).tx_packets.get(), 2u);
    EXPECT_EQ(counters(first_).tx_octets.get(), 210u);
    EXPECT_EQ(counters(first_).discarded.get(), 1u);
    EXPECT_EQ(counters(second_).tx_packets.get(), 1u);
    EXPECT_EQ(counters(second_).tx_octets.get(), 120u);
    EXPECT_EQ(counters(second_).discarded.get(), 2u);
    EXPECT_THAT(sent_lengths(first_), ElementsAre(100u, 110u));
    EXPECT_THAT(sent_lengths(second_), ElementsAre(120u));
    EXPECT_EQ(bench_->buffers_in_use(), 0u);
}

TEST_F(Transmit, DoesNotOfferRefusedFramesAgain) {
    bench_->port(0).room = 0;
    queue(first_, {100});
    flush(bench_->ctx());
    bench_->port(0).room = 10;
    flush(bench_->ctx());
    EXPECT_THAT(sent_lengths(first_), IsEmpty());
    EXPECT_EQ(counters(first_).discarded.get(), 1u);
}

TEST_F(Transmit, FragmentsAreOneCopy) {
    bench_->port(0).room = 1;
    queue(first_, {100, 110, 120}, true);
    flush(bench_->ctx());
    EXPECT_EQ(counters(first_).tx_packets.get(), 1u);
    EXPECT_EQ(counters(first_).discarded.get(), 1u);
}

TEST_F(Transmit, WithoutAQueueEverythingIsRefused) {
    bench_->ctx().tx[0].queue = {};
    queue(first_, {100, 110});
    flush(bench_->ctx());
    EXPECT_EQ(counters(first_).tx_packets.get(), 0u);
    EXPECT_EQ(counters(first_).discarded.get(), 2u);
}

}  // namespace
}  // namespace mgmd::dataplane
