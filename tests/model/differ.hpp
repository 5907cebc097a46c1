// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/model/operation.hpp"
#include "tests/model/world.hpp"

namespace mgmd::mgm::differential {

/// Where two managers began to differ.
struct Mismatch {
    std::size_t step = 0;               ///< position in the script
    std::vector<std::string> expected;  ///< what the model showed at that step
    std::vector<std::string> actual;    ///< what the other one did
};

/// The two lists as one text: common lines once, others marked "- " (expected) or "+ " (actual).
std::string compare(const std::vector<std::string>& expected,
                    const std::vector<std::string>& actual);

/// Expected and actual, and the script as code that shows it again.
std::string report(const Script& script, const Mismatch& mismatch);

template <class F, class Expected, class Actual>
std::optional<Mismatch> differ(const Script& script) {
    World<F, Expected> expected;
    World<F, Actual> actual;
    for (std::size_t step = 0; step < script.size(); ++step) {
        const std::vector<std::string> wanted = expected.run(script[step]);
        const std::vector<std::string> got = actual.run(script[step]);
        if (wanted != got) {
            return Mismatch{step, wanted, got};
        }
        const Look<F> wanted_look = expected.look();
        const Look<F> look = actual.look();
        if (!(wanted_look == look)) {
            return Mismatch{step, describe(wanted_look), describe(look)};
        }
    }
    return std::nullopt;
}

}  // namespace mgmd::mgm::differential
