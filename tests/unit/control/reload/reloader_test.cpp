// SPDX-License-Identifier: Apache-2.0
#include "control/reload/reloader.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "tests/support/captured_log.hpp"
#include "tests/unit/control/reload/random_configuration.hpp"
#include "tests/unit/control/reload/running_router.hpp"

namespace mgmd {
namespace {

using test::address;
using test::RunningRouter;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr InterfaceIndex kA = 1;
constexpr InterfaceIndex kB = 2;
constexpr InterfaceIndex kC = 3;

const std::string kBase =
    "ports: {a: net_null0, b: net_null1}\n"
    "interfaces:\n"
    "  a: {addresses: [10.1.0.1/24], protocol: static}\n"
    "  b: {addresses: [10.2.0.1/24], protocol: static";
/// Joins on b, and what else the file has.
std::string with(const std::string& joins, const std::string& more = "") {
    return kBase + ", static_joins: [" + joins + "]}\n" + more;
}
std::string mroute(const std::string& group, const std::string& outgoing = "b") {
    return "  - {group: " + group + ", accept: a, outgoing: " + outgoing + "}\n";
}

std::string first_line(const Expected<std::vector<SettingChange>>& refused) {
    return refused ? "" : refused.error().message.substr(0, refused.error().message.find('\n'));
}

TEST(Reloader, TouchesNothingButWhatHasChanged) {
    RunningRouter router(with("239.1.1.1", "mroutes:\n" + mroute("239.2.0.1")));
    router.arrive<V4>("10.1.0.10", "239.1.1.1", kA);
    const auto before = router.state();
    const auto changes_before = router.table_changes();
    const auto changes = router.reload(
        with("239.1.1.1, 239.1.1.2", "mroutes:\n" + mroute("239.2.0.2") + mroute("239.2.0.1")));
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_EQ(changes->size(), 2u);
    EXPECT_EQ(router.table_changes(), changes_before + 1) << "only the new mroute";
    const auto after = router.state();
    EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()));
    EXPECT_EQ(after.size(), before.size() + 2);
}

TEST(Reloader, WhatWorkersKnowOfAnInterfaceConcernsTheEntriesThatLeaveByIt) {
    const auto text = [](const std::string& of_b) {
        return "ports: {a: net_null0, b: net_null1, c: net_null2}\n"
               "interfaces:\n"
               "  a: {addresses: [10.1.0.1/24], protocol: static}\n"
               "  b: {protocol: static, static_joins: [239.1.1.1, 239.1.1.2]" +
               of_b +
               "}\n"
               "  c: {protocol: static, static_joins: [239.1.1.2, 239.1.1.3]}\n"
               "mroutes:\n" +
               mroute("239.2.0.1", "b") + mroute("239.2.0.2", "c");
    };
    RunningRouter router(text(""));
    for (const auto* group : {"239.1.1.1", "239.1.1.2", "239.1.1.3"}) {
        router.arrive<V4>("10.1.0.10", group, kA);
    }
    const auto before = router.state();
    for (const auto* change : {", ttl_threshold: 9", ", ttl_threshold: 9, mtu: 1300", ""}) {
        const auto installs = router.ipv4.installs;
        ASSERT_TRUE(router.reload(text(change)));
        EXPECT_EQ(router.ipv4.installs, installs + 3) << "two made by data and an mroute";
        EXPECT_EQ(router.state(), before) << "the list itself is the same";
    }
    ASSERT_EQ(router.ops.settings_of_workers.size(), 3u);
    EXPECT_EQ(router.ops.settings_of_workers[0].interface(kB)->ttl_threshold, 9);
    EXPECT_EQ(router.ops.settings_of_workers[1].interface(kB)->mtu, 1300);

    ASSERT_TRUE(router.reload(text(", boundaries: [239.1.1.2/32]")));
    const auto outgoing = [&](const char* group) {
        std::vector<InterfaceIndex> indices;
        for (const auto& [key, entry] : router.ipv4.entries) {
            if (key.group == address<V4>(group)) {
                for (const auto& out : entry.outgoing) {
                    indices.push_back(out.interface);
                }
            }
        }
        return indices;
    };
    EXPECT_THAT(outgoing("239.1.1.1"), ElementsAre(kB));
    EXPECT_THAT(outgoing("239.1.1.2"), ElementsAre(kC));
    EXPECT_THAT(outgoing("239.2.0.1"), ElementsAre(kB)) << "its packets are checked";
    ASSERT_TRUE(router.reload(text("")));
    EXPECT_EQ(router.state(), before);
}

