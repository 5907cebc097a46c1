// SPDX-License-Identifier: Apache-2.0
#include "control/membership/filter_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/control/membership/rfc_row.hpp"

namespace mgmd::membership {
namespace {

using namespace std::chrono_literals;
using test::Names;
using test::Row;
using test::Set;
using ::testing::IsEmpty;

/// RFC 9776 6.4.1 (RFC 9777 7.4.1), current-state records, and 6.4.2 (7.4.2), filter-mode-change
/// and source-list-change records.
const std::vector<Row> kTables{
    {"INCLUDE (A)", "IS_IN (B)", "INCLUDE (A+B)", {"(B)=GMI"}},
    {"INCLUDE (A)",
     "IS_EX (B)",
     "EXCLUDE (A*B,B-A)",
     {"(B-A)=0", "Delete (A-B)", "Group Timer=GMI"}},
    {"EXCLUDE (X,Y)", "IS_IN (A)", "EXCLUDE (X+A,Y-A)", {"(A)=GMI"}},
    {"EXCLUDE (X,Y)",
     "IS_EX (A)",
     "EXCLUDE (A-Y,Y*A)",
     {"(A-X-Y)=GMI", "Delete (X-A)", "Delete (Y-A)", "Group Timer=GMI"}},

    {"INCLUDE (A)", "ALLOW (B)", "INCLUDE (A+B)", {"(B)=GMI"}},
    {"INCLUDE (A)", "BLOCK (B)", "INCLUDE (A)", {"Send Q(G,A*B)"}},
    {"INCLUDE (A)",
     "TO_EX (B)",
     "EXCLUDE (A*B,B-A)",
     {"(B-A)=0", "Delete (A-B)", "Send Q(G,A*B)", "Group Timer=GMI"}},
    {"INCLUDE (A)", "TO_IN (B)", "INCLUDE (A+B)", {"(B)=GMI", "Send Q(G,A-B)"}},
    {"EXCLUDE (X,Y)", "ALLOW (A)", "EXCLUDE (X+A,Y-A)", {"(A)=GMI"}},
    {"EXCLUDE (X,Y)", "BLOCK (A)", "EXCLUDE (X+(A-Y),Y)", {"(A-X-Y)=Group Timer", "Send Q(G,A-Y)"}},
    {"EXCLUDE (X,Y)",
     "TO_EX (A)",
     "EXCLUDE (A-Y,Y*A)",
     {"(A-X-Y)=Group Timer", "Delete (X-A)", "Delete (Y-A)", "Send Q(G,A-Y)", "Group Timer=GMI"}},
    {"EXCLUDE (X,Y)", "TO_IN (A)", "EXCLUDE (X+A,Y-A)", {"(A)=GMI", "Send Q(G,X-A)", "Send Q(G)"}},
};

const std::map<std::string, RecordType> kTypes{
    {"IS_IN", RecordType::is_in}, {"IS_EX", RecordType::is_ex}, {"TO_IN", RecordType::to_in},
    {"TO_EX", RecordType::to_ex}, {"ALLOW", RecordType::allow}, {"BLOCK", RecordType::block}};

constexpr TimePoint kNow{1000h};
constexpr Duration kGmi = 260s;
constexpr TimePoint kGroupTimer = kNow + 77s;

template <class F>
typename F::Address source(int number) {
    typename F::Address address{};
    address.bytes.front() = 10;
    address.bytes.back() = static_cast<std::uint8_t>(number);
    return address;
}

/// Each source's own timer before the message.
TimePoint timer_of(int number) {
    return kNow + 10s + std::chrono::seconds(number);
}

template <class F>
std::vector<typename F::Address> sources(const Set& numbers) {
    std::vector<typename F::Address> result;
    for (const int number : numbers) {
        result.push_back(source<F>(number));
    }
    return result;
}

/// Puts a record into the state that a row begins with, by messages alone.
template <class F>
FilterState<F> state_before(const Row& row, const Names& names) {
    FilterState<F> state;
    const bool exclude = row.state.starts_with("EXCLUDE");
    const Set& running = names.at(exclude ? 'X' : 'A');
    if (exclude) {
        state.receive(RecordType::is_ex, sources<F>(names.at('Y')), kGroupTimer, 0s);
    }
    for (const int number : running) {
        state.receive(RecordType::allow, sources<F>({number}), timer_of(number), 0s);
    }
    return state;
}

/// What a row says must come of it.
template <class F>
class Expected {
public:
    Expected(const Row& row, const Names& names) {
        const auto sets = test::arguments(row.new_state);
        mode = row.new_state.starts_with("EXCLUDE") ? FilterMode::exclude : FilterMode::include;
        for (const int number : test::evaluate(sets[0], names)) {
            state[source<F>(number)] = timer_of(number);  // unless an action says otherwise
        }
        if (sets.size() > 1) {
            for (const int number : test::evaluate(sets[1], names)) {
                state[source<F>(number)] = std::nullopt;
            }
        }
        for (const auto& action : row.actions) {
            apply(action, names);
        }
    }

