// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "common/capture_ring.hpp"
#include "common/counter.hpp"
#include "common/metered_ring.hpp"
#include "common/packet_tap.hpp"
#include "common/packet_trace.hpp"

/// One worker's ends of captures and traces. No DPDK.
namespace mgmd::dataplane {

/// What filters ask of a frame.
struct FrameFacts {
    InterfaceIndex interface = kNoInterface;
    std::optional<Family> family;  ///< nullopt: not IP, or cut
    RawAddress source{};
    RawAddress destination{};
};

/// A filter with its count of matches. Worker thread.
class FrameFilter {
public:
    explicit FrameFilter(const TapFilter& filter) : filter_(filter), until_meant_(filter.one_in) {}

    /// Precondition: called once for each frame.
    bool takes(const FrameFacts& frame) {
        if (!matches(frame) || --until_meant_ != 0) {
            return false;
        }
        until_meant_ = filter_.one_in;
        return true;
    }

private:
    bool matches(const FrameFacts& frame) const {
        if (filter_.interface != kNoInterface && filter_.interface != frame.interface) {
            return false;
        }
        if (!frame.family) {
            return filter_.others;
        }
        return *frame.family == Family::ipv4 ? admits<V4>(filter_.ipv4, frame)
                                             : admits<V6>(filter_.ipv6, frame);
    }
    template <class F>
    static bool admits(const TapMatch<F>& match, const FrameFacts& frame) {
        return match.admits(frame.source.as<F>(), frame.destination.as<F>());
    }

    TapFilter filter_;
    std::uint32_t until_meant_;
};

/// Frames that one call of a driver may be offered.
inline constexpr std::size_t kMostStaged = 128;

/// Captures frames into a ring. What a driver has yet to take is staged first: only what it took
/// was sent. Control makes it, and reads the ring and the count; all else is the worker's.
class WorkerCapture {
public:
    WorkerCapture(const CaptureRequest& request, std::size_t ring_octets)
        : ring(ring_octets), request_(request), filter_(request.filter), staging_(ring_octets / 4) {
        ends_.reserve(kMostStaged);
    }

    bool wants_in() const { return request_.in; }
    bool wants_out() const { return request_.out; }
    bool wants_drop(DropReason reason) const {
        return request_.drop && (!request_.reason || *request_.reason == reason);
    }
    bool takes(const FrameFacts& frame) { return filter_.takes(frame); }

    /// Notes a frame as number `frame` of those in hand. Returns where its octets are to go, as
    /// many as `note.captured` says then; empty: no room, which is counted.
    std::span<std::uint8_t> stage(CaptureNote note, std::uint16_t frame) {
        note.captured =
            static_cast<std::uint16_t>(std::min<std::uint32_t>(note.length, request_.snap_length));
        const std::size_t begin = ends_.empty() ? 0 : ends_.back().octets;
        const std::size_t end = begin + sizeof note + note.captured;
        if (end > staging_.size() || ends_.size() == kMostStaged) {
            missed.add();
            return {};
        }
        std::memcpy(staging_.data() + begin, &note, sizeof note);
        ends_.push_back({end, frame});
        return std::span(staging_).subspan(begin + sizeof note, note.captured);
    }

    /// Of the frames staged, those whose numbers are below `frames` go into the ring; the others
    /// are forgotten. True: control has something to read.
    bool commit(std::uint16_t frames) {
        bool any = false;
        std::size_t begin = 0;
        for (const auto& end : ends_) {
            if (end.frame >= frames) {
                break;
            }
            if (ring.push(std::span(staging_).subspan(begin, end.octets - begin))) {
                any = true;
            } else {
                missed.add();
            }
            begin = end.octets;
        }
        ends_.clear();
        return any;
    }

    CaptureRing ring;            // worker: producer, control: consumer
    alignas(64) Counter missed;  // worker: wo, control: ro

private:
    struct End {
        std::size_t octets;  ///< of `staging_`, up to here
        std::uint16_t frame;
    };

    const CaptureRequest request_;
    FrameFilter filter_;
    std::vector<End> ends_;
    std::vector<std::uint8_t> staging_;
};

/// Traces packets, one after the other, until there are enough. Control makes it and reads the
/// ring; all else is the worker's.
class WorkerTrace {
public:
    WorkerTrace(const TapFilter& filter, std::uint32_t count) : filter_(filter), left_(count) {}

    bool takes(const FrameFacts& frame) {
        if (left_ == 0 || !filter_.takes(frame)) {
            return false;
        }
        --left_;
        return true;
    }

    MeteredRing<TraceRecord, 256> ring;  // worker: producer, control: consumer

private:
    FrameFilter filter_;
    std::uint32_t left_;
};

/// Most captures and traces at one time.
inline constexpr std::size_t kMaxCaptures = 4;

/// Everything that looks at one worker's packets. Immutable once published.
struct Observers {
    std::array<WorkerCapture*, kMaxCaptures> captures{};
    std::size_t capture_count = 0;
    WorkerTrace* trace = nullptr;

    std::span<WorkerCapture* const> all_captures() const {
        return {captures.data(), capture_count};
    }
    bool empty() const { return capture_count == 0 && trace == nullptr; }

    // What nobody looks at costs no more than ever: a capture of drops alone, where none drop.

    bool look_at_arrivals() const {
        return trace != nullptr ||
               std::ranges::any_of(all_captures(), [](auto* each) { return each->wants_in(); });
    }
    bool look_at_departures() const {
        return std::ranges::any_of(all_captures(), [](auto* each) { return each->wants_out(); });
    }
};

}  // namespace mgmd::dataplane
