// SPDX-License-Identifier: Apache-2.0
// A PacketBuilder's layers as a scapy expression.
#include <array>
#include <cstdio>

#include "tests/support/packet_builder.hpp"

namespace mgmd::test {
namespace {

std::string hex(const Bytes& bytes) {
    std::string text;
    for (const auto byte : bytes) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", unsigned{byte});
        text += digits.data();
    }
    return text;
}

std::string raw_layer(const Bytes& bytes) {
    return "Raw(bytes.fromhex('" + hex(bytes) + "'))";
}

/// ", name=value" when there is a value.
template <class T>
std::string argument(std::string_view name, const std::optional<T>& value) {
    return value ? ", " + std::string(name) + "=" + std::to_string(*value) : "";
}

std::string quoted(const std::string& text) {
    return "'" + text + "'";
}

}  // namespace

std::string PacketBuilder::scapy_link() const {
    auto text = "Ether(dst=" + quoted(to_string(destination_mac())) +
                ", src=" + quoted(to_string(source_mac_));
    std::string tags;
    for (std::size_t i = 0; i < tags_.size(); ++i) {
        const auto type =
            i + 1 < tags_.size() ? static_cast<std::uint16_t>(tags_[i + 1].type) : network_type();
        const bool service = tags_[i].type == EtherType::qinq;
        tags += std::string("/") + (service ? "Dot1AD" : "Dot1Q") +
                "(vlan=" + std::to_string(tags_[i].tci & 0xfff) +
                ", prio=" + std::to_string(tags_[i].tci >> 13) + ", type=" + std::to_string(type) +
                ")";
    }
    const auto outer = tags_.empty() ? network_type() : static_cast<std::uint16_t>(tags_[0].type);
    return text + ", type=" + std::to_string(outer) + ")" + tags;
}

std::string PacketBuilder::scapy_ipv4() const {
    auto text = "/IP(src=" + quoted(to_string(source4_)) +
                ", dst=" + quoted(to_string(destination4_)) + ", ttl=" + std::to_string(ttl_) +
                ", id=" + std::to_string(identification_) +
                ", proto=" + std::to_string(last_protocol());
    if (traffic_class_ != 0) {
        text += ", tos=" + std::to_string(traffic_class_);
    }
    if (flags_offset_ != 0) {
        text += ", flags=" + std::to_string(flags_offset_ >> 13) +
                ", frag=" + std::to_string(flags_offset_ & Ipv4Header::kOffsetMask);
    }
    if (!options_.empty()) {
        text += ", options=[" + raw_layer(options_) + "]";
    }
    return text + argument("version", set_.version) + argument("ihl", set_.header_words) +
           argument("len", set_.total_length) + argument("chksum", set_.checksum) + ")";
}

std::string PacketBuilder::scapy_ipv6() const {
    auto text = "/IPv6(src=" + quoted(to_string(source6_)) +
                ", dst=" + quoted(to_string(destination6_)) + ", hlim=" + std::to_string(ttl_) +
                ", nh=" + std::to_string(hop_by_hop_ ? 0 : last_protocol());
    if (traffic_class_ != 0) {
        text += ", tc=" + std::to_string(traffic_class_);
    }
    text += argument("version", set_.version) + argument("plen", set_.total_length) + ")";
    if (hop_by_hop_) {
        text += "/" + raw_layer(hop_by_hop_bytes(true));
    }
    return text;
}

std::string PacketBuilder::scapy_transport() const {
    if (transport_.header.empty()) {
        return payload_.empty() ? "" : "/" + raw_layer(payload_);
    }
    if (!transport_.is_udp || hop_by_hop_) {
        return "/" + raw_layer(transport_bytes());
    }
    const auto port = [&](std::size_t at) {
        return std::to_string(transport_.header[at] << 8 | transport_.header[at + 1]);
    };
    auto text = "/UDP(sport=" + port(0) + ", dport=" + port(2) +
                argument("chksum", set_.transport_checksum) + ")";
    return payload_.empty() ? text : text + "/" + raw_layer(payload_);
}

std::string PacketBuilder::scapy() const {
    auto text = scapy_link();
    if (network_ == Network::ipv4) {
        text += scapy_ipv4() + scapy_transport();
    } else if (network_ == Network::ipv6) {
        text += scapy_ipv6() + scapy_transport();
    } else if (!raw_.empty()) {
        text += "/" + raw_layer(raw_);
    }
    if (!trailer_.empty()) {
        text += "/Padding(bytes.fromhex('" + hex(trailer_) + "'))";
    }
    return set_.truncate ? "raw(" + text + ")[:" + std::to_string(*set_.truncate) + "]" : text;
}

}  // namespace mgmd::test
