// SPDX-License-Identifier: Apache-2.0
#include "config/diff.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/draft.hpp"
#include "config/load.hpp"
#include "tests/support/sample_settings.hpp"
#include "tests/unit/config/support.hpp"

namespace mgmd::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr bool kLive = true;
constexpr bool kRestart = false;

/// `text` as it is, or behind the two sample interfaces.
Configuration good(const std::string& text) {
    auto file = read_text("f", text.starts_with("ports:") || text.starts_with("\n")
                                   ? text
                                   : std::string(mgmd::test::kTwoInterfaces) + text);
    EXPECT_TRUE(file) << text << (file ? "" : to_string(file.error().front()));
    return file ? std::move(*file) : Configuration();
}

std::vector<SettingChange> diff_of(const std::string& before, const std::string& after) {
    return diff(good(before).document, good(after).document);
}

TEST(Diff, OfAValueGivenAndItsDefault) {
    EXPECT_THAT(diff_of("", "timers: {mfe_idle_timeout: 5m}\nworkers: {burst: 16}\n"),
                ElementsAre(SettingChange{"workers.burst", "32", "16", kRestart},
                            SettingChange{"timers.mfe_idle_timeout", "210s", "300s", kLive}));
}

TEST(Diff, NothingThatMeansTheSame) {
    EXPECT_THAT(diff_of("", "timers: {mfe_idle_timeout: 3.5m}\nlimits: {entries: 65536}\n"),
                IsEmpty());
    EXPECT_THAT(diff_of("log: debug\n", "log: {level: debug}\n"), IsEmpty());
    EXPECT_THAT(diff_of("routes: [{prefix: 10.9.0.0/16, interface: a, metric: 0}]\n",
                        "routes:\n  - {interface: a, prefix: 10.9.0.0/16}\n"),
                IsEmpty());
    EXPECT_THAT(diff_of("mroutes: [{group: 239.1.1.1, accept: a, outgoing: b},"
                        " {group: 239.1.1.2, accept: [a, b], outgoing: a}]\n",
                        "mroutes: [{group: 239.1.1.2, accept: [b, a], outgoing: a},"
                        " {group: 239.1.1.1/32, accept: a, outgoing: [{interface: b}]}]\n"),
                IsEmpty());
    EXPECT_THAT(diff_of("ports: {a: net_null0, b: net_null1}\ninterfaces:\n"
                        "  a: {igmp: yes}\n  b: {igmp: {version: 3}, mld: no}\n",
                        "ports: {b: net_null1, a: net_null0}\ninterfaces:\n"
                        "  b: {igmp: {enabled: yes}}\n  a: {igmp: {}}\n"),
                IsEmpty());
}

TEST(Diff, OfASectionThatComesAndGoes) {
    const std::string with = "ports: {a: net_null0}\ninterfaces: {a: {igmp: {version: 2}}}\n";
    const std::string without = "ports: {a: net_null0}\ninterfaces: {a: {}}\n";
    EXPECT_THAT(diff_of(without, with),
                ElementsAre(SettingChange{"interfaces.a.igmp.enabled", "no", "yes", kLive},
                            SettingChange{"interfaces.a.igmp.version", "3", "2", kLive}));
    EXPECT_THAT(diff_of(with, without),
                ElementsAre(SettingChange{"interfaces.a.igmp.enabled", "yes", "no", kLive},
                            SettingChange{"interfaces.a.igmp.version", "2", "3", kLive}));
}

TEST(Diff, OfMroutesBySourceAndGroup) {
    EXPECT_THAT(
        diff_of("mroutes: [{group: 239.1.1.1, accept: a, outgoing: b},"
                " {group: 239.1.1.2, accept: a, outgoing: a}]\n",
                "mroutes: [{group: 239.1.1.3, source: 10.1.0.9, accept: any, outgoing: b},"
                " {group: 239.1.1.1, accept: [a, b], action: drop}]\n"),
        ElementsAre(
            SettingChange{"mroutes[239.1.1.1].accept", "", "b", kLive},
            SettingChange{"mroutes[239.1.1.1].outgoing[b]", "b", "", kLive},
            SettingChange{"mroutes[239.1.1.1].action", "forward", "drop", kLive},
            SettingChange{"mroutes[239.1.1.2]", "group 239.1.1.2, accept a, outgoing a", "", kLive},
            SettingChange{"mroutes[10.1.0.9, 239.1.1.3]", "",
                          "group 239.1.1.3, source 10.1.0.9, accept any, outgoing b", kLive}));
}

