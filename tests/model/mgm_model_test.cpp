// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/model/differ.hpp"
#include "tests/model/generator.hpp"
#include "tests/model/shrinker.hpp"

/// The Multicast Group Manager and its model side by side: the same random calls, packets, routes
/// and callbacks must have the same answers, alerts and forwarding entries. MGM_MODEL_STEPS and
/// MGM_MODEL_SEED choose how many and which.
namespace mgmd::mgm::differential {
namespace {

constexpr std::size_t kScriptLength = 400;

std::uint64_t setting(const char* name, std::uint64_t usual) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::stoull(text) : usual;
}

template <class F>
class MgmModel : public testing::Test {
protected:
    /// The manager reports what clients get wrong, and these get much wrong.
    static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }
};

using Families = testing::Types<V4, V6>;
TYPED_TEST_SUITE(MgmModel, Families);

TYPED_TEST(MgmModel, AgreesWithTheManager) {
    const std::uint64_t steps = setting("MGM_MODEL_STEPS", 100'000);
    const std::uint64_t first = setting("MGM_MODEL_SEED", 1);
    for (std::uint64_t done = 0; done < steps; done += kScriptLength) {
        const std::uint64_t seed = first + done / kScriptLength;
        Script script = Generator(seed).script(kScriptLength);
        const auto mismatch = differ<TypeParam, Modelled, Real>(script);
        if (!mismatch) {
            continue;
        }
        script.resize(mismatch->step + 1);
        const Script shrunk = shrink(script, [](const Script& part) {
            return differ<TypeParam, Modelled, Real>(part).has_value();
        });
        FAIL() << "seed " << seed << ", "
               << report(shrunk, *differ<TypeParam, Modelled, Real>(shrunk));
    }
}

}  // namespace
}  // namespace mgmd::mgm::differential
