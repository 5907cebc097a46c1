// SPDX-License-Identifier: Apache-2.0
#include "control/documents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/roff.hpp"
#include "control/options.hpp"

namespace mgmd {
namespace {

using ::testing::HasSubstr;

TEST(Documents, KnowEachOption) {
    const auto manual = manual_page();
    const auto completion = bash_completion();
    ASSERT_GE(option_helps().size(), 8u);
    for (const auto& option : option_helps()) {
        EXPECT_THAT(manual, HasSubstr(roff::bold(option.name)));
        EXPECT_THAT(manual, HasSubstr(roff::plain(option.help) + ".\n"));
        EXPECT_THAT(completion, HasSubstr(option.name));
    }
}

TEST(Documents, TellFlagsFromOptionsWithAValue) {
    const auto manual = manual_page();
    EXPECT_THAT(manual, HasSubstr("\n\\fB\\-\\-config\\fR \\fIFILE\\fR\n"));
    EXPECT_THAT(manual, HasSubstr("\n\\fB\\-\\-print\\-manual\\fR \\fISECTION\\fR\n"));
    EXPECT_THAT(manual, HasSubstr("\n\\fB\\-\\-check\\fR\n"));
}

TEST(Roff, LeavesNothingToRoffThatIsText) {
    EXPECT_EQ(roff::plain(".a-b\\c\n'd 'e'"), "\\&.a\\-b\\ec\n\\&'d 'e'");
    EXPECT_EQ(roff::prose("as `a: b`, *once* 2 * 3"), "as \\fBa: b\\fR, \\fIonce\\fR 2 * 3");
    EXPECT_EQ(roff::prose("`open"), "`open");
}

}  // namespace
}  // namespace mgmd
