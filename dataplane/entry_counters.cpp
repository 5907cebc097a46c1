// SPDX-License-Identifier: Apache-2.0
#include "dataplane/entry_counters.hpp"

namespace mgmd::dataplane {

WorkerEntryCounters::WorkerEntryCounters(std::size_t entries, std::size_t nodes)
    : blocks_(entries), nodes_(nodes + 1) {}

void WorkerEntryCounters::exception(EntryIndex entry, InterfaceIndex interface, CopyException kind,
                                    std::uint64_t packets) {
    auto& first = blocks_[entry].exceptions;
    const auto counter = static_cast<std::size_t>(kind);
    const auto head = first.load(std::memory_order_relaxed);
    for (auto i = head; i != 0; i = nodes_[i].next.load(std::memory_order_relaxed)) {
        if (nodes_[i].interface.load(std::memory_order_relaxed) == interface) {
            nodes_[i].counts[counter].add(packets);
            return;
        }
    }
    const auto taken = take_node();
    if (taken == 0) {
        unattributed_.add(packets);
        return;
    }
    auto& node = nodes_[taken];
    for (auto& count : node.counts) {
        count.reset();
    }
    node.counts[counter].add(packets);
    node.interface.store(interface, std::memory_order_relaxed);
    node.next.store(head, std::memory_order_relaxed);
    first.store(taken, std::memory_order_release);  // control finds the node complete
}

std::uint32_t WorkerEntryCounters::take_node() {
    if (free_ == 0 && untouched_ == nodes_.size()) {
        if (returned_.load(std::memory_order_relaxed) == 0) {
            return 0;
        }
        free_ = returned_.exchange(0, std::memory_order_acquire);
    }
    if (free_ != 0) {
        const auto taken = free_;
        free_ = nodes_[taken].next.load(std::memory_order_relaxed);
        return taken;
    }
    return untouched_++;
}

void WorkerEntryCounters::recycle(EntryIndex entry) {
    auto& block = blocks_[entry];
    const auto head = block.exceptions.load(std::memory_order_acquire);
    block.hits.reset();
    block.octets.reset();
    block.wrong_interface.reset();
    block.exceptions.store(0, std::memory_order_relaxed);
    if (head == 0) {
        return;
    }
    auto last = head;
    while (const auto next = nodes_[last].next.load(std::memory_order_relaxed)) {
        last = next;
    }
    // Only control pushes here, and the worker takes everything: a head that is unchanged is the
    // same head.
    auto expected = returned_.load(std::memory_order_relaxed);
    do {
        nodes_[last].next.store(expected, std::memory_order_relaxed);
    } while (!returned_.compare_exchange_weak(expected, head, std::memory_order_release,
                                              std::memory_order_relaxed));
}

}  // namespace mgmd::dataplane
