// SPDX-License-Identifier: Apache-2.0
#include "dataplane/worker.hpp"

#include <algorithm>
#include <poll.h>
#include <sys/prctl.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>

#include "dataplane/inject.hpp"
#include "dataplane/pipeline.hpp"
#include "dataplane/stage_clock.hpp"

namespace mgmd::dataplane {
namespace {

/// Polls between two rounds of housekeeping while packets come.
constexpr unsigned kPollsPerHousekeeping = 16;
/// Control's packets sent in one round.
constexpr std::size_t kInjectionsPerRound = 32;
/// How long nothing has come before a worker may sleep.
constexpr std::uint64_t kPatienceMicroseconds = 200;
/// Between two wake-ups of control as long as packets come. Each is a system call and an interrupt
/// of another core, which costs as much as some hundred packets: what control is to know of a flood
/// it is told in portions.
constexpr std::uint64_t kMicrosecondsPerWake = 100;
/// Longest sleep where packets end it: what an interrupt that got lost costs.
constexpr std::chrono::milliseconds kLongestWaitForPackets{100};

}  // namespace

Worker::Worker(WorkerIndex index, Qsbr& qsbr, Waker& control, const InterfaceSlot& interfaces,
               const TableReader<V4>& ipv4, const TableReader<V6>& ipv6)
    : context(ipv4, ipv6),
      qsbr_(qsbr),
      interfaces_(interfaces),
      patience_(rte_get_tsc_hz() / 1'000'000 * kPatienceMicroseconds),
      wake_interval_(rte_get_tsc_hz() / 1'000'000 * kMicrosecondsPerWake) {
    context.worker = index;
    context.counters = &counters;
    context.events = &events;
    context.control_packets = &control_packets;
    context.control_waker = &control;
}

void Worker::run() {
    // Sleeps of some 10 µs need a finer timer than the default slack of 50 µs.
    prctl(PR_SET_TIMERSLACK, 1UL);
    watch_queues();
    qsbr_.online(context.worker);
    renew();
    context.stage_began = rte_rdtsc();
    options.stage_cycles ? loop<true>() : loop<false>();
    housekeeping();
    drop_all_held<V4>(context);
    drop_all_held<V6>(context);
    qsbr_.offline(context.worker);
    interrupts_.detach();
    context.control_waker->wake();
}

template <bool kCounted>
void Worker::loop() {
    unsigned polls = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
        const bool busy = poll<kCounted>();
        end_of<kCounted>(context, busy ? Stage::receive : Stage::idle);
        if (!busy || ++polls == kPollsPerHousekeeping) {
            polls = 0;
            housekeeping();
            wake_control(busy);
        }
        if (!busy && may_sleep()) {
            sleep<kCounted>();
        }
        end_of<kCounted>(context, busy ? Stage::housekeeping : Stage::idle);
    }
}

/// DPDK keeps what a thread waits for in that thread.
void Worker::watch_queues() {
    if (!options.rx_interrupts) {
        return;
    }
    std::vector<RxQueue> watched = receive;
    for (const auto& queue : kernel) {
        watched.push_back({queue.device, 0, 0});
    }
    (void)interrupts_.attach(watched, waker_.descriptor());
}

/// True: something came.
template <bool kCounted>
bool Worker::poll() {
    unsigned received = 0;
    for (const auto& queue : receive) {
        received += receive_from<kCounted>(queue);
    }
    unsigned forwarded = 0;
    for (auto* hand_over : hand_overs) {
        forwarded += hand_over->forward();
    }
    for (const auto& queue : kernel) {
        forward_kernel(queue);
    }
    counters.polls.add();
    if (received != 0) {
        counters.busy_polls.add();
        counters.last_received.store(context.now, std::memory_order_relaxed);
    }
    if (received == 0) {
        context.now = rte_rdtsc();
    }
    if (received + forwarded == 0) {
        return false;
    }
    last_work_ = context.now;
    return true;
}

template <bool kCounted>
unsigned Worker::receive_from(const RxQueue& queue) {
    std::array<rte_mbuf*, kMaxBurst> frames;
    const auto count = rte_eth_rx_burst(queue.device, queue.queue, frames.data(), options.burst);
    if (count != 0) {
        end_of<kCounted>(context, Stage::receive);
        context.now = rte_rdtsc();
        const std::span received(frames.data(), count);
        if (context.observers == nullptr) [[likely]] {
            process_(context, queue.port, received);
        } else {
            process_observed(context, process_, trace_, queue.port, received);
        }
        counters.busy_cycles.add(rte_rdtsc() - context.now);
    }
    return count;
}

