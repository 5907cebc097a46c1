// SPDX-License-Identifier: Apache-2.0
#include "tests/model/shrinker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/model/differ.hpp"
#include "tests/model/generator.hpp"
#include "tests/model/world_calls.hpp"
#include "tests/model/world_events.hpp"

namespace mgmd::mgm::differential {
namespace {

using testing::HasSubstr;

/// A model with a fault: it takes every interface as LocalMode::forward.
template <class F>
class DeafModel : public model::Model<F> {
public:
    using model::Model<F>::Model;

    Result<> take_interface(ClientHandle client, InterfaceId<F> interface, LocalMode /*local*/) {
        return model::Model<F>::take_interface(client, interface, LocalMode::forward);
    }
};

struct Deaf : Modelled {
    template <class F>
    using Manager = DeafModel<F>;
};

TEST(Shrinker, LeavesOnlyWhatIsNeeded) {
    const auto fails = [](const Script& script) {
        int takes = 0;
        bool in_order = false;
        for (const Operation& operation : script) {
            takes += operation.verb == Verb::take_interface ? 1 : 0;
            in_order |= takes >= 2 && operation.verb == Verb::advance;
        }
        return in_order;
    };
    const Script script = Generator(5).script(300);
    ASSERT_TRUE(fails(script));
    const Script shrunk = shrink(script, fails);
    ASSERT_EQ(shrunk.size(), 3U) << to_code(shrunk);
    EXPECT_EQ(shrunk[0].verb, Verb::take_interface);
    EXPECT_EQ(shrunk[1].verb, Verb::take_interface);
    EXPECT_EQ(shrunk[2].verb, Verb::advance);
}

TEST(Shrinker, EqualManagersDoNotDiffer) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Script script = Generator(seed).script(300);
        EXPECT_FALSE((differ<V4, Modelled, Modelled>(script)));
        EXPECT_FALSE((differ<V6, Modelled, Modelled>(script)));
    }
}

TEST(Shrinker, FindsAFaultAndBoilsItDown) {
    const auto fails = [](const Script& script) {
        return differ<V4, Modelled, Deaf>(script).has_value();
    };
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Script script = Generator(seed).script(400);
        const auto mismatch = differ<V4, Modelled, Deaf>(script);
        if (!mismatch) {
            continue;  // nothing here depends on the mode
        }
        ++found;
        script.resize(mismatch->step + 1);
        const Script shrunk = shrink(script, fails);
        const auto still = differ<V4, Modelled, Deaf>(shrunk);
        ASSERT_TRUE(still.has_value());
        EXPECT_LE(shrunk.size(), 12U) << to_code(shrunk);
        EXPECT_THAT(report(shrunk, *still), HasSubstr("LocalMode::advise"));
    }
    EXPECT_GE(found, 5);
}

TEST(Operation, PrintsTheCodeThatMakesIt) {
    EXPECT_EQ(to_code(Script{add_membership(Who::igmp, {From::any, To::g1}, Where::tunnel_b,
                                            MembershipFlags::join, {From::s1, From::s2}),
                             react(Who::pim, Callback::prune_alert,
                                   release_interface(Who::pim, Where::link2))}),
              "const Script script = {\n"
              "    add_membership(igmp, {any, g1}, tunnel_b, MembershipFlags::join, {s1, s2}),\n"
              "    react(pim, Callback::prune_alert, release_interface(pim, link2)),\n"
              "};\n");
}

TEST(Compare, MarksWhatOnlyOneSideHas) {
    EXPECT_EQ(compare({"a", "b", "c"}, {"a", "x", "c", "d"}), "  a\n- b\n+ x\n  c\n+ d\n");
}

}  // namespace
}  // namespace mgmd::mgm::differential
