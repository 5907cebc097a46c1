// SPDX-License-Identifier: Apache-2.0
#include "tests/support/limited_allocator.hpp"

#include <cstdlib>
#include <limits>
#include <new>

namespace mgmd::test {
namespace {

constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

/// How many more allocations of this thread succeed.
std::size_t& allowance() {
    thread_local std::size_t left = kUnlimited;
    return left;
}

void* allocate(std::size_t size) {
    auto& left = allowance();
    void* memory = left == 0 ? nullptr : std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    left -= left == kUnlimited ? 0 : 1;
    return memory;
}

}  // namespace

AllocationLimit::AllocationLimit(std::size_t count) {
    allowance() = count;
}

AllocationLimit::~AllocationLimit() {
    allowance() = kUnlimited;
}

}  // namespace mgmd::test

void* operator new(std::size_t size) {
    return mgmd::test::allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