void Worker::forward_kernel(const KernelQueue& queue) {
    std::array<rte_mbuf*, kMaxBurst> frames;
    const auto count = rte_eth_rx_burst(queue.device, 0, frames.data(), options.burst);
    if (count == 0) {
        return;
    }
    const auto sent = queue.port.send(queue.port.device, frames.data(), count);
    counters.from_kernel.add(sent);
    if (sent < count) {
        counters.from_kernel_discarded.add(static_cast<std::uint64_t>(count - sent));
        rte_pktmbuf_free_bulk(frames.data() + sent, static_cast<unsigned>(count - sent));
    }
}

/// What need not be done for each packet. Entries that were looked up are let go of at its end.
void Worker::housekeeping() {
    sweep_held<V4>(context);
    sweep_held<V6>(context);
    expire_held<V4>(context);
    expire_held<V6>(context);
    inject.drain([this](const InjectPacket& packet) { mgmd::dataplane::inject(context, packet); },
                 kInjectionsPerRound);
    flush(context);
    qsbr_.quiescent(context.worker);
    renew();
}

/// What control has published since the last quiescent state.
void Worker::renew() {
    renew_interfaces();
    renew_observers();
}

void Worker::renew_interfaces() {
    const auto* published = interfaces_.load(std::memory_order_acquire);
    if (published->number == version_) {
        return;
    }
    version_ = published->number;
    context.interfaces = &published->interfaces;
    context.arrivals = &published->arrivals;
    const auto features = published->arrivals.features();
    process_ = choose_process(features, options.stage_cycles);
    trace_ = choose_process<Recording::steps>(features);
}

/// Control waits until what it has withdrawn is let go of, and is woken for that: now, if it sees
/// the quiescent state, or else after the next.
void Worker::renew_observers() {
    const auto* published = observers.load(std::memory_order_acquire);
    const bool changed = published != context.observers;
    context.pushed |= changed || observers_changed_;
    observers_changed_ = changed;
    context.observers = published;
}

/// If there is something for it since the last time, and, while the worker is busy, that is long
/// enough ago.
void Worker::wake_control(bool busy) {
    if (context.pushed && (!busy || context.now - last_wake_ >= wake_interval_)) {
        context.pushed = false;
        last_wake_ = context.now;
        context.control_waker->wake();
    }
}

bool Worker::may_sleep() const {
    return options.sleeps && context.now - last_work_ > patience_;
}

/// In the rings that others push to and then wake it.
bool Worker::nothing_waits() const {
    return inject.empty() && std::all_of(hand_overs.begin(), hand_overs.end(),
                                         [](const HandOver* ring) { return ring->empty(); });
}

bool Worker::holds_nothing() const {
    return context.ipv4.held.empty() && context.ipv6.held.empty();
}

/// Until control or another worker wakes it, or packets may have come. Held flows have a deadline:
/// as long as there are any, sleeps are short.
template <bool kCounted>
void Worker::sleep() {
    const bool for_packets = holds_nothing() && interrupts_.arm();
    // What came before the interrupts were on is told of by none.
    if (for_packets && poll<kCounted>()) {
        interrupts_.disarm();
        return;
    }
    qsbr_.offline(context.worker);
    waker_.prepare_sleep();
    if (nothing_waits() && !stop_.load(std::memory_order_relaxed)) {
        wait(for_packets);
    }
    waker_.awake();
    qsbr_.online(context.worker);
    renew();
    if (for_packets) {
        interrupts_.disarm();
        // A device may tell of a packet just before its driver finds it (tap).
        last_work_ = rte_rdtsc();
    }
}

void Worker::wait(bool for_packets) {
    if (for_packets) {
        interrupts_.wait(kLongestWaitForPackets);
        return;
    }
    pollfd descriptor{waker_.descriptor(), POLLIN, 0};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(options.longest_sleep);
    const std::chrono::nanoseconds rest = options.longest_sleep - seconds;
    const timespec timeout{seconds.count(), rest.count()};
    (void)ppoll(&descriptor, 1, &timeout, nullptr);
}

}  // namespace mgmd::dataplane
