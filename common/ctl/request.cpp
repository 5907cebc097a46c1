// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/request.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::ctl {
namespace {

/// Of what a client sends in place of an id, nothing longer comes back with the answer.
constexpr std::size_t kMaxIdOctets = 64;

std::optional<AnyPrefix> parse_any_prefix(const std::string& text) {
    if (const auto ipv4 = parse_prefix<V4>(text)) {
        return AnyPrefix{*ipv4};
    }
    if (const auto ipv6 = parse_prefix<V6>(text)) {
        return AnyPrefix{*ipv6};
    }
    return std::nullopt;
}

std::string shown(const Json& value) {
    constexpr std::size_t kLongest = 80;
    auto text = value.is_string() ? '"' + value.get<std::string>() + '"'
                                  : value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() <= kLongest ? text : text.substr(0, kLongest) + "…";
}

tl::unexpected<Refusal> refuse_value(const Argument& argument, const Json& value,
                                     const std::string& rule) {
    return refuse(Refused::invalid_argument,
                  std::string(argument.name) + ": " + shown(value) + " must be " + rule);
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const auto word : words) {
        text += (text.empty() ? "" : ", ") + std::string(word);
    }
    return text;
}

std::optional<std::uint8_t> digit_of(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint8_t>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<std::uint8_t>(c - 'a' + 10);
    }
    return std::nullopt;
}

std::optional<std::vector<std::uint8_t>> parse_octets(const std::string& text) {
    std::vector<std::uint8_t> octets;
    if (text.size() % 2 != 0 || text.size() > 2 * PacketOctets::kMostGiven) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = digit_of(text[i]);
        const auto low = digit_of(text[i + 1]);
        if (!high || !low) {
            return std::nullopt;
        }
        octets.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return octets;
}

std::optional<PacketOctets> parse_packet(const Json& value) {
    if (!value.is_object() || value.size() != 2 || !value.contains("octets") ||
        !value.at("octets").is_string() || !value.contains("length") ||
        !value.at("length").is_number_unsigned()) {
        return std::nullopt;
    }
    auto octets = parse_octets(value.at("octets").get_ref<const std::string&>());
    const auto length = value.at("length").get<std::uint64_t>();
    if (!octets || length < octets->size() || length > PacketOctets::kMostOctets) {
        return std::nullopt;
    }
    return PacketOctets{std::move(*octets), static_cast<std::uint32_t>(length)};
}

Outcome<> check_packet(const Argument& argument, const Json& value) {
    if (!parse_packet(value)) {
        return refuse_value(argument, value,
                            R"({"octets":HEX,"length":N}: at most )" +
                                std::to_string(PacketOctets::kMostGiven) +
                                " octets in lower case, N not less and at most " +
                                std::to_string(PacketOctets::kMostOctets));
    }
    return {};
}

bool is_host_route(const AnyPrefix& prefix) {
    return std::visit(
        []<class F>(const Prefix<F>& of_family) { return of_family.length == F::address_bits; },
        prefix);
}

bool is_multicast_prefix(const AnyPrefix& prefix) {
    return std::visit([](const auto& p) { return p.length >= 4 && is_multicast(p.address); },
                      prefix);
}

Outcome<> check_prefix(const Argument& argument, const Json& value) {
    const auto prefix =
        value.is_string() ? parse_any_prefix(value.get<std::string>()) : std::optional<AnyPrefix>();
    switch (argument.kind) {
        case ValueKind::groups:
            if (!prefix || !is_multicast_prefix(*prefix)) {
                return refuse_value(argument, value, "a multicast address or prefix");
            }
            return {};
        case ValueKind::group:
            if (!prefix || !is_host_route(*prefix) || !is_multicast_prefix(*prefix)) {
                return refuse_value(argument, value, "a multicast address");
            }
            return {};
        case ValueKind::address:
            if (!prefix || !is_host_route(*prefix) || is_multicast_prefix(*prefix)) {
                return refuse_value(argument, value, "a unicast address");
            }
            return {};
        default:
            if (!prefix || is_multicast_prefix(*prefix)) {
                return refuse_value(argument, value, "a unicast address or prefix");
            }
            return {};
    }
}

Outcome<> check_name(const Argument& argument, const Json& value) {
    constexpr std::size_t kLongestName = 255;
    if (!value.is_string() || value.get_ref<const std::string&>().empty() ||
        value.get_ref<const std::string&>().size() > kLongestName) {
        return refuse_value(argument, value, "the name of an interface");
    }
    return {};
}

Outcome<> check_number(const Argument& argument, const Json& value) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > argument.most ||
        value.get<std::uint64_t>() < argument.least) {
        return refuse_value(argument, value,
                            "a number from " + std::to_string(argument.least) + " to " +
                                std::to_string(argument.most));
    }
    return {};
}

Outcome<> check_choice(const Argument& argument, const Json& value) {
    const auto& choices = argument.choices;
    if (!value.is_string() || std::find(choices.begin(), choices.end(),
                                        value.get_ref<const std::string&>()) == choices.end()) {
        return refuse_value(argument, value, "one of " + joined(choices));
    }
    return {};
}