TEST(Reloader, TellsWorkersOfNothingThatIsNotTheirs) {
    RunningRouter router(with("239.1.1.1"));
    ASSERT_TRUE(router.reload(with("239.1.1.2", "timers: {mfe_idle_timeout: 60s}\n")));
    EXPECT_THAT(router.ops.settings_of_workers, IsEmpty());
}

TEST(Reloader, WhatWorkersCantTakeOverChangesNothing) {
    RunningRouter router(with("239.1.1.1"));
    const auto before = router.state();
    router.ops.refuse_settings = true;
    const auto refused = router.reload(with("239.1.1.2], boundaries: [239.1.1.0/24"));
    EXPECT_THAT(first_line(refused), HasSubstr("the workers are busy"));
    EXPECT_EQ(router.state(), before);
    router.ops.refuse_settings = false;
    EXPECT_TRUE(router.reload(with("239.1.1.2], boundaries: [239.1.1.0/24")));
}

TEST(Reloader, KeepsTheIndicesOfInterfacesWhateverTheirOrder) {
    RunningRouter router(with("239.1.1.1"));
    const auto before = router.state();
    const auto changes_before = router.table_changes();
    const auto changes = router.reload(
        "ports: {b: net_null1, a: net_null0}\n"
        "interfaces:\n"
        "  b: {addresses: [10.2.0.1/24], protocol: static, static_joins: 239.1.1.1}\n"
        "  a: {addresses: [10.1.0.1/24], protocol: static}\n");
    ASSERT_TRUE(changes) << changes.error().message;
    EXPECT_THAT(*changes, IsEmpty());
    EXPECT_EQ(router.state(), before);
    EXPECT_EQ(router.table_changes(), changes_before);
    EXPECT_EQ(router.settings.interface(kB)->name, "b");
    EXPECT_EQ(router.settings.interface(kB)->index, kB);
}

