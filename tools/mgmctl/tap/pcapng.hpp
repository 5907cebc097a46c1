// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mgmd::mgmctl {

/// Writes a capture file for Wireshark: pcapng (draft-ietf-opsawg-pcapng), one section, in this
/// machine's byte order, timestamps in nanoseconds. Each block is written as a whole, so that the
/// file can be read at any time.
class PcapngWriter {
public:
    enum class Direction : std::uint32_t { inbound = 1, outbound = 2 };

    struct Packet {
        std::uint64_t time_ns = 0;  ///< since 1970
        std::uint32_t length = 0;   ///< octets on the wire
        std::span<const std::uint8_t> octets;
        Direction direction = Direction::inbound;
        std::string_view comment;  ///< empty: none
    };

    /// Begins the file. `out` outlives it.
    explicit PcapngWriter(std::ostream& out);

    /// An Ethernet interface that packets may name; known ones are not written again.
    void add_interface(const std::string& name, std::string_view description);
    /// Adds the interface if need be.
    void add_packet(const std::string& interface, const Packet& packet);

private:
    using Octets = std::vector<std::uint8_t>;
    void write_block(std::uint32_t type, const Octets& body);

    std::ostream& out_;
    std::map<std::string, std::uint32_t> interfaces_;
};

}  // namespace mgmd::mgmctl
