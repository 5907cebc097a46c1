// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <gtest/gtest.h>

#include "config/utf8.hpp"

namespace mgmd::config {
namespace {

std::vector<std::string> printed(Diagnostics& diagnostics) {
    std::vector<std::string> lines;
    for (const Diagnostic& diagnostic : diagnostics.take()) {
        lines.push_back(to_string(diagnostic));
    }
    return lines;
}

/// What is wrong with a text that is refused before it is understood.
std::vector<std::string> refusals(std::string_view text) {
    Diagnostics diagnostics("f");
    parse_document(text, diagnostics);
    return printed(diagnostics);
}

using Lines = std::vector<std::string>;

TEST(Document, KeepsPositionsPathsAndOrder) {
    Diagnostics diagnostics("f");
    const Document document =
        parse_document("# c\nb: {x: 1, y: \"2\"}\na:\n  - p\n  - [q]\n", diagnostics);
    ASSERT_TRUE(diagnostics.empty());
    ASSERT_TRUE(document.complete);
    ASSERT_EQ(document.root->children.size(), 2u);
    const Node* b = child(*document.root, "b");
    ASSERT_NE(b, nullptr);
    EXPECT_EQ(b, document.root->children[0]);
    EXPECT_EQ(b->key_at, (Position{2, 1}));
    EXPECT_EQ(b->at, (Position{2, 4}));
    EXPECT_TRUE(child(*b, "x")->plain);
    EXPECT_FALSE(child(*b, "y")->plain);
    EXPECT_EQ(child(*b, "y")->text, "2");
    const Node* q = child(*document.root, "a")->children[1]->children[0];
    EXPECT_EQ(path(*q), "a[1][0]");
    EXPECT_EQ(q->at, (Position{5, 6}));
    EXPECT_EQ(child(*document.root, "z"), nullptr);
}

TEST(Document, ReportsRepeatedKeysAndKeepsTheFirst) {
    Diagnostics diagnostics("f");
    const Document document = parse_document("a: 1\nb: {c: 1, c: 2}\na: 3\n", diagnostics);
    EXPECT_EQ(child(*document.root, "a")->text, "1");
    EXPECT_EQ(document.root->children.size(), 2u);
    EXPECT_EQ(printed(diagnostics), (Lines{"f:2:11: b.c: given twice, first on line 2",
                                           "f:3:1: a: given twice, first on line 1"}));
}

TEST(Document, KeepsWhatStoodBeforeASyntaxError) {
    Diagnostics diagnostics("f");
    const Document document = parse_document("a: 1\nb: [1, 2\nc: 3\n", diagnostics);
    EXPECT_FALSE(document.complete);
    ASSERT_NE(document.root, nullptr);
    EXPECT_EQ(child(*document.root, "a")->text, "1");
    EXPECT_EQ(child(*document.root, "b"), nullptr);  // who knows where it was to end
    EXPECT_EQ(printed(diagnostics),
              Lines{"f:3:2: not YAML: end of sequence flow not found (brackets open on line 2)"});
}

TEST(Document, AliasesAreCopiesInTheirPlace) {
    Diagnostics diagnostics("f");
    const Document document = parse_document("a: &x {k: [1]}\nb: *x\n", diagnostics);
    ASSERT_TRUE(diagnostics.empty());
    const Node* copy = child(*child(*document.root, "b"), "k");
    ASSERT_NE(copy, nullptr);
    EXPECT_EQ(path(*copy->children[0]), "b.k[0]");
    EXPECT_EQ(child(*document.root, "b")->at, (Position{2, 4}));
}

TEST(Document, AnAliasInsideItsAnchorIsRefused) {
    EXPECT_EQ(refusals("a: &x [*x]"), Lines{"f:1:8: a: the alias stands inside its own value"});
}

TEST(Document, AnAliasBombIsBounded) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string previous = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 9; ++k) {
            bomb += previous + ", ";
        }
        bomb += previous + "]\n";
    }
    const Lines lines = refusals(bomb);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("more than 1000000 values"), std::string::npos) << lines[0];
}

TEST(Document, AliasesOfALongTextDoNotCopyIt) {
    std::string text = "a: &a \"" + std::string(1 << 20, 'x') + "\"\nb: [";
    for (int i = 0; i < 200'000; ++i) {
        text += "*a, ";
    }
    EXPECT_EQ(refusals(text + "*a]\n"), Lines{});  // 200 GB if copied
}

