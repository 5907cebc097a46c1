// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

namespace {

std::string full(const Sight& sight) {
    const auto* capacity = find(sight.row, "capacity");
    if (capacity == nullptr) {
        return "";
    }
    const auto share = sight.row.at("used").get<double>() / capacity->get<double>();
    return std::to_string(static_cast<int>(100 * share)) + '%';
}

}  // namespace

Layout memory_layout() {
    return {"show memory",
            {text("WHAT", "what"),
             text("USED", "used"),
             text_or_dash("OF", "capacity"),
             text("UNIT", "unit"),
             {"FULL", full}},
            {"what"},
            "nothing"};
}

}  // namespace mgmd::mgmctl
