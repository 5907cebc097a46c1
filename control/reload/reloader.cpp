// SPDX-License-Identifier: Apache-2.0
#include "control/reload/reloader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/log.hpp"
#include "control/reload/running_settings.hpp"

namespace mgmd {
namespace {

/// Of one file's list: nobody reads more.
constexpr std::size_t kMostListed = 50;

bool need_restart(const std::vector<SettingChange>& changes) {
    return !std::all_of(changes.begin(), changes.end(),
                        [](const SettingChange& change) { return change.live; });
}

tl::unexpected<Error> refuse_restart(const std::vector<SettingChange>& changes) {
    std::string lines;
    std::size_t count = 0;
    for (const auto& change : changes) {
        if (!change.live && ++count <= kMostListed) {
            lines += "\n  " + to_string(change);
        }
    }
    if (count > kMostListed) {
        lines += fmt::format("\n  and {} more", count - kMostListed);
    }
    return fail(ExitCode::configuration,
                "nothing was changed, because some of it needs a restart of mgmd: restart it, or "
                "take these back and reload the rest" +
                    lines);
}

void log(const std::vector<SettingChange>& changes) {
    spdlog::info("reload: {} changes", changes.size());
    const auto listed = std::min(changes.size(), kMostListed);
    for (std::size_t i = 0; i < listed; ++i) {
        spdlog::info("reload: {}", to_string(changes[i]));
    }
}

/// A line of a log is one line.
void log_lines(std::string_view message) {
    while (!message.empty()) {
        const auto end = message.find('\n');
        spdlog::error("reload: {}", message.substr(0, end));
        message.remove_prefix(end == message.npos ? message.size() : end + 1);
    }
}

}  // namespace

Expected<std::vector<SettingChange>> Reloader::reload(bool is_dry_run) {
    if (is_dry_run) {
        return read(true);
    }
    begins_();
    auto changes = read(false);
    has_ended_();
    if (changes) {
        log(*changes);
    } else {
        log_lines(changes.error().message);
    }
    return changes;
}

Expected<std::vector<SettingChange>> Reloader::read(bool is_dry_run) {
    auto read = source_.read();
    if (!read) {
        return tl::make_unexpected(std::move(read.error()));
    }
    auto& changes = read->changes;
    if (!need_restart(changes)) {
        if (!keep_places(running_, read->settings)) {
            return fail(ExitCode::internal, "the names of ports or interfaces have changed");
        }
    }
    if (is_dry_run) {
        return std::move(changes);
    }
    if (need_restart(changes)) {
        return refuse_restart(changes);
    }
    if (auto applied = apply(read->settings); !applied) {
        return tl::make_unexpected(std::move(applied.error()));
    }
    source_.adopt();
    return std::move(changes);
}

Expected<> Reloader::reconfigure(const Settings& before) {
    for (auto* part : parts_) {
        if (auto changed = part->reconfigure(before); !changed) {
            return changed;
        }
    }
    return control_.reconfigure(before);
}

Expected<> Reloader::apply(Settings& fresh) {
    if (auto changed = change_log(running_.log, fresh.log); !changed) {
        return changed;
    }
    exchange(running_, fresh);
    Settings& before = fresh;
    auto applied = reconfigure(before);
    if (applied) {
        control_.restore();
        return applied;
    }
    exchange(running_, before);
    Settings& refused = before;
    for (const auto& undone : {reconfigure(refused), change_log(refused.log, running_.log)}) {
        if (!undone) {
            spdlog::error("reload: can't go back: {}", undone.error().message);
        }
    }
    return applied;
}

std::string to_string(const SettingChange& change) {
    constexpr std::size_t kLongest = 200;
    const auto shown = [](const std::string& value) {
        return value.empty()             ? std::string("(none)")
               : value.size() > kLongest ? value.substr(0, kLongest) + "…"
                                         : value;
    };
    return fmt::format("{}: {} -> {}", change.item, shown(change.before), shown(change.after));
}

}  // namespace mgmd
