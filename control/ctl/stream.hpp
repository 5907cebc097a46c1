// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <boost/circular_buffer.hpp>

#include "control/ctl/answer.hpp"

namespace mgmd::ctl {

/// What waits for the client of a stream: never more than so many items. A client that reads too
/// slowly loses the oldest of them, and their number is kept. Control thread.
template <class Item>
class StreamQueue {
public:
    /// `capacity`: items, at least 1; room for all of them is allocated with the first one.
    explicit StreamQueue(std::size_t capacity) : capacity_(capacity) {}

    void push(Item item) {
        if (items_.capacity() == 0) {
            items_.set_capacity(capacity_);
        }
        missed_ += items_.full() ? 1 : 0;
        items_.push_back(std::move(item));
    }
    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }

    /// How many have been lost before the next one; they are told of once.
    std::uint64_t take_missed() { return std::exchange(missed_, 0); }
    /// The oldest. Precondition: not empty.
    Item pop() {
        Item item = std::move(items_.front());
        items_.pop_front();
        return item;
    }

private:
    std::size_t capacity_;
    boost::circular_buffer<Item> items_;
    std::uint64_t missed_ = 0;
};

/// An answer that goes on until its client leaves: the rows of what is pushed, and in the place of
/// what was lost `{"missed":123}`. The session ends it when its client hangs up. Control thread.
template <class Item>
class StreamAnswer : public Answer {
public:
    /// `capacity`: as StreamQueue's.
    explicit StreamAnswer(std::size_t capacity) : queue_(capacity) {}

    void push(Item item) { queue_.push(std::move(item)); }

    bool is_ready() const override { return !queue_.empty(); }
    bool write(Rows& rows) override {
        if (const auto missed = queue_.take_missed(); missed > 0) {
            rows.add({{"missed", missed}});
        }
        while (!queue_.empty() && rows.has_room()) {
            rows.add(row_of(queue_.pop()));
        }
        return true;
    }
    bool is_stream() const final { return true; }

protected:
    virtual Json row_of(const Item& item) const = 0;

private:
    StreamQueue<Item> queue_;
};

}  // namespace mgmd::ctl
