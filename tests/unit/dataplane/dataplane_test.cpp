// SPDX-License-Identifier: Apache-2.0
// Devices, threads and rings together: what only the whole dataplane can show.
#include "dataplane/dataplane.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <string>

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "tests/support/dataplane_fixture.hpp"
#include "tests/support/packet_builder.hpp"

namespace mgmd::test {
namespace {

constexpr std::string_view kOutMac = "02:00:00:00:00:99";

/// Sources and a group of each family, and where they stand in its frames.
template <class F>
struct Sample;
template <>
struct Sample<V4> {
    static constexpr std::array<std::string_view, 3> sources{"10.0.0.1", "10.0.0.2", "10.0.0.3"};
    static constexpr std::string_view group = "239.1.2.3";
    static constexpr std::string_view group_mac = "01:00:5e:01:02:03";
    static constexpr std::size_t source_offset = 26;
    static constexpr auto membership = ControlProtocol::igmp;
    static PacketBuilder report() {
        PacketBuilder report;
        return report.ipv4("10.0.0.7", "239.1.1.1").ttl(1).router_alert().igmp(0x16, "239.1.1.1");
    }
};
template <>
struct Sample<V6> {
    static constexpr std::array<std::string_view, 3> sources{"2001:db8::1", "2001:db8::2",
                                                             "2001:db8::3"};
    static constexpr std::string_view group = "ff3e::8001:203";
    static constexpr std::string_view group_mac = "33:33:80:01:02:03";
    static constexpr std::size_t source_offset = 22;
    static constexpr auto membership = ControlProtocol::mld;
    static PacketBuilder report() {
        PacketBuilder report;
        return report.ipv6("fe80::7", "ff1e::1:1").ttl(1).router_alert().mld(131, "ff1e::1:1");
    }
};

/// Packet `number` of a flow: the number is in its length.
template <class F>
PacketBuilder packet(std::string_view source, std::size_t number) {
    PacketBuilder packet;
    packet.ip<F>(source, Sample<F>::group).ttl(64).udp(1000, 2000).payload(100 + number);
    return packet;
}
template <class F>
std::vector<Bytes> packets(std::string_view source, std::size_t count) {
    std::vector<Bytes> frames;
    for (std::size_t i = 0; i < count; ++i) {
        frames.push_back(packet<F>(source, i).bytes());
    }
    return frames;
}
/// The same as a port with the address `mac` sends them.
template <class F>
std::vector<Bytes> forwarded(std::string_view source, std::size_t count) {
    std::vector<Bytes> frames;
    for (std::size_t i = 0; i < count; ++i) {
        frames.push_back(packet<F>(source, i).eth(Sample<F>::group_mac, kOutMac).ttl(63).bytes());
    }
    return frames;
}
/// Those of a capture that came from `source`.
template <class F>
std::vector<Bytes> from(const std::vector<Bytes>& capture, std::string_view source) {
    const auto address = parse_address<F>(source).value();
    std::vector<Bytes> frames;
    for (const auto& frame : capture) {
        if (std::equal(address.bytes.begin(), address.bytes.end(),
                       frame.begin() + Sample<F>::source_offset)) {
            frames.push_back(frame);
        }
    }
    return frames;
}

/// Whether the thread of that worker waits in a system call.
bool is_asleep(const WorkerView& worker) {
    const auto name_end = "-worker-" + std::to_string(worker.lcore);  // as DPDK calls it
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string comm;
        std::getline(std::ifstream(task.path() / "comm"), comm);
        std::string stat;
        std::getline(std::ifstream(task.path() / "stat"), stat);
        if (comm.ends_with(name_end)) {
            return stat.find(") S ") != std::string::npos;  // proc(5)
        }
    }
    return false;
}

class WholeDataplane : public DataplaneTest {
protected:
    WholeDataplane() {
        settings_.router_mac = parse_mac(kOutMac).value();
        settings_.limits.held_packets_per_flow = 64;
    }
    void add_input(const std::vector<Bytes>& frames) {
        add_port(unique("net_pcap") + pcap_from(frames));
    }
    std::filesystem::path add_output() {
        const auto path = file("out" + std::to_string(settings_.ports.size()) + ".pcap");
        add_port(unique("net_pcap") + ",tx_pcap=" + path.string());
        return path;
    }
    /// Frames for the port on the ring device `name` to receive, before the workers start.
    static void send(const std::string& name, const std::vector<Bytes>& frames) {
        static rte_mempool* pool = rte_pktmbuf_pool_create(
            "sent by tests", 63, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
        std::uint16_t device = 0;
        ASSERT_EQ(rte_eth_dev_get_port_by_name(name.c_str(), &device), 0);
        for (const auto& frame : frames) {
            auto* mbuf = rte_pktmbuf_alloc(pool);
            ASSERT_NE(mbuf, nullptr);
            std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(frame.size())),
                        frame.data(), frame.size());
            ASSERT_EQ(rte_eth_tx_burst(device, 0, &mbuf, 1), 1);
        }
    }
    bool forwarded_count(std::uint64_t count) {
        return eventually([&] { return dataplane().verdicts().forwarded >= count; });
    }
};

