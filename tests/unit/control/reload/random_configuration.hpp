// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace mgmd::test {

/// Makes up configurations of the same ports and interfaces, which differ in what can change live.
/// Some of them are not good.
class RandomConfiguration {
public:
    explicit RandomConfiguration(unsigned seed) : random_(seed) {}

    std::string next() {
        statics_.clear();
        std::vector<std::string> interfaces;
        for (const auto* name : {"a", "b", "c", "d"}) {
            interfaces.push_back(interface(name));
        }
        std::shuffle(interfaces.begin(), interfaces.end(), random_);
        std::string text =
            "ports: {a: net_null0, b: net_null1, c: net_null2, d: net_null3}\ninterfaces:\n";
        for (const auto& each : interfaces) {
            text += each;
        }
        return text + routes() + mroutes() + limits();
    }

private:
    bool chance(unsigned percent) { return pick(100) < percent; }
    unsigned pick(unsigned count) {
        return std::uniform_int_distribution<unsigned>(0, count - 1)(random_);
    }
    std::string one_of(const std::vector<std::string>& texts) {
        return texts[pick(static_cast<unsigned>(texts.size()))];
    }
    std::string some(const std::vector<std::string>& texts) {
        std::string list;
        for (const auto& text : texts) {
            if (chance(50)) {
                list += (list.empty() ? "" : ", ") + text;
            }
        }
        return '[' + list + ']';
    }

    std::string interface(const std::string& name) {
        const auto number = std::to_string(name[0] - 'a' + 1);
        const bool is_static = chance(60);
        const auto igmp = membership("igmp", "239.1.1.2", "10.1.0.11");
        const auto mld = membership("mld", "\"ff1e::1:2\"", "fd00:1::11");
        std::string text = "  " + name + ": {addresses: [10." + number +
                           ".0.1/24, \"fd00:" + number + "::1/64\"]" + igmp + mld;
        text += name == "d" ? ", table: 4" : "";
        text += chance(30) ? ", ttl_threshold: " + one_of({"9", "200"}) : "";
        text += chance(30) ? ", mtu: 1400" : "";
        text += chance(30) ? ", boundaries: " + one_of({"239.1.1.1/32",
                                                        "[239.0.0.0/8, "
                                                        "\"ff1e::1:1/128\"]"})
                           : "";
        text += chance(20) ? ", ipv6_scope_boundary: organization-local" : "";
        if (is_static) {
            text += ", protocol: static";
            if (name != "d") {
                statics_.push_back(name);
            }
        }
        std::vector<std::string> joins;
        if (is_static || !igmp.empty()) {
            joins = {"239.1.1.1", "239.1.1.2", "{group: 232.1.1.1, source: 10.1.0.10}",
                     "{group: 239.1.1.1, source: 10.1.0.11}"};
        }
        if (is_static || !mld.empty()) {
            joins.insert(joins.end(), {"\"ff1e::1:1\"", "\"ff1e::1:2\"",
                                       "{group: \"ff3e::1:1\", source: \"fd00:1::10\"}"});
        }
        return text + ", static_joins: " + some(joins) + "}\n";
    }

    std::string membership(const std::string& name, const std::string& group,
                           const std::string& source) {
        if (chance(50)) {
            return "";
        }
        std::string text = ", " + name + ": {query_interval: " + one_of({"60s", "125s"});
        text += chance(30) ? ", version: 2" : "";
        text += chance(30) ? ", deny_groups: " + group : "";
        text +=
            chance(30) ? ", deny_sources: \"" + source + (name == "igmp" ? "/32\"" : "/128\"") : "";
        text += chance(30) ? ", max_groups: 7, report_rate: 5" : "";
        text += name == "igmp" && chance(30) ? ", check_ttl: no" : "";
        return text + '}';
    }

    std::string routes() {
        std::string text = "routes:\n";
        for (const auto* prefix : {"198.51.100.0/24", "198.51.100.0/25", "\"2001:db8:7::/48\""}) {
            const bool is_ipv4 = prefix[0] != '"';
            for (unsigned n = pick(3); n > 0; --n) {
                const auto number = std::to_string(n);
                text += "  - {prefix: " + std::string(prefix) + ", next_hop: " +
                        (is_ipv4 ? "10." + number + ".0.9" : "\"fd00:" + number + "::9\"") +
                        ", metric: " + std::to_string(pick(3)) +
                        (chance(30) ? ", view: unicast" : "") + "}\n";
            }
        }
        return text == "routes:\n" ? "" : text;
    }

    std::string mroutes() {
        std::string text = "mroutes:\n";
        for (const auto* key :
             {"group: 239.1.1.1", "group: 239.1.1.1, source: 10.1.0.10", "group: 239.1.0.0/16",
              "group: 0.0.0.0/0", "group: 239.5.0.0, group_count: 3", "group: \"ff1e::1:1\"",
              "group: \"::/0\"", "group: 239.9.9.9, table: 4"}) {
            if (chance(70)) {
                continue;
            }
            text += "  - {" + std::string(key);
            const bool drops =
                statics_.empty() || chance(30) || std::string_view(key).ends_with("table: 4");
            text += drops ? ", action: drop}\n"
                          : ", accept: " + one_of({one_of(statics_), "any"}) + ", outgoing: " +
                                one_of({"b", "[b, {interface: a, ttl_threshold: 9}]", "[c, a]"}) +
                                "}\n";
        }
        return text == "mroutes:\n" ? "" : text;
    }

    std::string limits() {
        return "limits: {negative_entries: " + one_of({"64", "128"}) + "}\n" +
               "timers: {mfe_idle_timeout: " + one_of({"60s", "210s"}) + "}\n" +
               "log: " + one_of({"info", "warning"}) + '\n';
    }

    std::mt19937 random_;
    std::vector<std::string> statics_;  ///< interfaces of table 0 that the static protocol owns
};

}  // namespace mgmd::test
