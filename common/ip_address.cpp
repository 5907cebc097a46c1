// SPDX-License-Identifier: Apache-2.0
#include "common/ip_address.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace mgmd {
namespace {

template <class Address>
constexpr int kSocketFamily = sizeof(Address) == 4 ? AF_INET : AF_INET6;

template <class Address>
std::string format(const Address& address) {
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(kSocketFamily<Address>, address.bytes.data(), text, sizeof(text));
    return text;
}

}  // namespace

template <class F>
std::optional<typename F::Address> parse_address(std::string_view text) {
    typename F::Address address;
    // An embedded NUL would end the text early for inet_pton.
    if (text.find('\0') != std::string_view::npos ||
        inet_pton(kSocketFamily<typename F::Address>, std::string(text).c_str(),
                  address.bytes.data()) != 1) {
        return std::nullopt;
    }
    return address;
}

template <class F>
std::optional<Prefix<F>> parse_prefix(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_address<F>(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    unsigned length = F::address_bits;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto end = digits.data() + digits.size();
        const auto result = std::from_chars(digits.data(), end, length);
        if (result.ec != std::errc{} || result.ptr != end || length > F::address_bits) {
            return std::nullopt;
        }
    }
    return Prefix<F>{*address, static_cast<std::uint8_t>(length)};
}

template std::optional<Ipv4Address> parse_address<V4>(std::string_view);
template std::optional<Ipv6Address> parse_address<V6>(std::string_view);
template std::optional<Prefix<V4>> parse_prefix<V4>(std::string_view);
template std::optional<Prefix<V6>> parse_prefix<V6>(std::string_view);

std::string to_string(const Ipv4Address& address) {
    return format(address);
}
std::string to_string(const Ipv6Address& address) {
    return format(address);
}

}  // namespace mgmd
