// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/tap_printers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/drop_reason.hpp"
#include "tools/mgmctl/tap/packet_text.hpp"

namespace mgmd::mgmctl {
namespace {

/// The router may be another version than this program: what it does not say, or says otherwise, is
/// left out.
std::string text_of(const Json& row, std::string_view key) {
    const auto* value = find(row, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

template <class Number>
Number number_of(const Json& row, std::string_view key) {
    const auto* value = find(row, key);
    return value != nullptr && value->is_number_integer() ? value->get<Number>() : Number{};
}

std::vector<std::uint8_t> octets_of(const Json& row) {
    return from_hexadecimal(text_of(row, "octets")).value_or(std::vector<std::uint8_t>());
}

/// "ttl_expired: TTL or hop limit 1 or less as received"; empty: it was not dropped.
std::string reason_of(const Json& row) {
    const auto name = text_of(row, "reason");
    const auto known = std::find_if(kDropReasonTexts.begin(), kDropReasonTexts.end(),
                                    [&](const auto& text) { return text.name == name; });
    return known == kDropReasonTexts.end() ? name : name + ": " + std::string(known->help);
}

/// The interface, or the port of a frame that has none.
std::string where(const Json& row) {
    const auto interface = text_of(row, "interface");
    return interface.empty() ? "port " + text_of(row, "port") : interface;
}

}  // namespace

void CapturePrinter::add(Json row) {
    const auto reason = reason_of(row);
    out_ << fmt::format("{}  {:4}  {}  {}, {} octets{}{}\n",
                        time_text(number_of<std::int64_t>(row, "time_ns")), text_of(row, "point"),
                        where(row), packet_text(octets_of(row)),
                        number_of<std::uint32_t>(row, "length"), reason.empty() ? "" : "  ", reason)
         << std::flush;
}

void PcapngPrinter::add_interface(const Json& row) {
    auto description = "port " + text_of(row, "port");
    for (const char* tag : {"outer_vlan", "vlan"}) {
        if (const auto vid = number_of<unsigned>(row, tag); vid != 0) {
            description += fmt::format(", {} {}", tag, vid);
        }
    }
    writer_.add_interface(text_of(row, "interface"), description);
}

void PcapngPrinter::add(Json row) {
    const auto octets = octets_of(row);
    const auto reason = reason_of(row);
    PcapngWriter::Packet packet;
    packet.time_ns = number_of<std::uint64_t>(row, "time_ns");
    packet.length = number_of<std::uint32_t>(row, "length");
    packet.octets = octets;
    packet.direction = text_of(row, "point") == "out" ? PcapngWriter::Direction::outbound
                                                      : PcapngWriter::Direction::inbound;
    const auto comment = reason.empty() ? std::string() : "dropped: " + reason;
    packet.comment = comment;
    writer_.add_packet(where(row), packet);
}

void TracePrinter::add(Json row) {
    out_ << fmt::format("{}  {}  {}, {} octets  ({}, worker {})\n",
                        time_text(number_of<std::int64_t>(row, "time_ns")), where(row),
                        packet_text(octets_of(row)), number_of<std::uint32_t>(row, "length"),
                        text_of(row, "verdict"), number_of<unsigned>(row, "worker"));
    std::string before;
    if (const auto* steps = find(row, "steps"); steps != nullptr && steps->is_array()) {
        for (const auto& step : *steps) {
            const auto stage = text_of(step, "stage");
            out_ << fmt::format("    {:10} {}\n", stage == before ? "" : stage,
                                text_of(step, "result"));
            before = stage;
        }
    }
    out_ << std::flush;
}

}  // namespace mgmd::mgmctl
