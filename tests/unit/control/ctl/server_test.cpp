// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/ctl/stream.hpp"
#include "control/loop_timer.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/control/ctl/client.hpp"

namespace mgmd::ctl {
namespace {

using test::Client;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kAsk = "{\"command\":\"show version\"}\n";

/// Numbers its rows without end, or up to `last`.
class Counting final : public Answer {
public:
    explicit Counting(std::size_t& written, std::size_t last) : written_(written), last_(last) {}
    bool write(Rows& rows) override {
        while (next_ <= last_ && rows.has_room()) {
            rows.add({{"number", next_++}});
            ++written_;
        }
        return next_ <= last_;
    }

private:
    std::size_t& written_;
    std::size_t next_ = 1;
    std::size_t last_;
};

/// Says what it is told to.
class Spoken final : public StreamAnswer<int> {
public:
    explicit Spoken(Spoken*& self) : StreamAnswer(4), self_(self) { self_ = this; }
    ~Spoken() override { self_ = nullptr; }

private:
    Json row_of(const int& number) const override { return {{"number", number}}; }
    Spoken*& self_;
};

class ServerTest : public ::testing::Test {
protected:
    ServerTest() {
        loop.add_source({.drain = [this] { turn(); }, .empty = [] { return true; }});
    }

    Client connect() { return Client::connected_to(server, loop); }
    /// Lets the loop go round until then; it never gets there if it sleeps before.
    bool run_until(std::function<bool()> condition) {
        condition_ = std::move(condition);
        LoopTimer deadline(loop);
        deadline.after(std::chrono::seconds(30), [this] { loop.stop(); });
        loop.run();
        return condition_();
    }
    bool run_until_lines(Client& client, std::size_t count) {
        return run_until([&client, count] {
            client.receive();
            return client.lines().size() >= count;
        });
    }