template <class F>
class WholeDataplaneOf : public WholeDataplane {};
using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(WholeDataplaneOf, Families);

TYPED_TEST(WholeDataplaneOf, DeliversAFlowFromItsFirstPacketOnInOrder) {
    const auto source = Sample<TypeParam>::sources[0];
    this->add_input(packets<TypeParam>(source, 40));
    const auto first = this->add_output();
    const auto second = this->add_output();
    this->launch();
    ASSERT_TRUE(eventually([&] { return this->answer_no_entry({2, 3}); }));
    ASSERT_TRUE(this->forwarded_count(40));
    this->dataplane().stop();
    EXPECT_EQ(read_pcap(first), forwarded<TypeParam>(source, 40));
    EXPECT_EQ(read_pcap(second), forwarded<TypeParam>(source, 40));
    EXPECT_EQ(this->dataplane().interface_counters(1).rx_packets, 40u);
    EXPECT_EQ(this->dataplane().interface_counters(3).tx_packets, 40u);
}

TYPED_TEST(WholeDataplaneOf, DoesTheSameWhenItSleepsInBetween) {
    const auto source = Sample<TypeParam>::sources[0];
    this->settings_.workers.idle = IdlePolicy::adaptive;
    this->add_input(packets<TypeParam>(source, 40));
    const auto output = this->add_output();
    this->launch();
    ASSERT_TRUE(eventually([&] { return this->answer_no_entry({2}); }));
    ASSERT_TRUE(this->forwarded_count(40));
    this->dataplane().stop();
    EXPECT_EQ(read_pcap(output), forwarded<TypeParam>(source, 40));
}

TYPED_TEST(WholeDataplaneOf, TakesFramesToAQueueThatAnotherWorkerOwns) {
    this->settings_.workers.count = kMostWorkers;
    // Three sources fall to three workers; each output has one queue.
    std::string inputs;
    for (const auto source : Sample<TypeParam>::sources) {
        inputs += this->pcap_from(packets<TypeParam>(source, 50));
    }
    this->add_port(this->unique("net_pcap") + inputs);
    const auto first = this->add_output();
    const auto second = this->add_output();
    this->launch();
    ASSERT_TRUE(eventually([&] {
        this->answer_no_entry({2, 3});
        return this->dataplane().verdicts().forwarded == 150;
    }));
    EXPECT_EQ(this->dataplane().stop().unsent_handed_over, 0u);
    for (const auto& output : {first, second}) {
        const auto capture = read_pcap(output);
        EXPECT_EQ(capture.size(), 150u);
        for (const auto source : Sample<TypeParam>::sources) {
            EXPECT_EQ(from<TypeParam>(capture, source), forwarded<TypeParam>(source, 50)) << source;
        }
    }
    for (const auto& worker : this->dataplane().workers()) {
        EXPECT_EQ(worker.verdicts.received, 50u);
    }
}

