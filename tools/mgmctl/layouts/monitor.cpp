// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

/// "18:44:01.123" of "2026-11-28T18:44:01.123456+0100".
std::string time_of_day(const Sight& sight) {
    constexpr std::size_t kDate = 11;
    constexpr std::size_t kMilliseconds = 12;
    const auto* time = find(sight.row, "time");
    const auto text = time == nullptr ? std::string() : as_text(*time);
    return text.size() < kDate ? text : text.substr(kDate, kMilliseconds);
}

/// The host, else the protocol.
std::string who(const Sight& sight) {
    for (const auto* key : {"host", "protocol"}) {
        if (const auto* value = find(sight.row, key)) {
            return as_text(*value);
        }
    }
    return "-";
}

/// "active, source to left, right", "40 packets", and what else there is to say.
std::string details(const Sight& sight) {
    std::string text;
    const auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
    if (const auto* state = find(sight.row, "state")) {
        add(as_text(*state));
    }
    const auto* incoming = find(sight.row, "incoming");
    const auto* outgoing = find(sight.row, "outgoing");
    if (incoming != nullptr) {
        add("from " + as_text(*incoming));
    }
    if (outgoing != nullptr && !outgoing->empty()) {
        text += (text.empty() ? "to " : " to ") + as_text(*outgoing);
    }
    if (const auto* count = find(sight.row, "count")) {
        add(as_text(*count) + (*count == 1 ? " packet" : " packets"));
    }
    if (const auto* more = find(sight.row, "details")) {
        add(as_text(*more));
    }
    return text;
}

Column wide(std::size_t least_width, Column column) {
    column.least_width = least_width;
    return column;
}

}  // namespace

Layout monitor_layout() {
    return {"monitor",
            {{"TIME", time_of_day, 12},
             wide(10, text("KIND", "kind")),
             wide(8, text("EVENT", "event")),
             wide(9, text_or_dash("INTERFACE", "interface")),
             wide(11, text_or_dash("SOURCE", "source")),
             wide(11, text_or_dash("GROUP", "group")),
             {"WHO", who, 9},
             {"DETAILS", details}},
            {},
            ""};
}

}  // namespace mgmd::mgmctl
