// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "control/ctl/server.hpp"
#include "control/metrics/exporter.hpp"
#include "control/reload/reconfigurable.hpp"

namespace mgmd {

/// Where the router can be reached: the control socket, and metrics. Control thread.
class Listeners final : public Reconfigurable {
public:
    /// All references outlive it, and `loop` does not run after its end.
    Listeners(const Settings& settings, const Clock& clock, EventLoop& loop, ControlPlane& control,
              ctl::Dispatch dispatch);

    /// Listens as the settings say. An error says where it can't, and why.
    Expected<> start();
    /// Those who are connected to the control socket stay so. Scrapers have to wait until metrics
    /// are served at another place, and the caller for up to Exporter::kRequestTimeout where one of
    /// them is slow.
    Expected<> reconfigure(const Settings& before) override;
    /// Metrics are served no more.
    void end_metrics();

    const ctl::Server& control_socket() const { return ctl_server_; }
    const metrics::Exporter* exporter() const { return exporter_.get(); }

private:
    Expected<> serve_metrics();

    const Settings& settings_;
    const Clock& clock_;
    EventLoop& loop_;
    ControlPlane& control_;
    ctl::Server ctl_server_;
    std::unique_ptr<metrics::Exporter> exporter_;  ///< null: not served
    std::string served_at_;                        ///< metrics.listen of that
};

}  // namespace mgmd
