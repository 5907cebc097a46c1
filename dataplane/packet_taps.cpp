// SPDX-License-Identifier: Apache-2.0
#include "dataplane/packet_taps.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace mgmd::dataplane {
namespace {

/// Ended captures whose memory a worker has not let go of: with so many, no other begins.
constexpr std::size_t kMostRetired = 8;

Expected<> no_memory() {
    return fail(ExitCode::system, "no memory for the rings");
}

}  // namespace

/// Reads what the workers have captured, the oldest first.
class PacketTaps::CaptureReader final : public PacketTap<CapturedPacket> {
public:
    CaptureReader(PacketTaps& taps, std::shared_ptr<Captures> captures)
        : taps_(taps), captures_(std::move(captures)), first_(captures_->workers.size()) {}
    ~CaptureReader() override { stop(); }

    void begin(Token begun) { begun_ = begun; }
    bool has_begun() const override { return taps_.grace_.passed(begun_); }
    void stop() override {
        if (!ended_) {
            ended_ = taps_.remove(captures_);
        }
    }
    bool has_stopped() const override { return ended_ && taps_.grace_.passed(*ended_); }
    bool empty() const override {
        return std::all_of(first_.begin(), first_.end(),
                           [](const auto& packet) { return !packet; }) &&
               std::all_of(captures_->workers.begin(), captures_->workers.end(),
                           [](const auto& worker) { return worker->ring.empty(); });
    }
    std::optional<CapturedPacket> next() override {
        std::size_t oldest = first_.size();
        for (std::size_t worker = 0; worker < first_.size(); ++worker) {
            look(worker);
            if (first_[worker] && (oldest == first_.size() || first_[worker]->note.timestamp <
                                                                  first_[oldest]->note.timestamp)) {
                oldest = worker;
            }
        }
        return oldest == first_.size() ? std::nullopt : std::exchange(first_[oldest], {});
    }
    std::uint64_t missed() const override {
        std::uint64_t missed = 0;
        for (const auto& worker : captures_->workers) {
            missed += worker->missed.get();
        }
        return missed;
    }

private:
    void look(std::size_t worker) {
        auto& first = first_[worker];
        if (first) {
            return;
        }
        CapturedPacket packet;
        if (const auto note = captures_->workers[worker]->ring.pop(packet.octets)) {
            packet.note = *note;
            packet.time_ns = taps_.wall_time_(note->timestamp);
            packet.worker = static_cast<WorkerIndex>(worker);
            first = std::move(packet);
        }
    }

    PacketTaps& taps_;
    std::shared_ptr<Captures> captures_;
    Token begun_ = 0;
    std::optional<Token> ended_;
    std::vector<std::optional<CapturedPacket>> first_;  ///< by WorkerIndex
};

/// Reads what the workers have traced.
class PacketTaps::TraceReader final : public PacketTap<TraceRecord> {
public:
    TraceReader(PacketTaps& taps, std::shared_ptr<Traces> traces)
        : taps_(taps), traces_(std::move(traces)) {}
    ~TraceReader() override { stop(); }

    void begin(Token begun) { begun_ = begun; }
    bool has_begun() const override { return taps_.grace_.passed(begun_); }
    void stop() override {
        if (!ended_) {
            ended_ = taps_.remove(traces_);
        }
    }
    bool has_stopped() const override { return ended_ && taps_.grace_.passed(*ended_); }
    bool empty() const override {
        return std::all_of(traces_->workers.begin(), traces_->workers.end(),
                           [](const auto& worker) { return worker->ring.empty(); });
    }
    std::optional<TraceRecord> next() override {
        std::optional<TraceRecord> next;
        for (const auto& worker : traces_->workers) {
            worker->ring.drain([&](const TraceRecord& record) { next = record; }, 1);
            if (next) {
                next->time_ns = taps_.wall_time_(next->timestamp);
                break;
            }
        }
        return next;
    }
    std::uint64_t missed() const override {
        std::uint64_t missed = 0;
        for (const auto& worker : traces_->workers) {
            missed += worker->ring.refused();
        }
        return missed;
    }

private:
    PacketTaps& taps_;
    std::shared_ptr<Traces> traces_;
    Token begun_ = 0;
    std::optional<Token> ended_;
};

