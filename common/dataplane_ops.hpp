// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "common/error.hpp"
#include "common/explanation.hpp"
#include "common/ids.hpp"
#include "common/packet_tap.hpp"
#include "common/packet_trace.hpp"
#include "common/settings.hpp"

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

    /// Copies packets, as they come, go or are dropped. Refused where too many captures run, or
    /// there is no memory. What is returned must end before the dataplane does.
    virtual Expected<std::unique_ptr<PacketTap<CapturedPacket>>> capture(
        const CaptureRequest& request) = 0;

    /// Records what each stage does with packets that match: the first `count`, on each worker.
    /// One trace runs at a time.
    virtual Expected<std::unique_ptr<PacketTap<TraceRecord>>> trace(const TapFilter& filter,
                                                                    std::uint32_t count) = 0;

    /// Frees what ended captures and traces have left and workers have let go of. A timer calls it.
    virtual void reclaim() = 0;

    /// Starts or stops forwarding in and out of one interface, whatever its port's link does.
    virtual Expected<> set_interface_up(InterfaceIndex interface, bool up) = 0;

    /// Workers take over what interfaces may change while they run: boundaries, TTL thresholds,
    /// MTUs, and which IGMP they let pass. `settings` has the same ports and interfaces, at the
    /// same places, as the dataplane was started with. Entries that are there keep what they have
    /// of thresholds, MTUs and boundaries until they are installed again; no packet is lost for it.
    /// On an error nothing has changed.
    virtual Expected<> reconfigure(const Settings& settings) = 0;

    /// What the stages would do with a frame that arrived now. They run on it without sending,
    /// counting or telling anything; what depends on how busy a worker is (rings, rates, holds) is
    /// as if it were idle. An error: no port has this number, the frame's length is out of range,
    /// or there is no memory.
    virtual Expected<Explanation> explain(const ArrivingFrame& frame) = 0;
};

}  // namespace mgmd
