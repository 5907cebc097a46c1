// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/layout.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace mgmd::mgmctl {

const Layout* find_layout(std::string_view command) {
    static const std::array layouts{interfaces_layout(), protocols_layout(), groups_layout(),
                                    mroutes_layout(),    routes_layout(),    counters_layout(),
                                    drops_layout(),      events_layout(),    workers_layout(),
                                    memory_layout(),     version_layout(),   explain_layout(),
                                    reload_layout(),     monitor_layout(),   proxies_layout()};
    const auto found = std::find_if(layouts.begin(), layouts.end(), [&](const Layout& layout) {
        return layout.command == command;
    });
    return found == layouts.end() ? nullptr : &*found;
}

const Json* find(const Json& row, std::string_view key) {
    const auto found = row.find(key);
    return found == row.end() ? nullptr : &*found;
}

std::string as_text(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    if (value.is_boolean()) {
        return value.get<bool>() ? "yes" : "no";
    }
    if (value.is_array()) {
        std::string joined;
        for (const auto& item : value) {
            joined += (joined.empty() ? "" : ", ") + as_text(item);
        }
        return joined;
    }
    return value.dump();
}

std::string as_duration(double seconds) {
    constexpr std::uint64_t kMinute = 60;
    constexpr std::uint64_t kHour = 60 * kMinute;
    constexpr std::uint64_t kDay = 24 * kHour;
    const auto whole = static_cast<std::uint64_t>(std::max(0.0, seconds));
    if (whole < kMinute) {
        return fmt::format("{}s", whole);
    }
    if (whole < kHour) {
        return fmt::format("{}m{:02}s", whole / kMinute, whole % kMinute);
    }
    if (whole < kDay) {
        return fmt::format("{}h{:02}m", whole / kHour, whole % kHour / kMinute);
    }
    return fmt::format("{}d{:02}h", whole / kDay, whole % kDay / kHour);
}

Column text(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr ? std::string() : as_text(*value);
            }};
}

Column text_or_dash(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr ? std::string("-") : as_text(*value);
            }};
}

Column list(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr || value->empty() ? std::string("-") : as_text(*value);
            }};
}

Column table_number() {
    return {"TABLE", [](const Sight& sight) {
                const auto* value = find(sight.row, "table");
                return value == nullptr || *value == 0 ? std::string() : as_text(*value);
            }};
}

Column duration(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr ? std::string("-") : as_duration(value->get<double>());
            }};
}

Column decimal(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr ? std::string("-")
                                        : fmt::format("{:.1f}", value->get<double>());
            }};
}

Column percent(std::string header, std::string key) {
    return {std::move(header), [key = std::move(key)](const Sight& sight) {
                const auto* value = find(sight.row, key);
                return value == nullptr ? std::string("-")
                                        : fmt::format("{:.1f}%", 100 * value->get<double>());
            }};
}

Column rate(std::string header, std::vector<std::string> keys, std::string age) {
    const auto sum = [keys = std::move(keys)](const Json& row) {
        double total = 0;
        for (const auto& key : keys) {
            const auto* value = find(row, key);
            total += value == nullptr ? 0 : value->get<double>();
        }
        return total;
    };
    return {std::move(header), [sum, age = std::move(age)](const Sight& sight) {
                if (sight.before != nullptr && sight.seconds > 0) {
                    const auto grown = std::max(0.0, sum(sight.row) - sum(*sight.before));
                    return fmt::format("{:.0f}/s", grown / sight.seconds);
                }
                const auto* lasted = age.empty() ? nullptr : find(sight.row, age);
                return lasted == nullptr || lasted->get<double>() <= 0
                           ? std::string()
                           : fmt::format("~{:.0f}/s", sum(sight.row) / lasted->get<double>());
            }};
}

}  // namespace mgmd::mgmctl