    Waker waker;
    EventLoop loop{waker, ControlPolicy::poll};
    mgmd::test::FakeClock clock;
    std::size_t last_row = 2;
    std::size_t written = 0;
    std::size_t rounds = 0;
    bool streams = false;
    Spoken* stream = nullptr;
    Server server{loop, clock, [this](const Request&) -> Outcome<AnswerPtr> {
                      if (streams) {
                          return std::make_unique<Spoken>(stream);
                      }
                      return std::make_unique<Counting>(written, last_row);
                  }};

private:
    void turn() {
        ++rounds;
        if (condition_ && condition_()) {
            loop.stop();
        }
    }
    std::function<bool()> condition_;
};

TEST_F(ServerTest, GreetsAndAnswersRequestsInTheirOrder) {
    auto client = connect();
    client.send(
        "{\"id\":1,\"command\":\"show version\"}\n{\"id\":2,\"command\":\"show version\"}\n");
    ASSERT_TRUE(run_until_lines(client, 7));
    const auto lines = client.lines();
    EXPECT_EQ(lines[0]["hello"], "mgmd");
    EXPECT_EQ(lines[0]["protocol"], kProtocol);
    EXPECT_EQ(lines[1], Json::parse(R"({"id":1,"row":{"number":1}})"));
    EXPECT_EQ(lines[2], Json::parse(R"({"id":1,"row":{"number":2}})"));
    EXPECT_EQ(lines[3], Json::parse(R"({"id":1,"end":true})"));
    EXPECT_EQ(lines[6], Json::parse(R"({"id":2,"end":true})"));
}

TEST_F(ServerTest, NamesMistakesAndGoesOn) {
    auto client = connect();
    client.send("nonsense\n\xff\n{\"id\":4,\"command\":\"fly\"}\n");
    client.send(kAsk);
    ASSERT_TRUE(run_until_lines(client, 7));
    const auto lines = client.lines();
    EXPECT_EQ(lines[1]["error"]["code"], "invalid_request");
    EXPECT_EQ(lines[2]["error"]["code"], "invalid_request");
    EXPECT_EQ(lines[3]["error"]["code"], "unknown_command");
    EXPECT_EQ(lines[3]["id"], 4);
    EXPECT_EQ(lines[6]["end"], true);
}

TEST_F(ServerTest, AnswersAClientThatHasClosedItsSide) {
    auto client = connect();
    client.send("{\"command\":\"show version\"}");  // without a line end
    client.finish_sending();
    ASSERT_TRUE(run_until([&] { return !client.receive(); }));
    EXPECT_THAT(client.lines(), SizeIs(4));
    EXPECT_EQ(server.clients(), 0u);
}

TEST_F(ServerTest, SendsAwayWhoseRequestIsTooLong) {
    auto client = connect();
    const std::string flood(64 * 1024, 'x');
    ASSERT_TRUE(run_until([&] {
        client.send(flood);
        return !client.receive();
    }));
    EXPECT_THAT(client.received(), HasSubstr("a request is longer than 16384 octets"));
    EXPECT_EQ(server.clients(), 0u);
}

TEST_F(ServerTest, ProducesNoMoreThanAClientReads) {
    last_row = 1'000'000;
    auto stalled = connect();
    stalled.send(kAsk);
    const auto until_still = [&] {
        std::size_t before = written + 1;
        while (std::exchange(before, written) != written) {
            const auto round = rounds;
            ASSERT_TRUE(run_until([&] { return rounds > round + 50; }));
        }
    };
    until_still();
    const auto while_stalled = written;
    EXPECT_GT(while_stalled, 0u);
    EXPECT_LT(while_stalled, 100'000u);
    // Others are served meanwhile.
    last_row = 2;
    auto other = connect();
    other.send(kAsk);
    ASSERT_TRUE(run_until_lines(other, 4));
    // And it goes on where it was.
    ASSERT_TRUE(run_until([&] {
        stalled.receive();
        return written >= 2 * while_stalled;
    }));
}

TEST_F(ServerTest, ProducesALargeAnswerBetweenRoundsOfTheLoop) {
    last_row = 10'000;
    auto client = connect();
    client.send(kAsk);
    const auto before = rounds;
    ASSERT_TRUE(run_until([&] {
        client.receive();
        return client.received().find("\"end\"") != std::string::npos;
    }));
    EXPECT_GT(rounds - before, 100u);
    const auto lines = client.lines();
    ASSERT_THAT(lines, SizeIs(10'002));
    EXPECT_EQ(lines[10'000]["row"]["number"], 10'000);
}

TEST_F(ServerTest, ForgetsAClientThatLeavesInTheMiddle) {
    last_row = 1'000'000;
    {
        auto client = connect();
        client.send(kAsk);
        ASSERT_TRUE(run_until([&] { return written > 0; }));
    }
    ASSERT_TRUE(run_until([&] { return server.clients() == 0; }));
}

TEST_F(ServerTest, StreamsToAClientThatHasClosedItsSide) {
    streams = true;
    auto client = connect();
    client.send(kAsk);
    client.finish_sending();
    ASSERT_TRUE(run_until([&] { return stream != nullptr; }));
    const auto round = rounds;
    ASSERT_TRUE(run_until([&] { return rounds > round + 50; }));
    ASSERT_NE(stream, nullptr);
    stream->push(1);
    ASSERT_TRUE(run_until_lines(client, 2));
    EXPECT_EQ(client.lines()[1], Json::parse(R"({"row":{"number":1}})"));
}

TEST_F(ServerTest, EndsAQuietStreamWhoseClientIsGone) {
    streams = true;
    for (const bool asks_ahead : {false, true}) {
        auto client = connect();
        client.send(kAsk);
        ASSERT_TRUE(run_until([&] { return stream != nullptr; }));
        if (asks_ahead) {
            client.send(kAsk);  // which keeps the session from reading on
        }
        const auto round = rounds;
        ASSERT_TRUE(run_until([&] { return rounds > round + 50; }));
        client.disconnect();
        ASSERT_TRUE(run_until([&] { return stream == nullptr; }));
        EXPECT_EQ(server.clients(), 0u);
    }
}

TEST_F(ServerTest, LimitsTheRateOfRequestsByMakingThemWait) {
    last_row = 0;
    auto client = connect();
    std::string many;
    for (int i = 0; i < 400; ++i) {
        many += "{\"command\":\"fly\"}\n";
    }
    std::size_t asked = 0;
    std::string rest;
    ASSERT_TRUE(run_until([&] {
        if (asked < 2) {
            rest += many;
            ++asked;
        }
        rest.erase(0, client.send(rest));
        client.receive();
        return client.lines().size() > Session::kRequestRate;
    }));
    const auto round = rounds;
    ASSERT_TRUE(run_until([&] {
        client.receive();
        return rounds > round + 1000;
    }));
    EXPECT_THAT(client.lines(), SizeIs(Session::kRequestRate + 1)) << "the clock stands still";
    clock.advance(std::chrono::seconds(1));
    ASSERT_TRUE(run_until_lines(client, 801));
}

TEST_F(ServerTest, TurnsAwayWhoComesWhenAllPlacesAreInUse) {
    std::vector<Client> clients;
    for (std::size_t i = 0; i < Server::kMaxClients; ++i) {
        clients.push_back(connect());
    }
    auto late = connect();
    EXPECT_FALSE(late.receive() && late.receive());
    EXPECT_THAT(late.received(), HasSubstr("there are 64 clients already"));
    EXPECT_THAT(late.received(), HasSubstr("\"busy\""));
    // A client that is silent makes room, the one that has been so for longest.
    clock.advance(Server::kSilence);
    clients[0].send(kAsk);
    ASSERT_TRUE(run_until_lines(clients[0], 4));
    auto next = connect();
    next.send(kAsk);
    ASSERT_TRUE(run_until_lines(next, 4));
    EXPECT_EQ(server.clients(), Server::kMaxClients);
    EXPECT_TRUE(clients[0].receive());
    EXPECT_FALSE(clients[1].receive() && clients[1].receive());
}

TEST_F(ServerTest, WhoWatchesInSilenceIsTurnedOutAfterAllOthers) {
    streams = true;
    auto watching = connect();
    watching.send(kAsk);
    ASSERT_TRUE(run_until([&] { return stream != nullptr; }));
    clock.advance(Server::kSilence);
    std::vector<Client> clients;
    for (std::size_t i = 1; i < Server::kMaxClients; ++i) {
        clients.push_back(connect());
    }
    clock.advance(Server::kSilence);
    auto next = connect();
    EXPECT_NE(stream, nullptr);
    EXPECT_FALSE(clients[0].receive() && clients[0].receive());
    stream->push(1);
    ASSERT_TRUE(run_until_lines(watching, 2));
}

}  // namespace
}  // namespace mgmd::ctl
