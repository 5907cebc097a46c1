// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <boost/lockfree/spsc_queue.hpp>

#include "common/counter.hpp"

namespace mgmd {

/// A single-producer single-consumer ring of fixed capacity that counts what it accepted and what
/// it refused. Neither end ever waits. Capacity is allocated once, with the ring.
template <class T, std::size_t Capacity>
class MeteredRing {
public:
    /// Producer. False: full, the item is counted as refused and dropped.
    bool push(const T& item) {
        if (queue_.push(item)) {
            accepted_.add();
            return true;
        }
        refused_.add();
        return false;
    }

    /// Producer. Counts an item as refused that was not even offered, to keep room for others.
    void refuse() { refused_.add(); }
    /// Producer. How many items would be accepted now; more, if the consumer drains meanwhile.
    std::size_t room() const { return queue_.write_available(); }

    /// Consumer. Calls `consume(item)` for at most `limit` items; returns how many.
    template <class Consume>
    std::size_t drain(Consume&& consume, std::size_t limit = Capacity) {
        std::size_t done = 0;
        while (done < limit && queue_.consume_one(consume)) {
            ++done;
        }
        return done;
    }

    bool empty() const { return queue_.read_available() == 0; }   // consumer
    std::size_t fill() const { return queue_.read_available(); }  // consumer
    std::uint64_t accepted() const { return accepted_.get(); }    // any thread
    std::uint64_t refused() const { return refused_.get(); }      // any thread
    static constexpr std::size_t capacity() { return Capacity; }

private:
    boost::lockfree::spsc_queue<T, boost::lockfree::capacity<Capacity>> queue_;
    alignas(64) Counter accepted_;  // producer: wo, others: ro
    Counter refused_;               // producer: wo, others: ro
};

}  // namespace mgmd