PacketTaps::PacketTaps(GraceClock& grace, std::vector<WorkerDoor> workers, WallTime wall_time,
                       std::size_t ring_octets)
    : grace_(grace),
      workers_(std::move(workers)),
      wall_time_(std::move(wall_time)),
      ring_octets_(ring_octets) {}

PacketTaps::~PacketTaps() {
    for (const auto& worker : workers_) {
        worker.slot->store(nullptr, std::memory_order_release);
    }
}

bool PacketTaps::may_start() {
    reclaim();
    return retired_.size() < kMostRetired;
}

Expected<std::unique_ptr<PacketTap<CapturedPacket>>> PacketTaps::capture(
    const CaptureRequest& request) {
    if (captures_.size() == kMaxCaptures) {
        return fail(ExitCode::system,
                    std::to_string(kMaxCaptures) + " captures run already, which is the most");
    }
    if (!may_start()) {
        return fail(ExitCode::system, "a worker has not let go of earlier captures yet");
    }
    try {
        auto captures = std::make_shared<Captures>();
        for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
            captures->workers.push_back(std::make_unique<WorkerCapture>(request, ring_octets_));
        }
        auto reader = std::make_unique<CaptureReader>(*this, captures);
        captures_.push_back(std::move(captures));
        reader->begin(publish(nullptr));
        return reader;
    } catch (const std::bad_alloc&) {
        return tl::make_unexpected(no_memory().error());
    }
}

Expected<std::unique_ptr<PacketTap<TraceRecord>>> PacketTaps::trace(const TapFilter& filter,
                                                                    std::uint32_t count) {
    if (traces_ != nullptr) {
        return fail(ExitCode::system, "another trace runs already");
    }
    if (!may_start()) {
        return fail(ExitCode::system, "a worker has not let go of earlier traces yet");
    }
    try {
        auto traces = std::make_shared<Traces>();
        for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
            traces->workers.push_back(std::make_unique<WorkerTrace>(filter, count));
        }
        auto reader = std::make_unique<TraceReader>(*this, traces);
        traces_ = std::move(traces);
        reader->begin(publish(nullptr));
        return reader;
    } catch (const std::bad_alloc&) {
        return tl::make_unexpected(no_memory().error());
    }
}

PacketTaps::Token PacketTaps::remove(const std::shared_ptr<Captures>& captures) {
    std::erase(captures_, captures);
    return publish(captures);
}

PacketTaps::Token PacketTaps::remove(const std::shared_ptr<Traces>& traces) {
    if (traces_ == traces) {
        traces_.reset();
    }
    return publish(traces);
}

PacketTaps::Token PacketTaps::publish(std::shared_ptr<const void> left) {
    auto lists = std::make_shared<std::vector<Observers>>(workers_.size());
    auto& retired = retired_.emplace_back(
        Retired{std::numeric_limits<Token>::max(), published_, std::move(left)});
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
        auto& list = (*lists)[worker];
        for (const auto& captures : captures_) {
            list.captures[list.capture_count++] = captures->workers[worker].get();
        }
        list.trace = traces_ == nullptr ? nullptr : traces_->workers[worker].get();
        workers_[worker].slot->store(list.empty() ? nullptr : &list, std::memory_order_release);
    }
    published_ = std::move(lists);
    retired.token = grace_.start();
    for (const auto& worker : workers_) {
        worker.wake();
    }
    return retired.token;
}

void PacketTaps::reclaim() {
    while (!retired_.empty() && grace_.passed(retired_.front().token)) {
        retired_.pop_front();
    }
}

}  // namespace mgmd::dataplane
