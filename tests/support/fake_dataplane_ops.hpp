// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "common/dataplane_ops.hpp"
#include "common/event_ring.hpp"

namespace mgmd::test {

/// Devices whose links a test plugs and pulls.
class FakeDataplaneOps final : public DataplaneOps {
public:
    /// `events`: where changes of links are told; outlives it.
    explicit FakeDataplaneOps(EventRing& events) : events_(events) {}

    /// The next poll will find it so.
    void set_link(PortIndex port, bool up) { changed_[port] = up; }

    /// The next poll will tell of them.
    void set_errors(PortIndex port, std::uint64_t errors) { errors_[port] = errors; }

    bool poll_links() override {
        ++polls;
        const bool any = !changed_.empty() || !errors_.empty();
        for (const auto& [port, up] : changed_) {
            Event event;
            event.kind = EventKind::link_state;
            event.port = port;
            event.value = up ? 1 : 0;
            events_.push(event);
        }
        changed_.clear();
        for (const auto& [port, errors] : errors_) {
            Event event;
            event.kind = EventKind::port_error;
            event.port = port;
            event.value = errors;
            events_.push(event);
        }
        errors_.clear();
        return any;
    }
    bool poll_thresholds() override {
        for (const auto& event : crossed) {
            events_.push(event);
        }
        return !std::exchange(crossed, {}).empty();
    }
    Expected<std::unique_ptr<PacketTap<CapturedPacket>>> capture(
        const CaptureRequest& /*request*/) override {
        return fail(ExitCode::system, "no packets here");
    }
    Expected<std::unique_ptr<PacketTap<TraceRecord>>> trace(const TapFilter& /*filter*/,
                                                            std::uint32_t /*count*/) override {
        return fail(ExitCode::system, "no packets here");
    }
    void reclaim() override {}
    Expected<> reconfigure(const Settings& settings) override {
        if (refuse_settings) {
            return fail(ExitCode::system, "the workers are busy");
        }
        settings_of_workers.push_back(settings);
        return {};
    }
    Expected<> set_port_up(PortIndex /*port*/, bool /*up*/) override { return {}; }
    Expected<> set_interface_up(InterfaceIndex /*interface*/, bool /*up*/) override { return {}; }
    Expected<Explanation> explain(const ArrivingFrame& frame) override {
        explained.assign(frame.octets.begin(), frame.octets.end());
        explained_port = frame.port;
        explained_length = frame.length;
        return explanation;
    }

    std::size_t polls = 0;
    std::vector<Event> crossed;                 ///< thresholds that the next poll will find crossed
    std::vector<Settings> settings_of_workers;  ///< that a reload has given them, in order
    bool refuse_settings = false;
    Explanation explanation;              ///< of every frame
    std::vector<std::uint8_t> explained;  ///< the last one
    PortIndex explained_port = 0;
    std::uint32_t explained_length = 0;

private:
    EventRing& events_;
    std::map<PortIndex, bool> changed_;
    std::map<PortIndex, std::uint64_t> errors_;
};

}  // namespace mgmd::test