TEST(Document, NestingIsBounded) {
    std::string deepest = "a: " + std::string(kMaxDepth - 1, '[');
    deepest += std::string(kMaxDepth - 1, ']');
    EXPECT_EQ(refusals(deepest), Lines{});
    const Lines lines = refusals("a: " + std::string(100'000, '[') + std::string(100'000, ']'));
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("nested deeper than 16 levels"), std::string::npos) << lines[0];
}

TEST(Document, AliasesCountForNesting) {
    const Lines lines = refusals("a: &a [[[[[[[[[[1]]]]]]]]]]\nb: [[[[[[[[*a]]]]]]]]\n");
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("nested deeper"), std::string::npos) << lines[0];
}

TEST(Document, RefusesWhatIsTooLargeUnread) {
    EXPECT_EQ(refusals(std::string(kMaxFileOctets, '#')), Lines{});
    EXPECT_EQ(refusals(std::string(100u << 20, '[')), Lines{"f: larger than 4 MiB"});
}

TEST(Document, RefusesWhatIsNotText) {
    const std::string rule = ": not text: neither UTF-8 nor free of control characters";
    EXPECT_EQ(refusals(std::string_view("a: 1\nb: \0x", 10)), Lines{"f:2:4" + rule});
    EXPECT_EQ(refusals("a: \xff\xfe"), Lines{"f:1:4" + rule});
    EXPECT_EQ(refusals("a: \x1b[2J"), Lines{"f:1:4" + rule});
}

TEST(Document, RefusesTagsSeveralDocumentsAndKeysThatAreNotText) {
    EXPECT_EQ(refusals("a: !!python/object x"),
              Lines{"f:1:4: a: value \"x\": YAML tags are not used here"});
    EXPECT_EQ(refusals("a: 1\n---\nb: 2\n"), Lines{"f:2:1: a configuration is one YAML document"});
    EXPECT_EQ(refusals("[a]: 1\n"), Lines{"f:1:1: a key must be a single word or text"});
    EXPECT_EQ(refusals("? {a: 1}\n: 2\n"), Lines{"f:1:3: a key must be a single word or text"});
}

TEST(Utf8, FindsTheFirstBadOctet) {
    const std::string good = "a\t\r\n\u00e9\u20ac\U0001f600";
    EXPECT_EQ(first_bad_octet(good), good.size());
    EXPECT_EQ(first_bad_octet("ab\x80"), 2u);            // a tail alone
    EXPECT_EQ(first_bad_octet("\xc3"), 0u);              // cut short
    EXPECT_EQ(first_bad_octet("\xe2\x82"), 0u);          // cut short
    EXPECT_EQ(first_bad_octet("\xc0\xaf"), 0u);          // overlong
    EXPECT_EQ(first_bad_octet("\xe0\x80\xaf"), 0u);      // overlong
    EXPECT_EQ(first_bad_octet("\xed\xa0\x80"), 0u);      // surrogate
    EXPECT_EQ(first_bad_octet("\xf4\x90\x80\x80"), 0u);  // past U+10FFFF
    EXPECT_EQ(first_bad_octet("\xe2\x28\xa1"), 0u);      // tail wrong
    EXPECT_EQ(first_bad_octet("a\x7f"), 1u);
}

TEST(Diagnostics, ShownTextsAreBoundedAndPrintable) {
    EXPECT_EQ(printable("a\nb\x1b\xc3"), "a?b??");
    EXPECT_EQ(printable(std::string(64, 'x')), std::string(64, 'x'));
    EXPECT_EQ(printable(std::string(1 << 20, 'x')), std::string(61, 'x') + "...");
}

TEST(Diagnostics, AreBoundedInNumberAndSaySo) {
    Diagnostics diagnostics("f");
    for (unsigned i = 0; i < 2 * Diagnostics::kMost; ++i) {
        diagnostics.add({i + 1, 1}, "", std::nullopt, "wrong");
    }
    EXPECT_TRUE(diagnostics.full());
    const auto found = diagnostics.take();
    ASSERT_EQ(found.size(), Diagnostics::kMost + 1);
    EXPECT_EQ(found.back().rule, "more than 1000 mistakes; correct these and check again");
}

}  // namespace
}  // namespace mgmd::config
