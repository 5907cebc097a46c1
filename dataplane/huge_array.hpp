// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <sys/mman.h>
#include <type_traits>
#include <utility>

namespace mgmd::dataplane {

/// A fixed array in pages of its own, on huge pages where the system has them. Made once at start;
/// every element is constructed, so no page is missing when a worker first writes to it.
template <class T>
class HugeArray {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 4096);

public:
    HugeArray() = default;
    /// Throws std::bad_alloc.
    explicit HugeArray(std::size_t size) : size_(size) {
        if (size == 0) {
            return;
        }
        void* pages =
            mmap(nullptr, octets(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) {
            throw std::bad_alloc();
        }
        madvise(pages, octets(), MADV_HUGEPAGE);  // advice: without it the table is only slower
        data_ = static_cast<T*>(pages);
        std::uninitialized_value_construct_n(data_, size);
    }
    HugeArray(HugeArray&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    HugeArray& operator=(HugeArray&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~HugeArray() {
        if (data_ != nullptr) {
            munmap(data_, octets());
        }
    }

    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }
    T* data() { return data_; }
    const T* data() const { return data_; }
    std::size_t size() const { return size_; }
    std::size_t octets() const { return size_ * sizeof(T); }

private:
    T* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace mgmd::dataplane
