// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/error.hpp"
#include "common/ids.hpp"

/// The door by which control operates devices. Control thread only; may take milliseconds.
namespace mgmd {

class DataplaneOps {
public:
    virtual ~DataplaneOps() = default;

    /// Looks at every port: each change of a link since the last call becomes a `link_state`
    /// event, and errors that a device has counted a `port_error` event. True if there is any.
    virtual bool poll_links() = 0;

    /// Ends the intervals of thresholds (Signals) that silence may cross, where no packet did; each
    /// that was crossed becomes a `threshold` event. True if any was.
    virtual bool poll_thresholds() = 0;

    /// Administratively takes a port's link up or down.
    virtual Expected<> set_port_up(PortIndex port, bool up) = 0;

    /// Starts or stops forwarding in and out of one interface, whatever its port's link does.
    virtual Expected<> set_interface_up(InterfaceIndex interface, bool up) = 0;
};

}  // namespace mgmd
