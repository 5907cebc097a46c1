// SPDX-License-Identifier: Apache-2.0
#include "config/utf8.hpp"

#include <cstdint>

namespace mgmd::config {
namespace {

struct Lead {
    std::uint8_t first, last;  ///< of the leading octet
    std::size_t tail;          ///< octets that follow
    std::uint8_t low, high;    ///< what the first of them may be
};

// RFC 3629 4: UTF8-octets.
constexpr Lead kLeads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

bool is_text(std::uint8_t octet) {
    return (octet >= ' ' && octet != 0x7f) || octet == '\t' || octet == '\n' || octet == '\r';
}

/// Length of the character that starts at `text`, which is not empty; 0: malformed.
std::size_t character_length(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    if (octet(0) < 0x80) {
        return is_text(octet(0)) ? 1 : 0;
    }
    for (const Lead& lead : kLeads) {
        if (octet(0) < lead.first || octet(0) > lead.last) {
            continue;
        }
        if (text.size() <= lead.tail || octet(1) < lead.low || octet(1) > lead.high) {
            return 0;
        }
        for (std::size_t i = 2; i <= lead.tail; ++i) {
            if ((octet(i) & 0xc0) != 0x80) {
                return 0;
            }
        }
        return lead.tail + 1;
    }
    return 0;
}

}  // namespace

std::size_t first_bad_octet(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = character_length(text.substr(at));
        if (length == 0) {
            return at;
        }
        at += length;
    }
    return at;
}

}  // namespace mgmd::config
