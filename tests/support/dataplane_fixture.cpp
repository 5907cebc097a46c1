// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dataplane_fixture.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace mgmd::test {
namespace {

void log_warnings(LogLevel level, std::string_view text) {
    if (level >= LogLevel::warning) {
        std::cerr << text << '\n';
    }
}

template <class F>
void install_for(dataplane::Dataplane& dataplane, const Event& event,
                 const std::vector<InterfaceIndex>& outgoing) {
    ForwardingEntry<F> entry;
    entry.key.table = event.table;
    entry.key.source = event.source.as<F>();
    entry.key.group = event.group.as<F>();
    entry.accept.interfaces = {event.interface};
    for (const auto interface : outgoing) {
        entry.outgoing.push_back({interface, {}, {}});
    }
    EXPECT_TRUE(dataplane.table<F>().install(entry).has_value());
}

}  // namespace

dataplane::Eal& shared_eal() {
    static const auto eal = [] {
        Settings settings;
        settings.memory.hugepages = Hugepages::no;
        settings.memory.mbufs = 100'000;
        settings.workers.count = kMostWorkers;
        auto made = dataplane::Eal::initialise(settings, log_warnings);
        if (!made) {
            std::cerr << made.error().message << '\n';
            std::exit(EXIT_FAILURE);
        }
        return std::move(*made);
    }();
    return *eal;
}

bool eventually(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

DataplaneTest::DataplaneTest() {
    settings_.memory.hugepages = Hugepages::no;
}

DataplaneTest::~DataplaneTest() {
    if (dataplane_ == nullptr) {
        return;
    }
    const auto& report = dataplane_->stop();
    for (const auto& pool : report.pools) {
        EXPECT_EQ(pool.in_use, 0u) << "buffers missing in pool " << pool.name;
    }
    const auto verdicts = dataplane_->verdicts();
    EXPECT_EQ(verdicts.held, 0u);
    EXPECT_EQ(verdicts.received, verdicts.forwarded + verdicts.punted + verdicts.dropped_total());
}

PortSettings& DataplaneTest::add_port(const std::string& device) {
    auto& interface = settings_.interfaces.emplace_back();
    interface.index = static_cast<InterfaceIndex>(settings_.interfaces.size());
    interface.port = static_cast<PortIndex>(settings_.ports.size());
    auto& port = settings_.ports.emplace_back();
    port.name = "port" + std::to_string(interface.port);
    port.device = device;
    return port;
}

std::string DataplaneTest::pcap_from(const std::vector<Bytes>& frames) {
    const auto path = file("in" + std::to_string(serial_++) + ".pcap");
    write_pcap(path, frames);
    return ",rx_pcap=" + path.string();
}

std::string DataplaneTest::unique(const std::string& driver) {
    return driver + std::to_string(serial_++);
}

std::optional<Error> DataplaneTest::start() {
    auto started = dataplane::Dataplane::start_on(shared_eal(), settings_, log_warnings);
    if (!started) {
        return started.error();
    }
    dataplane_ = std::move(*started);
    return std::nullopt;
}

void DataplaneTest::launch() {
    const auto error = start();
    ASSERT_FALSE(error) << error->message;
    ASSERT_TRUE(dataplane_->launch_workers().has_value());
}

bool DataplaneTest::answer_no_entry(const std::vector<InterfaceIndex>& outgoing) {
    bool asked = false;
    for (WorkerIndex worker = 0; worker < dataplane_->worker_count(); ++worker) {
        dataplane_->events(worker).drain([&](const Event& event) {
            if (event.kind != EventKind::no_entry) {
                return;
            }
            asked = true;
            if (event.family == Family::ipv4) {
                install_for<V4>(*dataplane_, event, outgoing);
            } else {
                install_for<V6>(*dataplane_, event, outgoing);
            }
        });
    }
    return asked;
}

bool DataplaneTest::received(std::uint64_t packets) {
    return eventually([&] { return dataplane_->verdicts().received >= packets; });
}

std::uint64_t DataplaneTest::dropped(DropReason reason) const {
    return dataplane_->verdicts().dropped[static_cast<std::size_t>(reason)];
}

}  // namespace mgmd::test
