// SPDX-License-Identifier: Apache-2.0
// What each packet of a flood can cause is logged a few times, not each time.
#include "common/log_limit.hpp"
#include "tests/support/captured_log.hpp"
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

using mgmd::test::CapturedLog;
using testing::HasSubstr;

constexpr unsigned kSources = 100;

template <class F>
class LogFlood : public MgmFixture<F> {
protected:
    /// pim owns the interface towards the sources, dvmrp another one.
    void SetUp() override {
        this->enrol_all();
        this->take(this->pim, 1);
        this->take(this->dvmrp, 3);
    }
    void flood(unsigned first = 1) {
        for (unsigned host = first; host < first + kSources; ++host) {
            this->packet({.group = group<F>(1), .source = source<F>(1, host)}, 1);
        }
    }
    CapturedLog captured;
};
TYPED_TEST_SUITE(LogFlood, Families);

TYPED_TEST(LogFlood, AnIncomingInterfaceThatTheClientDoesNotOwn) {
    this->pim.rpf = [](RpfQuery<TypeParam>& query) { query.incoming = link<TypeParam>(3); };
    this->flood();
    const auto lines = [&] { return this->captured.lines_with("doesn't own"); };
    ASSERT_EQ(lines().size(), LogLimit::kBurst);
    this->clock.advance(LogLimit::kInterval);
    this->flood(kSources + 1);
    ASSERT_EQ(lines().size(), LogLimit::kBurst + 1);
    const auto suppressed = std::to_string(kSources - LogLimit::kBurst);
    EXPECT_THAT(lines().back(), HasSubstr("(" + suppressed + " more suppressed)"));
}

TYPED_TEST(LogFlood, CallsFromABuildThatFailLate) {
    // Checked, both are fine; when they are done the first has taken it away from the second.
    this->add(this->pim, 1, star_g<TypeParam>(9));
    this->pim.rpf = [this](RpfQuery<TypeParam>&) {
        const auto membership = this->on(1, star_g<TypeParam>(9));
        (void)this->mgm().delete_membership(this->pim.handle, membership);
        (void)this->mgm().delete_membership(this->pim.handle, membership);
        (void)this->mgm().add_membership(this->pim.handle, membership);
    };
    this->flood();
    EXPECT_EQ(this->captured.lines_with("failed late").size(), LogLimit::kBurst);
}

}  // namespace
}  // namespace mgmd::mgm::test
