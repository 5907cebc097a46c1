// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "common/settings.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/grace_clock.hpp"
#include "dataplane/interface_table.hpp"

namespace mgmd::dataplane {

/// What workers know of interfaces. Immutable once it is published, but for the flags of
/// InterfaceTable.
struct InterfaceVersion {
    /// `ports` by PortIndex, one for each of `settings.ports`.
    InterfaceVersion(const Settings& settings, std::span<const PortFacts> ports)
        : interfaces(settings, ports), arrivals(settings, ports) {}

    InterfaceTable interfaces;
    ArrivalTable arrivals;
    /// No other version has it, at whatever address.
    std::uint64_t number = 0;
};

/// Where workers find the version in force. A worker takes it over in a quiescent state and works
/// with it until the next: a burst sees one version, and asks for none. control: wo, worker: ro
using InterfaceSlot = std::atomic<const InterfaceVersion*>;

/// Puts one version in the place of another while workers run. What they may still work with is
/// kept until they have let go of it. Control thread, but for the slot. No DPDK.
class InterfaceVersions {
public:
    /// Versions that wait for their grace period: with so many, there is room for no other.
    static constexpr std::size_t kMostRetired = 64;

    /// `grace` outlives it, and it outlives the workers.
    InterfaceVersions(GraceClock& grace, std::unique_ptr<InterfaceVersion> first);

    InterfaceVersion& current() { return *current_; }
    const InterfaceVersion& current() const { return *current_; }
    const InterfaceSlot& slot() const { return slot_; }

    /// The worker that holds up so many versions that no other may follow; nullopt: one may.
    std::optional<WorkerIndex> laggard();
    /// Precondition: laggard() has said that one may follow.
    void publish(std::unique_ptr<InterfaceVersion> next);
    /// Frees what every worker has let go of. A timer calls it.
    void reclaim();
    std::size_t retired() const { return retired_.size(); }

private:
    struct Retired {
        GraceClock::Token token;
        std::unique_ptr<InterfaceVersion> version;
    };

    GraceClock& grace_;
    std::unique_ptr<InterfaceVersion> current_;
    std::uint64_t last_number_ = 0;
    std::deque<Retired> retired_;
    alignas(64) InterfaceSlot slot_{nullptr};
};

}  // namespace mgmd::dataplane
