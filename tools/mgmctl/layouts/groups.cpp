// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

/// "all but 10.1.0.10": hosts want the group, but not from those.
std::string sources(const Sight& sight) {
    const auto* excluded = find(sight.row, "excluded");
    const bool all = excluded == nullptr || excluded->empty();
    const auto source = as_text(sight.row.at("source"));
    return all ? source : source + " but " + as_text(*excluded);
}

std::string state(const Sight& sight) {
    const auto* active = find(sight.row, "active");
    return active == nullptr || active->get<bool>() ? "active" : "behind a boundary";
}

}  // namespace

Layout groups_layout() {
    return {"show groups",
            {table_number(),
             text("GROUP", "group"),
             {"SOURCE", sources},
             text("INTERFACE", "interface"),
             list("WANTED BY", "by"),
             duration("EXPIRES", "expires_s"),
             text("FILTER", "filter"),
             text("HOSTS", "hosts"),
             {"STATE", state}},
            {"family", "table", "group", "source", "interface"},
            "nobody wants any group"};
}

}  // namespace mgmd::mgmctl
