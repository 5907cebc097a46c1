// SPDX-License-Identifier: Apache-2.0
#include "dataplane/ipv4_options.hpp"

#include "common/wire_reader.hpp"

namespace mgmd::dataplane {
namespace {

/// Option types with their copied flag and class (RFC 791 3.1, RFC 2113 2.1).
enum class OptionType : std::uint8_t {
    end = 0,
    no_operation = 1,
    record_route = 7,
    timestamp = 68,
    loose_source_route = 131,
    router_alert = 148,
    strict_source_route = 137,
};

/// Whether the fields after type and length may stand there; `data` may be empty.
bool well_formed(OptionType type, std::span<const std::uint8_t> data) {
    switch (type) {
        case OptionType::record_route:
        case OptionType::loose_source_route:
        case OptionType::strict_source_route:
            return !data.empty() && data[0] >= 4;  // RFC 791: the smallest legal pointer is 4
        case OptionType::timestamp:
            return data.size() >= 2 && data[0] >= 5;  // RFC 791: the smallest legal value is 5
        case OptionType::router_alert:
            return data.size() == 2;  // RFC 2113 2.1: length 4
        default:
            return true;
    }
}

}  // namespace

std::optional<DropReason> check_ipv4_options(std::span<const std::uint8_t> options) {
    WireReader reader(options);
    std::optional<DropReason> verdict;
    while (const auto octet = reader.read<std::uint8_t>()) {
        const auto type = static_cast<OptionType>(*octet);
        if (type == OptionType::end) {
            break;
        }
        if (type == OptionType::no_operation) {
            continue;
        }
        const auto length = reader.read<std::uint8_t>();
        if (!length || *length < 2) {
            return DropReason::bad_options;
        }
        const auto data = reader.take(*length - 2u);
        if (!data || !well_formed(type, *data)) {
            return DropReason::bad_options;
        }
        if (type == OptionType::loose_source_route || type == OptionType::strict_source_route) {
            verdict = DropReason::source_route;
        }
    }
    return verdict;
}

}  // namespace mgmd::dataplane
