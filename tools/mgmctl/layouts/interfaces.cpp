// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

const Json* of_family(const Json& row, const char* family, const char* key) {
    const auto* described = find(row, family);
    return described == nullptr ? nullptr : find(*described, key);
}

std::string addresses(const Sight& sight) {
    std::string text;
    for (const auto* family : {"ipv4", "ipv6"}) {
        const auto* list = of_family(sight.row, family, "addresses");
        if (list != nullptr && !list->empty()) {
            text += (text.empty() ? "" : ", ") + as_text(*list);
        }
    }
    return text.empty() ? "-" : text;
}

std::string owner(const Sight& sight) {
    const auto* ipv4 = of_family(sight.row, "ipv4", "owner");
    const auto* ipv6 = of_family(sight.row, "ipv6", "owner");
    const auto first = ipv4 == nullptr ? std::string("-") : as_text(*ipv4);
    const auto second = ipv6 == nullptr ? std::string("-") : as_text(*ipv6);
    return first == second ? first : first + ", " + second;
}

/// "querier, 3 groups".
Column membership(std::string header, const char* family, const char* protocol) {
    return {std::move(header), [=](const Sight& sight) {
                const auto* described = of_family(sight.row, family, protocol);
                return described == nullptr ? std::string()
                                            : as_text(described->at("role")) + ", " +
                                                  as_text(described->at("groups")) + " groups";
            }};
}

}  // namespace

Layout interfaces_layout() {
    return {"show interfaces",
            {text("INTERFACE", "interface"),
             text("PORT", "port"),
             text("S-VLAN", "outer_vlan"),
             text("VLAN", "vlan"),
             table_number(),
             text("LINK", "link"),
             text("MTU", "mtu"),
             {"OWNER", owner},
             membership("IGMP", "ipv4", "igmp"),
             membership("MLD", "ipv6", "mld"),
             text("RX", "rx_packets"),
             rate("RX-RATE", {"rx_packets"}),
             text("TX", "tx_packets"),
             rate("TX-RATE", {"tx_packets"}),
             {"ADDRESSES", addresses}},
            {"interface"},
            "no interfaces"};
}

}  // namespace mgmd::mgmctl
