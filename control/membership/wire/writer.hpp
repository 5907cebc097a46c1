// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace mgmd::membership::wire {

/// The octets of a wire layout.
template <class T>
std::span<const std::uint8_t> as_octets(const T& layout) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
    return {reinterpret_cast<const std::uint8_t*>(&layout), sizeof(T)};
}

/// Puts layouts one behind the other.
class Writer {
public:
    template <class T>
    Writer& put(const T& layout) {
        return put(as_octets(layout));
    }
    Writer& put(std::span<const std::uint8_t> octets) {
        octets_.insert(octets_.end(), octets.begin(), octets.end());
        return *this;
    }
    std::vector<std::uint8_t> take() { return std::move(octets_); }

private:
    std::vector<std::uint8_t> octets_;
};

}  // namespace mgmd::membership::wire