    FilterMode mode;
    typename FilterState<F>::Sources state;
    TimePoint group_timer = kGroupTimer;
    Asked<F> asked;

private:
    void apply(const std::string& action, const Names& names) {
        if (action == "Send Q(G)") {
            asked.group = true;
        } else if (action == "Group Timer=GMI") {
            group_timer = kNow + kGmi;
        } else if (action.starts_with("Send Q(G,")) {
            asked.sources = sources<F>(test::evaluate(test::arguments(action)[1], names));
        } else if (action.starts_with("Delete")) {
            for (const int number : test::evaluate(test::arguments(action)[0], names)) {
                EXPECT_EQ(state.count(source<F>(number)), 0u) << "the row contradicts itself";
            }
        } else {
            const auto value = action.substr(action.find('=') + 1);
            for (const int number : test::evaluate(test::arguments(action)[0], names)) {
                state.at(source<F>(number)) = value == "0"     ? std::nullopt
                                              : value == "GMI" ? std::optional(kNow + kGmi)
                                                               : std::optional(kGroupTimer);
            }
        }
    }
};

template <class F>
void check(const Row& row, const Names& names) {
    auto state = state_before<F>(row, names);
    const auto type = kTypes.at(row.message.substr(0, row.message.find(' ')));
    const char set = row.message.at(row.message.find('(') + 1);
    const Expected<F> expected(row, names);
    const auto asked = state.receive(type, sources<F>(names.at(set)), kNow, kGmi);
    EXPECT_EQ(state.mode(), expected.mode);
    EXPECT_EQ(state.sources(), expected.state);
    if (expected.mode == FilterMode::exclude) {
        EXPECT_EQ(state.group_ends(), expected.group_timer);
    }
    EXPECT_EQ(asked.group, expected.asked.group);
    EXPECT_EQ(asked.sources, expected.asked.sources);
}

/// A source for each way to be in some of the sets and not in others; every selection of them.
std::vector<Names> arrangements(const Row& row) {
    const bool exclude = row.state.starts_with("EXCLUDE");
    const std::vector<std::string> regions =
        exclude ? std::vector<std::string>{"X", "XA", "Y", "YA", "A"}
                : std::vector<std::string>{"A", "AB", "B"};
    std::vector<Names> result;
    for (unsigned selection = 0; selection < 1u << regions.size(); ++selection) {
        Names names{{'A', {}}, {'B', {}}, {'X', {}}, {'Y', {}}};
        for (unsigned region = 0; region < regions.size(); ++region) {
            for (const char name : regions[region]) {
                if ((selection >> region & 1u) != 0) {
                    names[name].insert(static_cast<int>(region) + 1);
                }
            }
        }
        result.push_back(names);
    }
    return result;
}

class FilterTables : public ::testing::TestWithParam<Row> {};

TEST_P(FilterTables, TransitionIsThatOfTheRow) {
    for (const auto& names : arrangements(GetParam())) {
        SCOPED_TRACE("A=" + ::testing::PrintToString(names.at('A')) +
                     " B=" + ::testing::PrintToString(names.at('B')) +
                     " X=" + ::testing::PrintToString(names.at('X')) +
                     " Y=" + ::testing::PrintToString(names.at('Y')));
        check<V4>(GetParam(), names);
        check<V6>(GetParam(), names);
    }
}

std::string test_name(const ::testing::TestParamInfo<Row>& row) {
    const auto word = [](const std::string& text) { return text.substr(0, text.find(' ')); };
    return word(row.param.state) + "_" + word(row.param.message);
}
INSTANTIATE_TEST_SUITE_P(Rfc9776, FilterTables, ::testing::ValuesIn(kTables), test_name);

TEST(FilterState, NothingIsWantedOfASourceOnceItsTimerEnds) {
    FilterState<V4> state;
    state.receive(RecordType::allow, sources<V4>({1}), kNow, 10s);
    state.receive(RecordType::allow, sources<V4>({2}), kNow, 20s);
    EXPECT_EQ(state.next_deadline(), kNow + 10s);
    state.expire(kNow + 10s);
    EXPECT_EQ(state.wanted(), (Wanted<V4>{FilterMode::include, sources<V4>({2})}));
    state.expire(kNow + 20s);
    EXPECT_TRUE(state.empty());
    EXPECT_EQ(state.next_deadline(), std::nullopt);
}

TEST(FilterState, InExcludeModeASourceWhoseTimerEndsIsExcluded) {
    FilterState<V4> state;
    state.receive(RecordType::is_ex, sources<V4>({1}), kNow, 100s);
    state.receive(RecordType::allow, sources<V4>({2}), kNow, 10s);
    EXPECT_EQ(state.wanted(), (Wanted<V4>{FilterMode::exclude, sources<V4>({1})}));
    state.expire(kNow + 10s);
    EXPECT_EQ(state.wanted(), (Wanted<V4>{FilterMode::exclude, sources<V4>({1, 2})}));
}

TEST(FilterState, WhenTheGroupTimerEndsTheSourcesWhoseTimersRunStay) {
    FilterState<V4> state;
    state.receive(RecordType::is_ex, sources<V4>({1}), kNow, 10s);
    state.receive(RecordType::allow, sources<V4>({2}), kNow, 100s);
    state.expire(kNow + 10s);
    EXPECT_EQ(state.wanted(), (Wanted<V4>{FilterMode::include, sources<V4>({2})}));
    state.receive(RecordType::is_ex, {}, kNow, 10s);
    state.expire(kNow + 10s);
    EXPECT_TRUE(state.empty()) << "no source, no record";
}

TEST(FilterState, TimersAreOnlyLowered) {
    FilterState<V4> state;
    state.receive(RecordType::is_ex, sources<V4>({1}), kNow, 10s);
    state.receive(RecordType::allow, sources<V4>({2, 3}), kNow, 20s);
    state.lower_group(kNow + 30s);
    state.lower_sources(sources<V4>({1, 2, 4}), kNow + 5s);
    EXPECT_EQ(state.group_ends(), kNow + 10s);
    EXPECT_EQ(state.sources().at(source<V4>(1)), std::nullopt);
    EXPECT_EQ(state.sources().at(source<V4>(2)), kNow + 5s);
    EXPECT_EQ(state.sources().at(source<V4>(3)), kNow + 20s);
    EXPECT_EQ(state.sources().size(), 3u);
}

}  // namespace
}  // namespace mgmd::membership
