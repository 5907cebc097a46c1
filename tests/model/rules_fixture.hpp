// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/world.hpp"

namespace mgmd::mgm::differential {

/// A world with the model in it, IGMP, PIM and DVMRP registered, and s1 .. s3 behind link1.
template <class F>
class ModelRules : public testing::Test {
protected:
    ModelRules() {
        for (const Who who : {Who::igmp, Who::pim, Who::dvmrp}) {
            (void)world.run(register_protocol(who));
        }
        (void)world.run(add_unicast(Net::wide, Where::link1, Hop::router_a));
    }

    /// What clients are told because of the operation, in order.
    std::vector<std::string> told(const Operation& operation) {
        std::vector<std::string> calls;
        for (const std::string& line : world.run(operation)) {
            if (line.find(".on_") != std::string::npos) {
                calls.push_back(line.substr(2));
            }
        }
        return calls;
    }

    /// What the forwarding table gets because of the operation.
    std::vector<std::string> published(const Operation& operation) {
        std::vector<std::string> changes;
        for (const std::string& line : world.run(operation)) {
            if (line.starts_with("  table: ")) {
                changes.push_back(line.substr(9));
            }
        }
        return changes;
    }

    /// The answer to the operation itself.
    std::string answer(const Operation& operation) {
        const std::vector<std::string> lines = world.run(operation);
        for (const std::string& line : lines) {
            if (line.starts_with(to_code(operation) + " -> ")) {
                return line.substr(to_code(operation).size() + 4);
            }
        }
        return "none";
    }

    std::size_t entries() { return world.look().records.size(); }

    World<F, Modelled> world;
};

using Families = testing::Types<V4, V6>;

}  // namespace mgmd::mgm::differential
