// SPDX-License-Identifier: Apache-2.0
#include "common/mac_address.hpp"

#include <charconv>

namespace mgmd {

std::optional<MacAddress> parse_mac(std::string_view text) {
    MacAddress mac;
    if (text.size() != mac.bytes.size() * 3 - 1) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
        const char* digits = text.data() + i * 3;
        const auto result = std::from_chars(digits, digits + 2, mac.bytes[i], 16);
        const bool separated = i + 1 == mac.bytes.size() || digits[2] == ':';
        if (result.ec != std::errc{} || result.ptr != digits + 2 || !separated) {
            return std::nullopt;
        }
    }
    return mac;
}

std::string to_string(const MacAddress& mac) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : mac.bytes) {
        if (!text.empty()) {
            text += ':';
        }
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0xf];
    }
    return text;
}

}  // namespace mgmd
