// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace mgmd::test {

/// While it lives, so many allocations of this thread by operator new succeed; those after throw
/// std::bad_alloc. Link limited_allocator.cpp into the one program that needs it: it replaces
/// operator new.
class AllocationLimit {
public:
    explicit AllocationLimit(std::size_t count);
    ~AllocationLimit();
    AllocationLimit(const AllocationLimit&) = delete;
    AllocationLimit& operator=(const AllocationLimit&) = delete;
};

}  // namespace mgmd::test
