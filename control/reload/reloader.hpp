// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/error.hpp"
#include "common/setting_change.hpp"
#include "common/settings.hpp"
#include "control/control_plane.hpp"
#include "control/reload/reconfigurable.hpp"

namespace mgmd {

/// The configuration as it has been read again.
struct NewConfiguration {
    Settings settings;
    std::vector<SettingChange> changes;  ///< from the one in force
};

/// Where a router's configuration comes from.
class ConfigurationSource {
public:
    virtual ~ConfigurationSource() = default;
    /// An error lists every mistake, a line each.
    virtual Expected<NewConfiguration> read() = 0;
    /// What was read last is in force.
    virtual void adopt() = 0;
};

/// Takes a new configuration over while the router runs. It is taken over as a whole or not at all;
/// what both have (flows, memberships, protocols) does not notice. Control thread, from the loop.
class Reloader {
public:
    /// All outlive it. `running`: what the control plane works with.
    Reloader(Settings& running, ControlPlane& control, ConfigurationSource& source)
        : running_(running), control_(control), source_(source) {}

    /// `part` follows the settings before the control plane does. It outlives the reloader.
    void add(Reconfigurable& part) { parts_.push_back(&part); }
    /// Who is told that a reload begins, and that it has ended, whatever came of it.
    void tell(std::function<void()> begins, std::function<void()> has_ended) {
        begins_ = std::move(begins);
        has_ended_ = std::move(has_ended);
    }

    /// What has changed. `is_dry_run`: it is not taken over, and may hold what needs a restart.
    /// What is taken over, and every error, is logged as well.
    /// An error (of the file, a change that needs a restart, a refusal): nothing has changed. Its
    /// first line is a summary.
    Expected<std::vector<SettingChange>> reload(bool is_dry_run);

private:
    Expected<std::vector<SettingChange>> read(bool is_dry_run);
    Expected<> apply(Settings& fresh);
    Expected<> reconfigure(const Settings& before);

    Settings& running_;
    ControlPlane& control_;
    ConfigurationSource& source_;
    std::vector<Reconfigurable*> parts_;
    std::function<void()> begins_ = [] {};
    std::function<void()> has_ended_ = [] {};
};

/// "timers.mfe_idle_timeout: 210s -> 300s"
std::string to_string(const SettingChange& change);

}  // namespace mgmd
