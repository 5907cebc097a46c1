// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/notice_kind.hpp"

namespace mgmd::monitor {

/// Something that happened in the router: a value, which keeps nothing of what it tells about.
struct Notice {
    NoticeKind kind = NoticeKind::host;
    std::string_view what;                     ///< "join"; a literal
    std::chrono::system_clock::time_point at;  ///< set by the hub
    TableId table = 0;
    InterfaceIndex interface = kNoInterface;
    std::optional<Family> family;
    bool has_flow = false;  ///< group and source are about something
    std::uint8_t group_length = 0;
    RawAddress group;                        ///< unspecified, length 0: any
    RawAddress source;                       ///< unspecified: any
    RawAddress host;                         ///< unspecified: none, or not known
    std::uint32_t protocol = 0;              ///< MGM's number of the client; 0: none
    std::string_view state;                  ///< of an entry; a literal
    InterfaceIndex incoming = kNoInterface;  ///< of an entry
    std::vector<InterfaceIndex> outgoing;    ///< of an entry
    std::uint64_t count = 0;                 ///< packets, or times; 0: says nothing
    std::string details;                     ///< for people

    template <class F>
    void set_flow(const typename F::Address& of_group, const typename F::Address& from,
                  std::uint8_t length = F::address_bits) {
        family = F::family;
        has_flow = true;
        group = RawAddress::from(of_group);
        source = RawAddress::from(from);
        group_length = length;
    }
};

}  // namespace mgmd::monitor
