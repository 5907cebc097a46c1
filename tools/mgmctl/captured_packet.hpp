// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <tl/expected.hpp>

#include "common/ctl/request.hpp"

namespace mgmd::mgmctl {

/// Packet `number`, from 1, of a capture (pcap or pcapng) of Ethernet frames. Octets that the
/// capture cut off count in its length. The other alternative says what is wrong. `capture` is
/// closed.
tl::expected<ctl::PacketOctets, std::string> captured_packet(std::FILE* capture,
                                                             std::uint64_t number);

/// The same of a file by its name.
tl::expected<ctl::PacketOctets, std::string> captured_packet(const std::string& path,
                                                             std::uint64_t number);

}  // namespace mgmd::mgmctl
