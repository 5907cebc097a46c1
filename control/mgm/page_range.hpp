// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

namespace mgmd::mgm {

/// A single-pass range over a retrieval that is paged by key. It reads one record at a time through
/// the given function, so that nothing is invalidated when entries come and go in between.
template <class Record>
class PageRange {
public:
    using Key = decltype(Record::key);
    /// The first record after the key, or the very first without one; nullopt: no more.
    using Next = std::function<std::optional<Record>(const std::optional<Key>&)>;

    class Iterator {
    public:
        using value_type = Record;
        using difference_type = std::ptrdiff_t;
        using reference = const Record&;
        using pointer = const Record*;
        using iterator_category = std::input_iterator_tag;

        Iterator() = default;
        explicit Iterator(const Next& next) : next_(&next), current_(next(std::nullopt)) {}

        reference operator*() const { return *current_; }
        pointer operator->() const { return &*current_; }
        Iterator& operator++() {
            current_ = (*next_)(current_->key);
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const Iterator& it, std::default_sentinel_t) {
            return !it.current_.has_value();
        }

    private:
        const Next* next_ = nullptr;
        std::optional<Record> current_;
    };

    explicit PageRange(Next next) : next_(std::move(next)) {}

    Iterator begin() const { return Iterator(next_); }
    std::default_sentinel_t end() const { return {}; }

private:
    Next next_;
};

}  // namespace mgmd::mgm