TEST(Diff, OfStaticJoins) {
    const auto joins = [](const std::string& list) {
        return "ports: {a: net_null0}\n"
               "interfaces: {a: {protocol: static, static_joins: [" +
               list + "]}}\n";
    };
    EXPECT_THAT(
        diff_of(joins("239.1.1.1, 239.1.1.2"),
                joins("239.1.1.3, {group: 239.1.1.2}, {group: 232.1.1.1, source: 10.1.0.9}")),
        ElementsAre(SettingChange{"interfaces.a.static_joins[239.1.1.1]", "239.1.1.1", "", kLive},
                    SettingChange{"interfaces.a.static_joins[239.1.1.3]", "", "239.1.1.3", kLive},
                    SettingChange{"interfaces.a.static_joins[10.1.0.9, 232.1.1.1]", "",
                                  "group 232.1.1.1, source 10.1.0.9", kLive}));
}

TEST(Diff, OfWhatWorkersKnowOfAnInterface) {
    EXPECT_THAT(
        diff_of("ports: {a: net_null0}\ninterfaces: {a: {addresses: [10.1.0.1/24],"
                " boundaries: [239.1.0.0/16, 239.2.0.0/16], igmp: yes}}\n",
                "ports: {a: net_null0}\ninterfaces: {a: {addresses: [10.2.0.1/24], mtu: 1400,"
                " ttl_threshold: 9, boundaries: [239.3.0.0/16, 239.2.0.0/16],"
                " ipv6_scope_boundary: site-local, igmp: {check_ttl: no}}}\n"),
        UnorderedElementsAre(
            SettingChange{"interfaces.a.addresses", "10.1.0.1/24", "10.2.0.1/24", kRestart},
            SettingChange{"interfaces.a.mtu", "the port's", "1400", kLive},
            SettingChange{"interfaces.a.ttl_threshold", "0", "9", kLive},
            SettingChange{"interfaces.a.igmp.check_ttl", "yes", "no", kLive},
            SettingChange{"interfaces.a.boundaries", "239.1.0.0/16", "239.3.0.0/16", kLive},
            SettingChange{"interfaces.a.ipv6_scope_boundary", "none", "site-local", kLive}));
}

TEST(Diff, OfAnInterfaceThatComes) {
    EXPECT_THAT(diff_of("ports: {a: net_null0}\ninterfaces: {a: {}}\n",
                        "ports: {a: net_null0}\ninterfaces:\n  a: {}\n"
                        "  v: {port: a, vlan: 7, igmp: {version: 2}}\n"),
                ElementsAre(SettingChange{"interfaces.v", "", "port a, vlan 7, igmp {version 2}",
                                          kRestart}));
}

TEST(Diff, OfAnOrderThatMatters) {
    const auto addresses = [](const std::string& list) {
        return "ports: {a: net_null0}\ninterfaces: {a: {addresses: [" + list + "]}}\n";
    };
    EXPECT_THAT(
        diff_of(addresses("10.1.0.1/24, 10.2.0.1/24"), addresses("10.2.0.1/24, 10.1.0.1/24")),
        ElementsAre(SettingChange{"interfaces.a.addresses", "10.1.0.1/24, 10.2.0.1/24",
                                  "10.2.0.1/24, 10.1.0.1/24", kRestart}));
}

TEST(Diff, OfAnyFileWithItselfIsNothing) {
    for (const auto* name : {"lab-pcap", "lab-proxy", "physical"}) {
        const auto text = test::read_file("config/examples/" + std::string(name) + ".yaml");
        EXPECT_THAT(diff_of('\n' + text, '\n' + text), IsEmpty()) << name;
    }
}

/// Every setting of every section that has no names or lists above it.
void expect_all_seen(const Record& record, const std::string& path) {
    for (const Field& field : record.fields) {
        const auto name =
            path.empty() ? std::string(field.name) : path + '.' + std::string(field.name);
        if (field.shape != Shape::one) {
            continue;
        }
        if (field.kind == Kind::record) {
            expect_all_seen(field.record(), name);
            continue;
        }
        SCOPED_TRACE(name);
        EXPECT_NE(field.canonical, nullptr);
    }
}

TEST(Diff, KnowsEverySetting) {
    expect_all_seen(Draft::record(), "");
}

}  // namespace
}  // namespace mgmd::config
