// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/pcapng.hpp"

#include <algorithm>
#include <cstring>

#include "common/version.hpp"

namespace mgmd::mgmctl {
namespace {

using Octets = std::vector<std::uint8_t>;

// Section numbers are the draft's.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // 4.1
constexpr std::uint32_t kInterfaceDescription = 1;    // 4.2
constexpr std::uint32_t kEnhancedPacket = 6;          // 4.3
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint16_t kEthernet = 1;  // LINKTYPE_ETHERNET

enum class Option : std::uint16_t {
    end = 0,
    comment = 1,
    interface_name = 2,
    interface_description = 3,
    packet_flags = 2,
    application = 4,
    time_resolution = 9,
};

template <class T>
void append(Octets& octets, T value) {
    const auto at = octets.size();
    octets.resize(at + sizeof value);
    std::memcpy(octets.data() + at, &value, sizeof value);
}

/// And zeros up to the next multiple of four octets.
void append_padded(Octets& octets, std::span<const std::uint8_t> value) {
    octets.insert(octets.end(), value.begin(), value.end());
    octets.resize((octets.size() + 3) / 4 * 4);
}

void append_option(Octets& octets, Option code, std::span<const std::uint8_t> value) {
    append(octets, static_cast<std::uint16_t>(code));
    append(octets, static_cast<std::uint16_t>(value.size()));
    append_padded(octets, value);
}

void append_option(Octets& octets, Option code, std::string_view text) {
    constexpr std::size_t kLongest = 65'532;  // with padding in 16 bits
    text = text.substr(0, kLongest);
    append_option(octets, code,
                  std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

void end_options(Octets& octets) {
    append_option(octets, Option::end, std::span<const std::uint8_t>());
}

}  // namespace

PcapngWriter::PcapngWriter(std::ostream& out) : out_(out) {
    Octets body;
    append(body, kByteOrderMagic);
    append(body, std::uint16_t{1});  // version 1.0
    append(body, std::uint16_t{0});
    append(body, std::int64_t{-1});  // the section's length is not known
    append_option(body, Option::application, "mgmctl " + std::string(kVersion));
    end_options(body);
    write_block(kSectionHeader, body);
}

void PcapngWriter::add_interface(const std::string& name, std::string_view description) {
    const auto number = static_cast<std::uint32_t>(interfaces_.size());
    if (!interfaces_.emplace(name, number).second) {
        return;
    }
    Octets body;
    append(body, kEthernet);
    append(body, std::uint16_t{0});
    append(body, std::uint32_t{0});  // no limit of captured octets
    append_option(body, Option::interface_name, name);
    if (!description.empty()) {
        append_option(body, Option::interface_description, description);
    }
    constexpr std::uint8_t kNanoseconds = 9;
    append_option(body, Option::time_resolution, std::span(&kNanoseconds, 1));
    end_options(body);
    write_block(kInterfaceDescription, body);
}

void PcapngWriter::add_packet(const std::string& interface, const Packet& packet) {
    add_interface(interface, {});
    Octets body;
    append(body, interfaces_.at(interface));
    append(body, static_cast<std::uint32_t>(packet.time_ns >> 32));
    append(body, static_cast<std::uint32_t>(packet.time_ns));
    append(body, static_cast<std::uint32_t>(packet.octets.size()));
    append(body, packet.length);
    append_padded(body, packet.octets);
    if (!packet.comment.empty()) {
        append_option(body, Option::comment, packet.comment);
    }
    Octets flags;
    append(flags, static_cast<std::uint32_t>(packet.direction));
    append_option(body, Option::packet_flags, flags);
    end_options(body);
    write_block(kEnhancedPacket, body);
}

void PcapngWriter::write_block(std::uint32_t type, const Octets& body) {
    constexpr std::uint32_t kFrame = 3 * sizeof(std::uint32_t);
    Octets block;
    append(block, type);
    append(block, static_cast<std::uint32_t>(body.size() + kFrame));
    append_padded(block, body);
    append(block, static_cast<std::uint32_t>(body.size() + kFrame));
    out_.write(reinterpret_cast<const char*>(block.data()),
               static_cast<std::streamsize>(block.size()));
    out_.flush();
}

}  // namespace mgmd::mgmctl
