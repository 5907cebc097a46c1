// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

/// "3/4096": how many wait of how many can.
Column fill(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* ring = find(sight.row, key);
                return ring == nullptr
                           ? std::string()
                           : as_text(ring->at("fill")) + '/' + as_text(ring->at("capacity"));
            }};
}

}  // namespace

Layout workers_layout() {
    return {
        "show workers",
        {text("WORKER", "worker"), text("LCORE", "lcore"), text("RECEIVED", "received"),
         rate("RATE", {"received"}), text("FORWARDED", "forwarded"), text("DROPPED", "dropped"),
         decimal("PACKETS/POLL", "packets_per_poll"), decimal("CYCLES/PACKET", "cycles_per_packet"),
         percent("IDLE", "idle_share"), text("HELD", "held_packets"), fill("EVENTS", "events"),
         fill("CONTROL", "control_packets")},
        {"worker"},
        "no workers"};
}

}  // namespace mgmd::mgmctl
