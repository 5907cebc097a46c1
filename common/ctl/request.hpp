// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/ctl/command_table.hpp"
#include "common/ctl/protocol.hpp"
#include "common/ip_address.hpp"

namespace mgmd::ctl {

/// Addresses of either family.
using AnyPrefix = std::variant<Prefix<V4>, Prefix<V6>>;

/// A frame that an argument brings.
struct PacketOctets {
    /// Most that a request has room for in hexadecimal; a packet's headers are shorter.
    static constexpr std::size_t kMostGiven = 4096;
    static constexpr std::uint32_t kMostOctets = 65'557;  ///< IP, Ethernet and two tags

    std::vector<std::uint8_t> octets;  ///< the first of them
    std::uint32_t length = 0;          ///< of the frame; not less
};

/// The arguments of a request, checked against the command table: what a reader asks for by the
/// kind that the table gives is well-formed.
class Arguments {
public:
    Arguments() = default;
    /// The first argument that is unknown, missing or malformed is refused.
    static Outcome<Arguments> check(const Command& command, const Json& object);

    bool has(std::string_view name) const { return values_.contains(name); }
    bool flag(std::string_view name) const { return has(name) && values_.at(name).get<bool>(); }
    /// Of a name or choice; nullopt: not given.
    std::optional<std::string> text(std::string_view name) const;
    std::optional<std::uint32_t> number(std::string_view name) const;
    /// Of groups, sources, a group, or an address (those two with their whole length).
    std::optional<AnyPrefix> prefix(std::string_view name) const;
    std::optional<PacketOctets> packet(std::string_view name) const;
    /// Of a repeated argument; empty: not given.
    std::vector<std::string> list(std::string_view name) const;

    const Json& json() const { return values_; }

private:
    Json values_ = Json::object();
};

struct Request {
    Json id;  ///< null: not given
    const Command* command = nullptr;
    Arguments arguments;
};

/// What a line asks for. A refusal is to be sent with the id that `id` then holds: the line's, as
/// far as it could be read.
Outcome<Request> parse_request(std::string_view line, Json& id);

/// Checks one value, as it stands in a request, against its description.
Outcome<> check_value(const Argument& argument, const Json& value);

/// As a request has it. Precondition: no more than PacketOctets allows.
Json packet_value(const PacketOctets& packet);

/// The request as a line, with its end.
std::string request_line(const Command& command, const Json& arguments);

}  // namespace mgmd::ctl
