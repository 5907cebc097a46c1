// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/tap_answer.hpp"

#include <deque>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/unit/control/ctl/client.hpp"

namespace mgmd::ctl {
namespace {

/// What a tap and its test share.
struct Tapped {
    std::deque<int> waiting;
    std::uint64_t missed = 0;
    bool begun = false;
    bool stop = false;      ///< was asked for
    bool let_go = false;    ///< by the workers
    bool is_there = false;  ///< the tap
};

class FakeTap final : public PacketTap<int> {
public:
    explicit FakeTap(Tapped& tapped) : tapped_(tapped) { tapped_.is_there = true; }
    ~FakeTap() override { tapped_.is_there = false; }
    bool has_begun() const override { return tapped_.begun; }
    void stop() override { tapped_.stop = true; }
    bool has_stopped() const override { return tapped_.stop && tapped_.let_go; }
    bool empty() const override { return tapped_.waiting.empty(); }
    std::optional<int> next() override {
        if (empty()) {
            return std::nullopt;
        }
        const int next = tapped_.waiting.front();
        tapped_.waiting.pop_front();
        return next;
    }
    std::uint64_t missed() const override { return tapped_.missed; }

private:
    Tapped& tapped_;
};

class Numbers final : public TapAnswer<int> {
public:
    using TapAnswer::TapAnswer;

private:
    Json row_of(const int& number) const override { return {{"number", number}}; }
};

class TapAnswerTest : public testing::Test {
protected:
    Numbers answer(std::optional<std::uint32_t> count = {}) {
        return Numbers(std::make_unique<FakeTap>(tapped_), count);
    }
    /// What it writes; the last line is "end" if that was all.
    std::string written(Numbers& answer) {
        std::string output;
        const Json no_id;
        Rows rows(output, no_id);
        const bool goes_on = answer.write(rows);
        return output + (goes_on ? "" : "end");
    }

    Tapped tapped_;
};

TEST_F(TapAnswerTest, WritesWhatThereIsAndWhatWasMissed) {
    auto numbers = answer();
    EXPECT_FALSE(numbers.is_ready());
    tapped_.waiting = {1, 2};
    tapped_.missed = 5;
    EXPECT_TRUE(numbers.is_ready());
    EXPECT_EQ(written(numbers),
              "{\"row\":{\"number\":1}}\n{\"row\":{\"number\":2}}\n{\"row\":{\"missed\":5}}\n");
    tapped_.waiting = {3};
    tapped_.missed = 7;
    EXPECT_EQ(written(numbers), "{\"row\":{\"number\":3}}\n{\"row\":{\"missed\":2}}\n");
}

TEST_F(TapAnswerTest, TellsOnceThatNothingEscapesIt) {
    auto numbers = answer();
    EXPECT_FALSE(numbers.is_ready());
    tapped_.begun = true;
    EXPECT_TRUE(numbers.is_ready());
    EXPECT_EQ(written(numbers), "{\"row\":{\"begun\":true}}\n");
    EXPECT_FALSE(numbers.is_ready());
}

TEST_F(TapAnswerTest, EndsWithSoMany) {
    auto numbers = answer(2);
    tapped_.waiting = {1, 2, 3};
    EXPECT_EQ(written(numbers), "{\"row\":{\"number\":1}}\n{\"row\":{\"number\":2}}\nend");
}

TEST_F(TapAnswerTest, ConcludesWithAllThatWorkersHadRecorded) {
    auto numbers = answer();
    tapped_.waiting = {1};
    numbers.conclude();
    EXPECT_TRUE(tapped_.stop);
    EXPECT_EQ(written(numbers), "{\"row\":{\"number\":1}}\n");
    EXPECT_FALSE(numbers.is_ready()) << "a worker may be about to record";
    tapped_.waiting = {2};
    tapped_.let_go = true;
    tapped_.missed = 1;
    EXPECT_TRUE(numbers.is_ready());
    EXPECT_EQ(written(numbers), "{\"row\":{\"number\":2}}\n{\"row\":{\"missed\":1}}\nend");
}

TEST_F(TapAnswerTest, LeavesInTheRingsWhatTheClientDoesNotRead) {
    auto numbers = answer();
    tapped_.waiting.assign(100'000, 1);
    EXPECT_LT(written(numbers).size(), 64u * 1024);
    EXPECT_GT(tapped_.waiting.size(), 90'000u);
}

TEST_F(TapAnswerTest, TheNextRequestEndsItInASession) {
    mgmd::test::FakeClock clock;
    Waker waker;
    EventLoop loop(waker, ControlPolicy::poll);
    Server server(loop, clock, [&](const Request&) -> Outcome<AnswerPtr> {
        return std::make_unique<Numbers>(std::make_unique<FakeTap>(tapped_), std::nullopt);
    });
    auto client = test::Client::connected_to(server, loop);
    const auto run_until = [&](const std::function<bool()>& done) {
        unsigned rounds = 0;
        std::function<void()> look = [&] {
            client.receive();
            if (done() || ++rounds == 100'000) {
                loop.stop();
            } else {
                loop.post(look);
            }
        };
        loop.post(look);
        loop.run();
        return done();
    };
    tapped_.let_go = true;
    client.send("{\"id\":1,\"command\":\"show version\"}\n");
    ASSERT_TRUE(run_until([&] { return tapped_.is_there; }));
    tapped_.waiting = {7};
    ASSERT_TRUE(run_until([&] { return client.lines().size() == 2; }));
    client.send("{\"id\":2,\"command\":\"show version\"}\n");
    ASSERT_TRUE(run_until([&] { return client.lines().size() == 3; }));
    EXPECT_EQ(client.lines()[1], Json::parse(R"({"id":1,"row":{"number":7}})"));
    EXPECT_EQ(client.lines()[2], Json::parse(R"({"id":1,"end":true})"));
    client.disconnect();
    ASSERT_TRUE(run_until([&] { return !tapped_.is_there && server.clients() == 0; }));
}

}  // namespace
}  // namespace mgmd::ctl
