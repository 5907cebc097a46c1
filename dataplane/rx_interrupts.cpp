// SPDX-License-Identifier: Apache-2.0
#include "dataplane/rx_interrupts.hpp"

#include <array>
#include <cerrno>
#include <sys/epoll.h>

namespace mgmd::dataplane {

bool RxInterrupts::attach(std::span<const RxQueue> queues, int waker) {
    detach();
    waker_event_ = {};
    waker_event_.epdata.event = EPOLLIN;
    if (rte_epoll_ctl(RTE_EPOLL_PER_THREAD, EPOLL_CTL_ADD, waker, &waker_event_) != 0) {
        return false;
    }
    waker_ = waker;
    attached_ = true;
    for (const auto& queue : queues) {
        if (!add(queue)) {
            detach();
            return false;
        }
    }
    return true;
}

bool RxInterrupts::add(const RxQueue& queue) {
    if (device_.control(queue.device, queue.queue, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_ADD,
                        nullptr) != 0) {
        return false;
    }
    queues_.push_back(queue);
    return true;
}

void RxInterrupts::detach() {
    if (!attached_) {
        return;
    }
    for (const auto& queue : queues_) {
        (void)device_.control(queue.device, queue.queue, RTE_EPOLL_PER_THREAD, RTE_INTR_EVENT_DEL,
                              nullptr);
    }
    queues_.clear();
    (void)rte_epoll_ctl(RTE_EPOLL_PER_THREAD, EPOLL_CTL_DEL, waker_, &waker_event_);
    attached_ = false;
}

bool RxInterrupts::arm() {
    if (!attached_) {
        return false;
    }
    for (std::size_t i = 0; i < queues_.size(); ++i) {
        if (!enable(queues_[i])) {
            disable(i);
            detach();
            return false;
        }
    }
    return true;
}

/// A device without a switch (tap) tells of packets all the time.
bool RxInterrupts::enable(const RxQueue& queue) {
    const int error = device_.enable(queue.device, queue.queue);
    return error == 0 || error == -ENOTSUP;
}

void RxInterrupts::wait(std::chrono::milliseconds longest) {
    std::array<rte_epoll_event, 16> events;
    // Which of them it was does not matter: all queues are polled. What is left is found next time.
    (void)rte_epoll_wait(RTE_EPOLL_PER_THREAD, events.data(), events.size(),
                         static_cast<int>(longest.count()));
}

void RxInterrupts::disarm() {
    disable(queues_.size());
}

void RxInterrupts::disable(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        (void)device_.disable(queues_[i].device, queues_[i].queue);
    }
}

}  // namespace mgmd::dataplane
