// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

std::string next_hop(const Sight& sight) {
    const auto* via = find(sight.row, "next_hop");
    return via == nullptr ? "-" : as_text(*via);
}

std::string state(const Sight& sight) {
    const auto* up = find(sight.row, "up");
    return up == nullptr || up->get<bool>() ? "" : "down";
}

}  // namespace

Layout routes_layout() {
    return {"show routes",
            {table_number(),
             text("PREFIX", "prefix"),
             text("VIEW", "view"),
             text("INTERFACE", "interface"),
             {"STATE", state},
             {"NEXT-HOP", next_hop},
             text("METRIC", "metric"),
             text("PROTOCOL", "protocol")},
            {"family", "table", "view", "prefix", "interface", "next_hop"},
            "no routes"};
}

}  // namespace mgmd::mgmctl
