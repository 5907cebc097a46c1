// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <type_traits>

namespace mgmd {

/// Reads headers from bytes that came from outside, never past their end. A read that does not fit
/// returns nothing and moves nothing. Any thread, no allocation.
class WireReader {
public:
    explicit constexpr WireReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    constexpr std::size_t remaining() const { return bytes_.size() - at_; }
    constexpr std::size_t position() const { return at_; }
    constexpr std::span<const std::uint8_t> rest() const { return bytes_.subspan(at_); }

    /// A copy of the next sizeof(T) octets; T must be a wire layout (alignment 1).
    template <class T>
    std::optional<T> read() {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) == 1);
        if (remaining() < sizeof(T)) {
            return std::nullopt;
        }
        T value;
        std::memcpy(&value, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }

    /// The next `count` octets, not copied.
    constexpr std::optional<std::span<const std::uint8_t>> take(std::size_t count) {
        if (remaining() < count) {
            return std::nullopt;
        }
        const auto taken = bytes_.subspan(at_, count);
        at_ += count;
        return taken;
    }

    constexpr bool skip(std::size_t count) { return take(count).has_value(); }

private:
    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

}  // namespace mgmd
