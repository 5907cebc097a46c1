// SPDX-License-Identifier: Apache-2.0
#include "control/listeners.hpp"

#include <utility>

namespace mgmd {

Listeners::Listeners(const Settings& settings, const Clock& clock, EventLoop& loop,
                     ControlPlane& control, ctl::Dispatch dispatch)
    : settings_(settings),
      clock_(clock),
      loop_(loop),
      control_(control),
      ctl_server_(loop, clock, std::move(dispatch)) {}

Expected<> Listeners::start() {
    return ctl_server_.listen(settings_.control_socket).and_then([this] {
        return serve_metrics();
    });
}

Expected<> Listeners::reconfigure(const Settings& /*before*/) {
    return start();
}

Expected<> Listeners::serve_metrics() {
    const auto& wanted = settings_.metrics.listen;
    if (served_at_ == wanted) {
        return {};
    }
    end_metrics();  // first: another address may have the same port
    if (wanted.empty()) {
        return {};
    }
    return metrics::Exporter::listen(settings_, clock_, loop_, control_).map([&](auto exporter) {
        exporter_ = std::move(exporter);
        served_at_ = wanted;
    });
}

void Listeners::end_metrics() {
    exporter_.reset();
    served_at_.clear();
}

}  // namespace mgmd
