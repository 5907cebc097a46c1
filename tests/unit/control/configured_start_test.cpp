// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "control/table_control.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_forwarding_table.hpp"
#include "tests/support/sample_settings.hpp"

/// config/ and MGM each have rules of their own: what the one calls good, the other must take.
namespace mgmd {
namespace {

std::set<TableId> tables_of(const Settings& settings) {
    std::set<TableId> tables{0};
    for (const auto& interface : settings.interfaces) {
        tables.insert(interface.table);
    }
    return tables;
}

template <class F>
void start_tables(const Settings& settings) {
    const test::FakeClock clock;
    const MembershipDoors doors{clock, [](const auto&) {}, [](const auto&) { return true; },
                                [](PortIndex) { return MacAddress{}; }};
    std::uint64_t routes = 0;
    for (const TableId table : tables_of(settings)) {
        test::FakeForwardingTable<F> forwarding;
        TableControl<F> control(settings, table, forwarding, doors);
        const auto started = control.start();
        EXPECT_TRUE(started) << started.error().message;
        routes += control.manager().usage().installed_routes;
    }
    EXPECT_EQ(routes, settings.family<F>().mroutes.size());
}

void expect_start(const config::LoadResult& loaded) {
    ASSERT_TRUE(loaded) << config::to_string(loaded.error().front());
    start_tables<V4>(*loaded);
    start_tables<V6>(*loaded);
}

TEST(ConfiguredStart, OfEachExample) {
    for (const auto& file : std::filesystem::directory_iterator("config/examples")) {
        SCOPED_TRACE(file.path());
        expect_start(config::load_file(file.path()));
    }
}

TEST(ConfiguredStart, OfEachMroute) {
    for (const auto mroute : test::kSingleMroutes) {
        SCOPED_TRACE(mroute);
        expect_start(config::load_text("f", test::with_mroute(mroute)));
    }
}

TEST(ConfiguredStart, OfMroutesInTwoTables) {
    expect_start(
        config::load_text("f", std::string(test::kFourInterfaces) + std::string(test::kMroutes)));
}

}  // namespace
}  // namespace mgmd
