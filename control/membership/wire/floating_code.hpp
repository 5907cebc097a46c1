// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace mgmd::membership {

/// Times on the wire: small values as they are, greater ones as mantissa and exponent of base 2.
///
///     |1| exponent, 3 bits | mantissa |    value = (mantissa | hidden bit) << (exponent + 3)
template <class Code, unsigned kMantissaBits>
struct FloatingCode {
    static constexpr std::uint32_t kLinear = 1u << (std::numeric_limits<Code>::digits - 1);
    static constexpr std::uint32_t kHidden = 1u << kMantissaBits;
    static constexpr std::uint32_t kGreatest = (2 * kHidden - 1) << 10;

    static constexpr std::uint32_t value(Code code) {
        if (code < kLinear) {
            return code;
        }
        const std::uint32_t exponent = (code >> kMantissaBits) & 7u;
        return ((code & (kHidden - 1)) | kHidden) << (exponent + 3);
    }

    /// The code of the greatest value that is not above `value`.
    static constexpr Code code(std::uint64_t value) {
        const auto bounded = static_cast<std::uint32_t>(std::min<std::uint64_t>(value, kGreatest));
        if (bounded < kLinear) {
            return static_cast<Code>(bounded);
        }
        std::uint32_t exponent = 0;
        while ((bounded >> (exponent + 3)) >= 2 * kHidden) {
            ++exponent;
        }
        return static_cast<Code>(kLinear | exponent << kMantissaBits |
                                 ((bounded >> (exponent + 3)) & (kHidden - 1)));
    }
};

/// IGMPv3's Max Resp Code, QQIC of both (RFC 9776 4.1.1 and 4.1.7, RFC 9777 5.1.9).
using ShortCode = FloatingCode<std::uint8_t, 4>;
/// MLDv2's Maximum Response Code (RFC 9777 5.1.3).
using LongCode = FloatingCode<std::uint16_t, 12>;

}  // namespace mgmd::membership
