// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

std::uint64_t number(const Json& object, std::string_view key) {
    const auto* value = find(object, key);
    return value == nullptr ? 0 : value->get<std::uint64_t>();
}

/// "left 120, right 118 (2 ttl)", or why there are no copies.
std::string copies(const Sight& sight) {
    if (const auto* why = find(sight.row, "why")) {
        return "- " + as_text(*why);
    }
    const auto* outgoing = find(sight.row, "outgoing");
    std::string text;
    for (const auto& out : outgoing == nullptr ? Json::array() : *outgoing) {
        std::string exceptions;
        const auto except = [&](const char* key, const char* name) {
            if (const auto count = number(out, key); count > 0) {
                exceptions += (exceptions.empty() ? " (" : ", ") + std::to_string(count) + name;
            }
        };
        except("ttl_too_low", " ttl");
        except("too_big", " mtu");
        except("discarded", " discarded");
        text += (text.empty() ? "" : ", ") + as_text(out.at("interface")) + ' ' +
                std::to_string(number(out, "packets")) +
                (exceptions.empty() ? "" : exceptions + ')');
    }
    return text.empty() ? "-" : text;
}

/// Accepted packets; of an entry that drops, those that it has dropped.
std::string packets(const Sight& sight) {
    return std::to_string(number(sight.row, "packets") + number(sight.row, "negative_hits"));
}

}  // namespace

Layout mroutes_layout() {
    return {"show mroutes",
            {table_number(),
             text("SOURCE", "source"),
             text("GROUP", "group"),
             text("STATE", "state"),
             list("IN", "incoming"),
             duration("AGE", "age_s"),
             duration("EXPIRES", "expires_s"),
             {"PACKETS", packets},
             rate("RATE", {"packets", "negative_hits"}, "age_s"),
             text("WRONG-IF", "wrong_interface"),
             {"COPIES OUT", copies}},
            {"family", "table", "source", "group"},
            "no entries"};
}

}  // namespace mgmd::mgmctl