TEST_F(WholeDataplane, WakesTheWorkerThatOwnsAQueueWhenItHandsOverFrames) {
    settings_.workers.count = 2;
    settings_.workers.idle = IdlePolicy::adaptive;
    settings_.workers.idle_max_sleep = std::chrono::minutes(1);  // past the test's patience
    add_port(unique("net_pcap") + pcap_from(packets<V4>("10.0.0.1", 1)) + ",infinite_rx=1");
    add_port(unique("net_null") + ",no-rx=1").queues = 1;  // worker 1's
    launch();
    // Worker 0 always has something to do. Worker 1 never has, until the flow gets its entry.
    ASSERT_TRUE(eventually([&] {
        const auto worker = dataplane().workers()[1];
        return worker.polls != 0 && is_asleep(worker);
    }));
    ASSERT_TRUE(eventually([&] { return answer_no_entry({2}); }));
    EXPECT_TRUE(eventually([&] { return dataplane().ports()[1].tx_packets > 10'000; }));
}

TEST_F(WholeDataplane, FreesHeldPacketsWhenItStops) {
    settings_.limits.held_packets_per_flow = 4;
    add_input(packets<V4>("10.0.0.1", 10));
    launch();
    ASSERT_TRUE(eventually([&] { return dropped(DropReason::hold_full) == 6; }));
    EXPECT_EQ(dataplane().verdicts().held, 4u);
    EXPECT_EQ(dataplane().workers()[0].held_flows, 1u);
    dataplane().stop();
    EXPECT_EQ(dropped(DropReason::hold_stopped), 4u);
}

TEST_F(WholeDataplane, TakesItsBuffersBackFromARing) {
    add_input(packets<V4>("10.0.0.1", 40));
    add_port(unique("net_ring"));  // what it sends comes back to it
    launch();
    ASSERT_TRUE(eventually([&] { return answer_no_entry({2}); }));
    ASSERT_TRUE(eventually([&] { return dropped(DropReason::wrong_interface) == 40; }));
    EXPECT_FALSE(dataplane().ports()[1].shares_frames);
}

TYPED_TEST(WholeDataplaneOf, SendsWhatControlInjectsAndWhatTheKernelSends) {
    const auto source = Sample<TypeParam>::sources[0];
    const auto report = Sample<TypeParam>::report().bytes();
    const auto to_kernel = this->file("to_kernel.pcap");
    const auto output = this->file("out.pcap");
    auto& port = this->add_port(this->unique("net_pcap") + this->pcap_from({report}) +
                                ",tx_pcap=" + output.string());
    port.kernel_port = this->unique("net_pcap") + this->pcap_from(packets<TypeParam>(source, 3)) +
                       ",tx_pcap=" + to_kernel.string();
    this->settings_.interfaces[0].ipv4.addresses = {parse_prefix<V4>("10.0.0.254/24").value()};
    this->launch();
    InjectPacket query{};
    query.interface = 1;
    query.destination = kBroadcastMac;
    query.ether_type = 0x0806;
    query.length = 46;
    EXPECT_TRUE(this->dataplane().inject(query));
    ASSERT_TRUE(eventually([&] {
        const auto worker = this->dataplane().workers()[0];
        return worker.injected == 1 && worker.from_kernel == 3 && worker.verdicts.punted == 1;
    }));
    this->dataplane().stop();
    const auto sent = read_pcap(output);
    EXPECT_EQ(from<TypeParam>(sent, source), packets<TypeParam>(source, 3));
    EXPECT_EQ(sent.size(), 4u);
    EXPECT_EQ(read_pcap(to_kernel), std::vector<Bytes>{report});
    std::vector<ControlProtocol> punted;
    this->dataplane().control_packets(0).drain(
        [&](const ControlPacket& packet) { punted.push_back(packet.protocol); });
    EXPECT_EQ(punted, std::vector{Sample<TypeParam>::membership});
}

TEST_F(WholeDataplane, WakesControlWhenThereIsSomethingToTell) {
    add_input(packets<V4>("10.0.0.1", 1));
    ASSERT_FALSE(start());
    dataplane().control_waker().prepare_sleep();
    ASSERT_TRUE(dataplane().launch_workers().has_value());
    pollfd descriptor{dataplane().control_waker().descriptor(), POLLIN, 0};
    EXPECT_EQ(poll(&descriptor, 1, 20'000), 1);
    EXPECT_FALSE(dataplane().events(0).empty());
}

TEST_F(WholeDataplane, TellsHowLongNothingCame) {
    add_input(packets<V4>("10.0.0.1", 1));
    ASSERT_FALSE(start());
    EXPECT_EQ(dataplane().idle_for().count(), 0);
    EXPECT_FALSE(dataplane().workers().at(0).stage_cycles);  // unless it is told to count them
    ASSERT_TRUE(dataplane().launch_workers().has_value());
    EXPECT_TRUE(eventually([&] { return dataplane().idle_for().count() >= 20; }));
    EXPECT_EQ(dataplane().verdicts().received, 1u);
}

TEST_F(WholeDataplane, CountsTheTimeOfEachStageWhenItIsToldTo) {
    settings_.workers.stage_cycles = true;
    add_input(packets<V4>(Sample<V4>::sources[0], 20));
    launch();
    EXPECT_TRUE(eventually([&] {
        answer_no_entry({});
        const auto cycles = dataplane().workers().at(0).stage_cycles;
        return cycles && std::count(cycles->begin(), cycles->end(), 0u) == 0;
    }));
}

TEST_F(WholeDataplane, ForwardsNothingOnAnInterfaceThatIsDown) {
    add_input(packets<V4>("10.0.0.1", 5));
    ASSERT_FALSE(start());
    ASSERT_TRUE(dataplane().set_interface_up(1, false).has_value());
    EXPECT_FALSE(dataplane().set_interface_up(7, false).has_value());
    ASSERT_TRUE(dataplane().launch_workers().has_value());
    EXPECT_TRUE(eventually([&] { return dropped(DropReason::interface_down) == 5; }));
}

// A link may come up before control looks again: nothing that arrives meanwhile is lost.
TEST_F(WholeDataplane, ForwardsWhatArrivesOnALinkThatWasDownWhenItWasLookedAt) {
    const auto input = unique("net_ring");
    add_port(input);
    const auto output = add_output();
    ASSERT_FALSE(start());
    ASSERT_TRUE(dataplane().set_port_up(0, false).has_value());
    ASSERT_TRUE(dataplane().poll_links() && !dataplane().ports()[0].link_up);
    send(input, packets<V4>("10.0.0.1", 5));
    ASSERT_TRUE(dataplane().launch_workers().has_value());
    ASSERT_TRUE(eventually([&] {
        answer_no_entry({2});
        return dataplane().verdicts().forwarded == 5;
    }));
    dataplane().stop();
    EXPECT_EQ(read_pcap(output), forwarded<V4>("10.0.0.1", 5));
}

TEST_F(WholeDataplane, ReportsLinksThatComeUp) {
    const auto socket = file("memif.sock").string();
    add_port(unique("net_memif") + ",role=server,socket=" + socket);
    // When this one is made the first has been looked at, and had no peer yet.
    add_port(unique("net_memif") + ",role=client,socket=" + socket);
    launch();
    std::vector<Event> events;
    ASSERT_TRUE(eventually([&] {
        dataplane().poll_links();
        return dataplane().ports()[0].link_up && dataplane().ports()[1].link_up;
    }));
    dataplane().port_events().drain([&](const Event& event) { events.push_back(event); });
    ASSERT_FALSE(events.empty());
    for (const auto& event : events) {
        EXPECT_EQ(event.kind, EventKind::link_state);
        EXPECT_EQ(event.value, 1u);
    }
    EXPECT_TRUE(std::any_of(events.begin(), events.end(),
                            [](const Event& event) { return event.port == 0; }));
    EXPECT_FALSE(dataplane().poll_links());
}

TEST_F(WholeDataplane, ReportsWhatADeviceLost) {
    settings_.workers.burst = 64;
    settings_.memory.mbufs = 1024;
    add_input(std::vector(200, Bytes(60'000)));  // a burst takes twice as many
    settings_.ports[0].rx_descriptors = 256;
    launch();
    ASSERT_TRUE(eventually([&] { return dataplane().ports()[0].rx_errors != 0; }));
    ASSERT_TRUE(eventually([&] { return dataplane().poll_links(); }));
    std::vector<Event> events;
    dataplane().port_events().drain([&](const Event& event) { events.push_back(event); });
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, EventKind::port_error);
    EXPECT_EQ(events[0].port, 0);
    EXPECT_GE(events[0].value, 1u);
}

TEST_F(WholeDataplane, ReportsEntriesThatFallSilent) {
    add_output();
    ASSERT_FALSE(start());
    ForwardingEntry<V6> entry;
    entry.key.group = parse_address<V6>("ff1e::").value();
    entry.key.group_length = 16;
    entry.accept.any = true;
    entry.signals.threshold = Signals::Threshold{.octets = 500, .interval_ms = 1, .at_most = true};
    ASSERT_TRUE(dataplane().table<V6>().install(entry).has_value());
    ASSERT_TRUE(eventually([&] { return dataplane().poll_thresholds(); }));
    std::vector<Event> events;
    dataplane().port_events().drain([&](const Event& event) { events.push_back(event); });
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events[0].kind, EventKind::threshold);
    EXPECT_EQ(events[0].family, Family::ipv6);
    EXPECT_EQ(events[0].group.as<V6>(), entry.key.group);
    EXPECT_EQ(events[0].group_length, 16);
    EXPECT_EQ(events[0].header_length, 0);
    EXPECT_EQ(events[0].octets, 0u);
}

TEST_F(WholeDataplane, StartsAgainAfterAStartThatFailed) {
    add_input(packets<V4>("10.0.0.1", 5));
    add_port("net_pcap_missing,rx_pcap=" + file("missing.pcap").string());
    const auto error = start();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->exit_code, ExitCode::system);
    EXPECT_NE(error->message.find("\"port1\""), std::string::npos) << error->message;
    EXPECT_NE(error->message.find("missing.pcap"), std::string::npos) << error->message;
    settings_.ports.pop_back();
    settings_.interfaces.pop_back();
    launch();
    EXPECT_TRUE(received(5));
}

}  // namespace
}  // namespace mgmd::test
