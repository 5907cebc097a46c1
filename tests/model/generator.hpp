// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <random>
#include <vector>

#include "tests/model/operation.hpp"

namespace mgmd::mgm::differential {

/// Random operations, the same for the same seed everywhere. It remembers who seems to have which
/// interface, so that most calls are allowed; the others are what refusals are tested with.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    Script script(std::size_t length);

private:
    struct Choice {
        int weight;
        Operation (Generator::*make)();
    };

    Operation next();
    Operation setup(std::size_t step);
    Operation take();
    Operation release();
    Operation add();
    Operation remove();
    Operation registration();
    Operation ask_or_resync();
    Operation upstream();
    Operation second_thought();
    Operation installed();
    Operation traffic();
    Operation event();
    Operation link_state();
    Operation add_route();
    Operation remove_route();
    Operation boundaries();
    Operation time();
    Operation page();
    Operation enumeration();
    Operation answer();
    Operation reaction();

    /// A client, and an interface that it seems to have (mostly).
    struct Place {
        Who who;
        Where where;
    };
    Place place();
    MembershipFlags flags(const Flow& flow);
    Flow membership_flow();
    Flow data_flow();
    std::vector<From> excluded(const Place& place, const Flow& flow, MembershipFlags flags);

    bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
    template <class T>
    T pick(std::initializer_list<T> items) {
        return items.begin()[random_() % items.size()];
    }
    Where any_link();

    std::mt19937_64 random_;
    std::array<std::optional<Who>, 6> owner_;
    std::array<bool, 6> igmp_{};
    std::vector<Operation> added_;  ///< memberships, some of which may still be there
};

}  // namespace mgmd::mgm::differential
