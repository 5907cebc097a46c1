// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

/// Addresses, prefixes and the two address families. Everything that exists for IPv4 and IPv6 alike
/// is a template over `V4` or `V6`. Any thread; no allocation except in the string functions.
namespace mgmd {

enum class Family : std::uint8_t { ipv4 = 4, ipv6 = 6 };

/// An address in network byte order; comparing the bytes compares the numbers.
struct Ipv4Address {
    std::array<std::uint8_t, 4> bytes{};

    friend constexpr auto operator<=>(const Ipv4Address&, const Ipv4Address&) = default;
    /// As one word: comparing the array would be a call of memcmp for each packet.
    friend constexpr bool operator==(const Ipv4Address& a, const Ipv4Address& b) {
        return std::bit_cast<std::uint32_t>(a.bytes) == std::bit_cast<std::uint32_t>(b.bytes);
    }
};

/// An address in network byte order; comparing the bytes compares the numbers.
struct Ipv6Address {
    std::array<std::uint8_t, 16> bytes{};

    friend constexpr auto operator<=>(const Ipv6Address&, const Ipv6Address&) = default;
    friend constexpr bool operator==(const Ipv6Address& a, const Ipv6Address& b) {
        using Words = std::array<std::uint64_t, 2>;
        const auto left = std::bit_cast<Words>(a.bytes);
        const auto right = std::bit_cast<Words>(b.bytes);
        return ((left[0] ^ right[0]) | (left[1] ^ right[1])) == 0;
    }
};

static_assert(sizeof(Ipv4Address) == 4 && alignof(Ipv4Address) == 1);
static_assert(sizeof(Ipv6Address) == 16 && alignof(Ipv6Address) == 1);

/// Family traits: the type argument of everything that has one body for IPv4 and IPv6.
struct V4 {
    using Address = Ipv4Address;
    static constexpr Family family = Family::ipv4;
    static constexpr std::uint8_t address_bits = 32;
    static constexpr std::uint16_t ether_type = 0x0800;
};

struct V6 {
    using Address = Ipv6Address;
    static constexpr Family family = Family::ipv6;
    static constexpr std::uint8_t address_bits = 128;
    static constexpr std::uint16_t ether_type = 0x86dd;
};

template <class Address>
constexpr bool is_unspecified(const Address& address) {
    return address == Address{};
}

/// 224.0.0.0/4 (RFC 1112 4) or ff00::/8 (RFC 4291 2.7).
constexpr bool is_multicast(const Ipv4Address& address) {
    return (address.bytes[0] & 0xf0) == 0xe0;
}
constexpr bool is_multicast(const Ipv6Address& address) {
    return address.bytes[0] == 0xff;
}

/// 169.254.0.0/16 (RFC 3927 2.1) or fe80::/10 (RFC 4291 2.5.6).
constexpr bool is_link_local(const Ipv4Address& address) {
    return address.bytes[0] == 169 && address.bytes[1] == 254;
}
constexpr bool is_link_local(const Ipv6Address& address) {
    return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

/// The four-bit scope of an IPv6 multicast address (RFC 4291 2.7), whatever its flags.
constexpr std::uint8_t multicast_scope(const Ipv6Address& group) {
    return group.bytes[1] & 0x0f;
}

/// Groups that no router forwards: 224.0.0.0/24 (RFC 5771 4); IPv6 scopes 0, 1, 2 (RFC 4291 2.7).
/// Precondition: `group` is multicast.
constexpr bool is_link_scope_group(const Ipv4Address& group) {
    return group.bytes[0] == 224 && group.bytes[1] == 0 && group.bytes[2] == 0;
}
constexpr bool is_link_scope_group(const Ipv6Address& group) {
    return multicast_scope(group) <= 2;
}

/// Source-specific groups: 232.0.0.0/8 and ff3x::/32 (RFC 4607 1).
constexpr bool is_ssm_group(const Ipv4Address& group) {
    return group.bytes[0] == 232;
}
constexpr bool is_ssm_group(const Ipv6Address& group) {
    return group.bytes[0] == 0xff && (group.bytes[1] & 0xf0) == 0x30 && group.bytes[2] == 0 &&
           group.bytes[3] == 0;
}

/// `address` with all but its first `length` bits cleared. `length` <= bits of the address.
template <class Address>
constexpr Address masked(Address address, std::uint8_t length) {
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        const int bits = static_cast<int>(length) - static_cast<int>(i * 8);
        if (bits <= 0) {
            address.bytes[i] = 0;
        } else if (bits < 8) {
            address.bytes[i] &= static_cast<std::uint8_t>(0xff00u >> bits);
        }
    }
    return address;
}

/// A CIDR prefix. As an interface address `address` keeps its host bits; as a route it has none.
template <class F>
struct Prefix {
    typename F::Address address{};
    std::uint8_t length = 0;  ///< 0 .. F::address_bits

    constexpr bool contains(const typename F::Address& other) const {
        return masked(other, length) == masked(address, length);
    }
    constexpr Prefix network() const { return {masked(address, length), length}; }

    friend constexpr auto operator<=>(const Prefix&, const Prefix&) = default;
};

/// Strict textual forms, nothing before or after; nullopt when malformed.
template <class F>
std::optional<typename F::Address> parse_address(std::string_view text);
/// "address/length"; without "/length" the length is that of the whole address.
template <class F>
std::optional<Prefix<F>> parse_prefix(std::string_view text);

std::string to_string(const Ipv4Address& address);
std::string to_string(const Ipv6Address& address);
template <class F>
std::string to_string(const Prefix<F>& prefix) {
    return to_string(prefix.address) + '/' + std::to_string(prefix.length);
}

/// An address of either family in 16 bytes, as it crosses the rings (IPv4 in the first four).
struct RawAddress {
    std::array<std::uint8_t, 16> bytes{};

    template <class Address>
    static RawAddress from(const Address& address) {
        RawAddress raw;
        std::memcpy(raw.bytes.data(), address.bytes.data(), address.bytes.size());
        return raw;
    }
    template <class F>
    typename F::Address as() const {
        typename F::Address address;
        std::memcpy(address.bytes.data(), bytes.data(), address.bytes.size());
        return address;
    }
    friend constexpr auto operator<=>(const RawAddress&, const RawAddress&) = default;
};

}  // namespace mgmd
