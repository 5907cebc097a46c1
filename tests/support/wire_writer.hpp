// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

/// Appending to a byte string in network order, for tests that build packets.
namespace mgmd::test {

using Bytes = std::vector<std::uint8_t>;

inline void put8(Bytes& bytes, std::uint8_t value) {
    bytes.push_back(value);
}
inline void put16(Bytes& bytes, std::uint16_t value) {
    put8(bytes, static_cast<std::uint8_t>(value >> 8));
    put8(bytes, static_cast<std::uint8_t>(value));
}
template <class Range>
void put(Bytes& bytes, const Range& range) {
    for (const auto byte : range) {
        bytes.push_back(byte);
    }
}
inline void set16(Bytes& bytes, std::size_t at, std::uint16_t value) {
    bytes.at(at) = static_cast<std::uint8_t>(value >> 8);
    bytes.at(at + 1) = static_cast<std::uint8_t>(value);
}
inline std::uint16_t length_of(const Bytes& bytes) {
    return static_cast<std::uint16_t>(bytes.size());
}

}  // namespace mgmd::test