Outcome<> check_single(const Argument& argument, const Json& value) {
    switch (argument.kind) {
        case ValueKind::groups:
        case ValueKind::group:
        case ValueKind::sources:
        case ValueKind::address:
            return check_prefix(argument, value);
        case ValueKind::name:
            return check_name(argument, value);
        case ValueKind::number:
            return check_number(argument, value);
        case ValueKind::choice:
            return check_choice(argument, value);
        case ValueKind::file:
            return value.is_string() && !value.get_ref<const std::string&>().empty()
                       ? Outcome<>()
                       : refuse_value(argument, value, "the path of a file");
        case ValueKind::packet:
            return check_packet(argument, value);
        case ValueKind::flag:
            break;
    }
    return value.is_boolean() ? Outcome<>() : refuse_value(argument, value, "true or false");
}

}  // namespace

Outcome<> check_value(const Argument& argument, const Json& value) {
    if (!argument.repeated) {
        return check_single(argument, value);
    }
    if (!value.is_array() || value.empty()) {
        return refuse_value(argument, value, "a list");
    }
    for (const auto& each : value) {
        if (auto checked = check_single(argument, each); !checked) {
            return checked;
        }
    }
    return {};
}

Outcome<Arguments> Arguments::check(const Command& command, const Json& object) {
    if (!object.is_object()) {
        return refuse(Refused::invalid_request,
                      "arguments: " + shown(object) + " must be a JSON object");
    }
    for (const auto& [name, value] : object.items()) {
        const auto* argument = command.argument(name);
        if (argument == nullptr || argument->local) {
            return refuse(Refused::invalid_argument,
                          std::string(command.name) + ": no argument " + shown(name));
        }
        if (auto checked = check_value(*argument, value); !checked) {
            return tl::make_unexpected(std::move(checked.error()));
        }
    }
    for (const auto& argument : command.arguments) {
        if (argument.required && !object.contains(argument.name)) {
            return refuse(
                Refused::invalid_argument,
                std::string(command.name) + ": " + std::string(argument.name) + " is required");
        }
    }
    Arguments arguments;
    arguments.values_ = object;
    return arguments;
}

std::optional<std::string> Arguments::text(std::string_view name) const {
    return has(name) ? std::optional(values_.at(name).get<std::string>()) : std::nullopt;
}

std::optional<std::uint32_t> Arguments::number(std::string_view name) const {
    return has(name) ? std::optional(values_.at(name).get<std::uint32_t>()) : std::nullopt;
}

std::optional<AnyPrefix> Arguments::prefix(std::string_view name) const {
    return has(name) ? parse_any_prefix(values_.at(name).get<std::string>()) : std::nullopt;
}

std::optional<PacketOctets> Arguments::packet(std::string_view name) const {
    return has(name) ? parse_packet(values_.at(name)) : std::nullopt;
}

std::vector<std::string> Arguments::list(std::string_view name) const {
    return has(name) ? values_.at(name).get<std::vector<std::string>>()
                     : std::vector<std::string>();
}

namespace {

/// A filter that stands beside the arguments would choose nothing, and nobody would know.
Outcome<> check_members(const Json& message) {
    for (const auto& [name, value] : message.items()) {
        if (name != "id" && name != "command" && name != "arguments") {
            return refuse(Refused::invalid_request,
                          shown(name) + ": a request has id, command and arguments");
        }
    }
    return {};
}

}  // namespace

Outcome<Request> parse_request(std::string_view line, Json& id) {
    id = nullptr;
    auto message = parse_line(line);
    if (!message) {
        return tl::make_unexpected(std::move(message.error()));
    }
    if (!message->is_object()) {
        return refuse(Refused::invalid_request, shown(*message) + " must be a JSON object");
    }
    if (const auto given = message->find("id"); given != message->end()) {
        if (!(given->is_string() || given->is_number_integer()) ||
            shown(*given).size() > kMaxIdOctets) {
            return refuse(Refused::invalid_request,
                          "id: " + shown(*given) + " must be a number or a short text");
        }
        id = *given;
    }
    const auto name = message->find("command");
    if (name == message->end() || !name->is_string()) {
        return refuse(Refused::invalid_request, "command: a text is required");
    }
    const auto* command = find_command(name->get_ref<const std::string&>());
    if (command == nullptr) {
        return refuse(Refused::unknown_command, "command: " + shown(*name) + " is not known");
    }
    if (auto checked = check_members(*message); !checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    auto arguments = Arguments::check(*command, message->value("arguments", Json::object()));
    if (!arguments) {
        return tl::make_unexpected(std::move(arguments.error()));
    }
    return Request{id, command, std::move(*arguments)};
}

Json packet_value(const PacketOctets& packet) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto octet : packet.octets) {
        text += kDigits[octet >> 4];
        text += kDigits[octet & 0xf];
    }
    return {{"octets", std::move(text)}, {"length", packet.length}};
}

std::string request_line(const Command& command, const Json& arguments) {
    Json message{{"command", command.name}};
    if (!arguments.empty()) {
        message["arguments"] = arguments;
    }
    return message.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace mgmd::ctl
