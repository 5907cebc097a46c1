// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include <boost/lockfree/spsc_queue.hpp>

#include "common/packet_tap.hpp"

namespace mgmd {

/// Captured frames of one worker on their way to control: octets, not slots, so that short frames
/// take little room. One producer, one consumer; neither ever waits.
class CaptureRing {
public:
    static_assert(std::is_trivially_copyable_v<CaptureNote>);

    /// All memory is taken, and touched, here: the producer meets no page for the first time.
    explicit CaptureRing(std::size_t octets) : queue_(octets) {
        const std::vector<std::uint8_t> zeros(octets);
        queue_.push(zeros.data(), zeros.size());
        queue_.reset();
    }

    /// Producer. A note and its octets, one behind the other. False: no room.
    bool push(std::span<const std::uint8_t> record) {
        if (queue_.write_available() < record.size()) {
            return false;
        }
        queue_.push(record.data(), record.size());
        return true;
    }

    /// Consumer. `octets` gets those that belong to the note. nullopt: the ring is empty.
    std::optional<CaptureNote> pop(std::vector<std::uint8_t>& octets) {
        CaptureNote note;
        if (queue_.read_available() < sizeof note) {
            return std::nullopt;
        }
        queue_.pop(reinterpret_cast<std::uint8_t*>(&note), sizeof note);
        octets.resize(note.captured);
        queue_.pop(octets.data(), octets.size());
        return note;
    }

    bool empty() const { return queue_.read_available() == 0; }  // consumer

private:
    boost::lockfree::spsc_queue<std::uint8_t> queue_;
};

}  // namespace mgmd
