// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mgmd {

/// What an event that operators watch (`mgmctl monitor`) is about.
enum class NoticeKind : std::uint8_t {
    host,             ///< hosts of a link join, leave, choose sources
    membership,       ///< memberships in MGM, of IGMP, MLD and protocols
    alert,            ///< what MGM tells its clients
    entry,            ///< forwarding entries
    wrong_interface,  ///< packets where their entry does not take them, as metered
    refused,          ///< past a bound of the configuration
    querier,          ///< who asks on a link
    protocol,         ///< clients of MGM, their interfaces, upstream links of a proxy
    link,
    worker,
    drops,  ///< packets dropped since the last second, by reason
};

/// As in commands and rows; by NoticeKind.
inline constexpr std::array<std::string_view, 11> kNoticeKindNames{
    "host",     "membership", "alert",  "entry", "wrong-interface", "refused", "querier",
    "protocol", "link",       "worker", "drops"};
static_assert(kNoticeKindNames.size() == static_cast<std::size_t>(NoticeKind::drops) + 1);

constexpr std::string_view to_string(NoticeKind kind) {
    return kNoticeKindNames[static_cast<std::size_t>(kind)];
}

}  // namespace mgmd
