// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/draft.hpp"

/// Goes through every setting there is: what the tables promise is what the reader does.
namespace mgmd::config {
namespace {

template <class T>
class EveryRecord : public testing::Test {};

using Records = testing::Types<Draft, PortDraft, InterfaceDraft, MembershipDraft<V4>,
                               MembershipDraft<V6>, JoinDraft, RouteDraft, MrouteDraft,
                               OutgoingDraft, WorkerDraft, MemoryDraft, ReplicationDraft,
                               LimitDraft, TimerDraft, LogDraft, ControlSocketDraft, MetricsDraft>;
TYPED_TEST_SUITE(EveryRecord, Records);

/// Whether the setting takes `text`.
template <class Owner>
bool takes(const Field& field, const std::string& text) {
    Diagnostics diagnostics("f");
    const Document document = parse_document(text, diagnostics);
    Owner owner;
    Binder binder(diagnostics, true);
    const bool is_good = field.read(binder, field, *document.root, &owner);
    EXPECT_EQ(is_good, diagnostics.empty()) << field.name << ": " << text;
    return is_good;
}

std::string microseconds_text(std::int64_t value) {
    return std::to_string(value) + "us";
}

TYPED_TEST(EveryRecord, DescribesItsSettings) {
    std::set<std::string_view> names;
    const Record& record = TypeParam::record();
    EXPECT_TRUE(std::string_view(record.help).ends_with('.')) << record.name;
    for (const Field& field : record.fields) {
        EXPECT_TRUE(names.insert(field.name).second) << field.name;
        EXPECT_TRUE(field.help.ends_with('.')) << field.name;
        EXPECT_FALSE(describe(field).empty()) << field.name;
        EXPECT_EQ(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string_view::npos);
    }
    EXPECT_TRUE(record.shorthand.empty() || names.contains(record.shorthand));
}

TYPED_TEST(EveryRecord, TakesNumbersWithinTheirRangesOnly) {
    for (const Field& field : TypeParam::record().fields) {
        if (field.kind != Kind::integer) {
            continue;
        }
        EXPECT_LT(field.range.least, field.range.most) << field.name;
        EXPECT_TRUE(takes<TypeParam>(field, std::to_string(field.range.least))) << field.name;
        EXPECT_TRUE(takes<TypeParam>(field, std::to_string(field.range.most))) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, std::to_string(field.range.least - 1))) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, std::to_string(field.range.most + 1))) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, '"' + std::to_string(field.range.least) + '"'));
        EXPECT_FALSE(takes<TypeParam>(field, "many")) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, "{a: 1}")) << field.name;
    }
}

TYPED_TEST(EveryRecord, TakesDurationsWithinTheirRangesOnly) {
    for (const Field& field : TypeParam::record().fields) {
        if (field.kind != Kind::duration) {
            continue;
        }
        const auto [least, most] = field.range;
        EXPECT_TRUE(takes<TypeParam>(field, microseconds_text(least))) << field.name;
        EXPECT_TRUE(takes<TypeParam>(field, microseconds_text(most))) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, microseconds_text(least - field.resolution)));
        EXPECT_FALSE(takes<TypeParam>(field, microseconds_text(most + field.resolution)));
        EXPECT_EQ(takes<TypeParam>(field, microseconds_text(least + 1)), field.resolution == 1);
        EXPECT_FALSE(takes<TypeParam>(field, "soon")) << field.name;
    }
}

TYPED_TEST(EveryRecord, TakesTheNamesOfItsChoicesOnly) {
    for (const Field& field : TypeParam::record().fields) {
        if (field.kind != Kind::choice) {
            continue;
        }
        EXPECT_GE(field.choices.size(), 2u) << field.name;
        for (const Choice& choice : field.choices) {
            EXPECT_TRUE(takes<TypeParam>(field, std::string(choice.name))) << field.name;
        }
        EXPECT_FALSE(takes<TypeParam>(field, "neither")) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, "[]")) << field.name;
    }
}

TYPED_TEST(EveryRecord, TakesTextsAndBooleansOfTheirForm) {
    for (const Field& field : TypeParam::record().fields) {
        if (field.kind == Kind::boolean) {
            EXPECT_TRUE(takes<TypeParam>(field, "yes")) << field.name;
            EXPECT_FALSE(takes<TypeParam>(field, "\"yes\"")) << field.name;
            EXPECT_FALSE(takes<TypeParam>(field, "1")) << field.name;
        }
        if (field.kind == Kind::text) {
            const auto most = static_cast<std::size_t>(field.range.most);
            EXPECT_TRUE(takes<TypeParam>(field, std::string(most, 'x'))) << field.name;
            EXPECT_FALSE(takes<TypeParam>(field, std::string(most + 1, 'x'))) << field.name;
            EXPECT_FALSE(takes<TypeParam>(field, "\"\"")) << field.name;
        }
        if (field.kind == Kind::mac) {
            EXPECT_TRUE(takes<TypeParam>(field, "02:00:00:00:00:01")) << field.name;
            EXPECT_FALSE(takes<TypeParam>(field, "02-00-00-00-00-01")) << field.name;
        }
    }
}

TYPED_TEST(EveryRecord, RefusesNothingAndDeepNonsenseEverywhere) {
    for (const Field& field : TypeParam::record().fields) {
        EXPECT_FALSE(takes<TypeParam>(field, "~")) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, "{x: [{y: z}]}")) << field.name;
        EXPECT_FALSE(takes<TypeParam>(field, "[[{}]]")) << field.name;
    }
}

TYPED_TEST(EveryRecord, HasDefaultsWithinItsRules) {
    for (const Field& field : TypeParam::record().fields) {
        const std::string text = default_text(field);
        const bool is_fixed = field.unless_given.empty() && field.shape == Shape::one &&
                              field.kind != Kind::record && !field.required;
        if (is_fixed) {
            EXPECT_TRUE(takes<TypeParam>(field, text)) << field.name << ": " << text;
        }
    }
}

}  // namespace
}  // namespace mgmd::config
