// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "common/dataplane_view.hpp"

namespace mgmd::test {

/// A dataplane whose counters a test writes down.
class FakeDataplaneView final : public DataplaneView {
public:
    InterfaceCounters interface_counters(InterfaceIndex interface) const override {
        const auto found = interfaces.find(interface);
        return found == interfaces.end() ? InterfaceCounters{} : found->second;
    }
    VerdictCounters verdicts() const override { return total; }
    std::vector<WorkerView> workers() const override { return worker_views; }
    std::vector<PortView> ports() const override { return port_views; }
    std::vector<PoolView> pools() const override { return {}; }
    std::chrono::milliseconds idle_for() const override { return idle; }
    std::uint64_t cycles_per_second() const override { return 2'000'000'000; }

    std::map<InterfaceIndex, InterfaceCounters> interfaces;
    VerdictCounters total;
    std::vector<WorkerView> worker_views;
    std::vector<PortView> port_views;
    std::chrono::milliseconds idle{0};
};

}  // namespace mgmd::test