TEST(Reloader, ABadFileChangesNothing) {
    RunningRouter router(with("239.1.1.1"));
    const auto before = router.state();
    const auto refused = router.reload(with("239.1.1.2, 10.0.0.1"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("f:4:"));
    EXPECT_EQ(router.state(), before);
    EXPECT_EQ(router.settings.ipv4.joins.size(), 1u);
}

TEST(Reloader, RefusesWholeWhatNeedsARestartInPart) {
    RunningRouter router(with("239.1.1.1"));
    const auto before = router.state();
    const auto text = with("239.1.1.2", "workers: {count: 2}\n");
    const auto refused = router.reload(text);
    EXPECT_THAT(first_line(refused), HasSubstr("restart"));
    EXPECT_THAT(refused.error().message, HasSubstr("workers.count"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("static_joins")));
    EXPECT_EQ(router.state(), before);
    const auto shown = router.reload(text, true);
    ASSERT_TRUE(shown);
    EXPECT_THAT(*shown,
                Contains(SettingChange{"workers.count", "as many as `cores`, else 1", "2", false}));
    EXPECT_EQ(router.state(), before) << "a dry run changes nothing";
}

TEST(Reloader, TellsOfEachReloadThatItBeginsAndHasEnded) {
    RunningRouter router(with("239.1.1.1"));
    std::vector<std::string> told;
    router.reloader.tell([&] { told.push_back("begins"); }, [&] { told.push_back("has ended"); });
    ASSERT_TRUE(router.reload(with("239.1.1.2"), true));
    EXPECT_THAT(told, IsEmpty()) << "nothing is reloaded";
    ASSERT_TRUE(router.reload(with("239.1.1.2")));
    EXPECT_THAT(told, ElementsAre("begins", "has ended"));
    ASSERT_FALSE(router.reload(with("10.0.0.1")));
    EXPECT_THAT(told, ElementsAre("begins", "has ended", "begins", "has ended"));
}

/// Follows settings, unless it is told not to.
class Follower final : public Reconfigurable {
public:
    explicit Follower(const Settings& settings) : settings_(settings) {}
    Expected<> reconfigure(const Settings& /*before*/) override {
        if (settings_.metrics.listen == refused) {
            return fail(ExitCode::system, "can't listen there");
        }
        listening = settings_.metrics.listen;
        return {};
    }
    std::string listening;
    std::string refused = "10.0.0.1:1";

private:
    const Settings& settings_;
};

TEST(Reloader, OtherPartsFollowAndCanRefuse) {
    RunningRouter router(with("239.1.1.1"));
    Follower follower(router.settings);
    router.reloader.add(follower);
    ASSERT_TRUE(router.reload(with("239.1.1.2", "metrics: 127.0.0.1:1\n")));
    EXPECT_EQ(follower.listening, "127.0.0.1:1");
    const auto before = router.state();
    const auto refused = router.reload(with("239.1.1.3", "metrics: 10.0.0.1:1\n"));
    EXPECT_THAT(first_line(refused), HasSubstr("can't listen there"));
    EXPECT_EQ(router.state(), before);
    EXPECT_EQ(follower.listening, "127.0.0.1:1");
    router.ipv4.capacity = 0;
    ASSERT_FALSE(
        router.reload(with("239.1.1.2", "metrics: 127.0.0.1:2\nmroutes:\n" + mroute("239.2.0.1"))));
    EXPECT_EQ(follower.listening, "127.0.0.1:1") << "what others refuse is taken back here";
}

TEST(Reloader, AProxyComesWithItsFamilyAndGoesWithIt) {
    const auto proxied = [](const std::string& igmp, const std::string& proxies) {
        return "ports: {a: net_null0, b: net_null1}\n"
               "interfaces:\n"
               "  a: {addresses: [10.1.0.1/24, \"fd00:1::1/64\"]}\n"
               "  b: {addresses: [10.2.0.1/24, \"fd00:2::1/64\"], mld: yes, igmp: " +
               igmp + "}\n" + proxies;
    };
    const std::string proxies = "proxies: [{upstream: a, downstream: b}]\n";
    RunningRouter router(proxied("yes", ""));
    const auto owners = [&] {
        std::set<std::string> lines;
        for (const auto& line : router.state()) {
            if (line.find(std::to_string(kProxyProtocol) + " has ") != line.npos) {
                lines.insert(line.substr(0, line.find(' ')) + line.substr(line.rfind(' ')));
            }
        }
        return lines;
    };
    ASSERT_TRUE(router.reload(proxied("yes", proxies)));
    EXPECT_THAT(owners(), ElementsAre("ipv4 1", "ipv4 2", "ipv6 1", "ipv6 2"));
    ASSERT_TRUE(router.reload(proxied("no", proxies)));
    EXPECT_THAT(owners(), ElementsAre("ipv6 1", "ipv6 2"));
    ASSERT_TRUE(router.reload(proxied("yes", "")));
    EXPECT_THAT(owners(), IsEmpty());
}

TEST(Reloader, WhatTheTableRefusesChangesNothing) {
    RunningRouter router(with("239.1.1.1", "mroutes:\n" + mroute("239.2.0.1")));
    const auto before = router.state();
    router.ipv4.capacity = 1;
    const auto refused =
        router.reload(with("239.1.1.2", "mroutes:\n" + mroute("239.2.0.2") + mroute("239.2.0.3")));
    EXPECT_THAT(first_line(refused), HasSubstr("239.2.0."));
    EXPECT_EQ(router.state(), before);
    EXPECT_TRUE(router.reload(with("239.1.1.2", "mroutes:\n" + mroute("239.2.0.2"))))
        << "what goes makes room for what comes";
}

TEST(Reloader, ALogThatCantBeOpenedChangesNothing) {
    RunningRouter router(with("239.1.1.1"));
    const auto before = router.state();
    const auto refused = router.reload(with("239.1.1.2", "log: {file: /dev/null/x.log}\n"));
    EXPECT_THAT(first_line(refused), HasSubstr("/dev/null/x.log"));
    EXPECT_EQ(router.state(), before);
}

TEST(Reloader, WhatOperatorsAddedStaysAndWhatTheFileHasReturns) {
    RunningRouter router(with("239.1.1.1", "mroutes:\n" + mroute("239.2.0.1")));
    const auto with_file = router.state();
    auto& client = router.control.tables<V4>().at(0)->static_protocol();
    RouteKey<V4> key;
    key.group = address<V4>("239.2.0.1");
    ASSERT_TRUE(client.remove_mroute(key));
    ASSERT_TRUE(client.remove_join(kB, {address<V4>("239.1.1.1"), {}}));
    ASSERT_TRUE(client.add_join(kA, {address<V4>("239.7.7.7"), {}}));
    ASSERT_TRUE(router.reload(with("239.1.1.1", "mroutes:\n" + mroute("239.2.0.1"))));
    auto expected = with_file;
    expected.insert("ipv4 table 0 (*,239.7.7.7) on 1 owner");
    EXPECT_EQ(router.state(), expected);
}

TEST(Reloader, AnOperatorsMrouteBecomesTheFilesAndGoesWithIt) {
    RunningRouter router(with(""));
    const auto before = router.state();
    auto& client = router.control.tables<V4>().at(0)->static_protocol();
    StaticMroute<V4> added;
    added.key.group = address<V4>("239.2.0.1");
    added.action = Action::drop;
    ASSERT_TRUE(client.add_mroute(added));
    ASSERT_TRUE(router.reload(with("", "mroutes:\n" + mroute("239.2.0.1"))));
    EXPECT_EQ(router.ipv4.entries.begin()->second.action, Action::forward);
    ASSERT_TRUE(router.reload(with("")));
    EXPECT_EQ(router.state(), before);
}

TEST(Reloader, AnEntryFollowsItsRoute) {
    RunningRouter router(with("", "routes: [{prefix: 198.51.100.0/24, interface: a}]\n"));
    router.arrive<V4>("198.51.100.7", "239.1.1.1", kA);
    ASSERT_TRUE(router.reload(with("", "routes: [{prefix: 198.51.100.0/24, interface: b}]\n")));
    router.arrive<V4>("198.51.100.7", "239.1.1.1", kB);
    const auto mfe =
        router.manager<V4>().get_mfe({address<V4>("239.1.1.1"), address<V4>("198.51.100.7"), 32});
    ASSERT_TRUE(mfe);
    EXPECT_EQ(mfe->incoming.index, kB);
}

TEST(Reloader, AnIdleTimeoutIsThatOfEntriesThatAreThere) {
    RunningRouter router(with("239.1.1.1"));
    router.arrive<V4>("10.1.0.10", "239.1.1.1", kA);
    ASSERT_TRUE(router.reload(with("239.1.1.1", "timers: {mfe_idle_timeout: 16s}\n")));
    const auto mfe =
        router.manager<V4>().get_mfe({address<V4>("239.1.1.1"), address<V4>("10.1.0.10"), 32});
    ASSERT_TRUE(mfe);
    EXPECT_EQ(mfe->timeout, std::chrono::seconds(16));
    router.clock.advance(std::chrono::seconds(17));
    router.manager<V4>().run_timers(router.clock.now());
    EXPECT_THAT(router.ipv4.entries, IsEmpty());
}

TEST(Reloader, ALogLevelThatTheFileLeavesIsTheOperators) {
    const auto level = spdlog::default_logger()->level();
    RunningRouter router(with("", "log: info\n"));
    spdlog::default_logger()->set_level(spdlog::level::err);
    ASSERT_TRUE(router.reload(with("239.1.1.1", "log: info\n")));
    EXPECT_EQ(spdlog::default_logger()->level(), spdlog::level::err);
    ASSERT_TRUE(router.reload(with("239.1.1.1", "log: warning\n")));
    EXPECT_EQ(spdlog::default_logger()->level(), spdlog::level::warn);
    spdlog::default_logger()->set_level(level);
}

/// Flows that arrive somewhere, wanted or not.
void arrive_all(RunningRouter& router) {
    for (const InterfaceIndex interface : {InterfaceIndex{1}, InterfaceIndex{4}}) {
        for (const auto* group : {"239.1.1.1", "239.1.1.2", "232.1.1.1", "239.5.0.1"}) {
            router.arrive<V4>("10.1.0.10", group, interface);
            router.arrive<V4>("10.1.0.11", group, interface);
            router.arrive<V4>("198.51.100.7", group, interface);
        }
        for (const auto* group : {"ff1e::1:1", "ff1e::1:2", "ff3e::1:1"}) {
            router.arrive<V6>("fd00:1::10", group, interface);
            router.arrive<V6>("2001:db8:7::7", group, interface);
        }
    }
}

std::string good_text(test::RandomConfiguration& random) {
    for (;;) {
        auto text = random.next();
        if (config::read_text("f", text)) {
            return text;
        }
    }
}

/// Whatever a router has been through, a reload leaves it as a start on that file would.
TEST(Reloader, ComesToTheSameAsAFreshStart) {
    const auto level = spdlog::default_logger()->level();
    spdlog::default_logger()->set_level(spdlog::level::off);
    for (unsigned seed = 0; seed < 20; ++seed) {
        test::RandomConfiguration random(seed);
        RunningRouter router(good_text(random));
        for (int round = 0; round < 6; ++round) {
            arrive_all(router);
            const auto text = good_text(random);
            SCOPED_TRACE("seed " + std::to_string(seed) + '\n' + text);
            const auto changes = router.reload(text);
            ASSERT_TRUE(changes) << changes.error().message;
            arrive_all(router);
            RunningRouter fresh(text, &router.settings);
            arrive_all(fresh);
            ASSERT_EQ(fresh.settings.interfaces, router.settings.interfaces);
            ASSERT_EQ(router.state(), fresh.state());
        }
    }
    spdlog::default_logger()->set_level(level);
}

/// A reload that finds no room in the middle of its work leaves everything as it was.
TEST(Reloader, ThatIsRefusedComesToNothing) {
    const auto level = spdlog::default_logger()->level();
    spdlog::default_logger()->set_level(spdlog::level::off);
    int refused = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
        test::RandomConfiguration random(seed);
        const auto text = good_text(random);
        RunningRouter router(text);
        const auto before = router.state();
        router.ipv4.capacity = router.ipv4.entries.size();
        const auto other = good_text(random);
        SCOPED_TRACE("seed " + std::to_string(seed) + '\n' + text + '\n' + other);
        if (router.reload(other)) {
            continue;
        }
        ++refused;
        ASSERT_EQ(router.state(), before);
        const auto again = router.reload(text);
        ASSERT_TRUE(again);
        EXPECT_THAT(*again, IsEmpty());
    }
    EXPECT_GT(refused, 10);
    spdlog::default_logger()->set_level(level);
}

}  // namespace
}  // namespace mgmd
