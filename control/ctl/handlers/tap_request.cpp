// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/tap_request.hpp"

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

template <class F>
TapMatch<F> match_of(const Arguments& arguments) {
    const auto family = arguments.text("family");
    bool fits = !family || *family == kFamilyName<F>;
    TapMatch<F> match;
    match.groups = prefix_of_family<F>(arguments, "group", fits).value_or(Prefix<F>{});
    match.sources = prefix_of_family<F>(arguments, "source", fits).value_or(Prefix<F>{});
    match.any = fits;
    return match;
}

/// Of a number that may be left out, but not 0.
Outcome<std::optional<std::uint32_t>> positive(const Arguments& arguments, const char* name) {
    const auto number = arguments.number(name);
    if (number && *number == 0) {
        return refuse(Refused::invalid_argument, std::string(name) + ": 0 must be at least 1");
    }
    return number;
}

}  // namespace

Outcome<TapFilter> tap_filter(const Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    const auto one_in = positive(arguments, "sample");
    if (!one_in) {
        return tl::make_unexpected(one_in.error());
    }
    TapFilter filter;
    filter.interface = *interface == nullptr ? kNoInterface : (*interface)->index;
    filter.ipv4 = match_of<V4>(arguments);
    filter.ipv6 = match_of<V6>(arguments);
    filter.others = !arguments.has("group") && !arguments.has("source") && !arguments.has("family");
    filter.one_in = one_in->value_or(1);
    return filter;
}

Outcome<std::optional<std::uint32_t>> tap_count(const Arguments& arguments) {
    return positive(arguments, "count");
}

void describe_frame(const Context& context, std::int64_t time_ns, WorkerIndex worker,
                    PortIndex port, InterfaceIndex interface, std::uint32_t length, Json& row) {
    row["time_ns"] = time_ns;
    row["worker"] = worker;
    row["port"] = context.settings.ports.at(port).name;
    if (interface != kNoInterface) {
        row["interface"] = interface_name(context.settings, interface);
    }
    row["length"] = length;
}

std::string hexadecimal(std::span<const std::uint8_t> octets) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(octets.size() * 2);
    for (const auto octet : octets) {
        text += kDigits[octet >> 4];
        text += kDigits[octet & 0xf];
    }
    return text;
}

}  // namespace mgmd::ctl
