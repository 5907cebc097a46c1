// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <string_view>

#include "control/ctl/handlers/tap_request.hpp"
#include "control/ctl/tap_answer.hpp"

namespace mgmd::ctl {
namespace {

constexpr std::string_view name_of(TapPoint point) {
    switch (point) {
        case TapPoint::in:
            return "in";
        case TapPoint::out:
            return "out";
        case TapPoint::drop:
            break;
    }
    return "drop";
}

class CaptureAnswer final : public TapAnswer<CapturedPacket> {
public:
    CaptureAnswer(const Context& context, std::unique_ptr<PacketTap<CapturedPacket>> tap,
                  std::optional<std::uint32_t> count)
        : TapAnswer(std::move(tap), count), context_(context) {}

private:
    Json row_of(const CapturedPacket& packet) const override {
        const auto& note = packet.note;
        Json row{{"point", name_of(note.point)}};
        if (note.point == TapPoint::drop) {
            row["reason"] = mgmd::name_of(note.reason);
        }
        describe_frame(context_, packet.time_ns, packet.worker, note.port, note.interface,
                       note.length, row);
        row["octets"] = hexadecimal(packet.octets);
        return row;
    }

    const Context& context_;
};

std::optional<DropReason> reason_of(const Arguments& arguments) {
    const auto name = arguments.text("reason");
    const auto found = std::find_if(kDropReasonTexts.begin(), kDropReasonTexts.end(),
                                    [&](const auto& text) { return text.name == name; });
    return found == kDropReasonTexts.end() ? std::nullopt : std::optional(found->reason);
}

/// None of the points named: all of them, or drops, if it is about a reason of drops.
void choose_points(const Arguments& arguments, CaptureRequest& request) {
    request.reason = reason_of(arguments);
    request.in = arguments.flag("in");
    request.out = arguments.flag("out");
    request.drop = arguments.flag("drop") || request.reason;
    if (!request.in && !request.out && !request.drop) {
        request.in = request.out = request.drop = true;
    }
}

}  // namespace

Outcome<AnswerPtr> capture(Context& context, const Arguments& arguments) {
    const auto filter = tap_filter(context, arguments);
    if (!filter) {
        return tl::make_unexpected(filter.error());
    }
    const auto count = tap_count(arguments);
    if (!count) {
        return tl::make_unexpected(count.error());
    }
    CaptureRequest request;
    request.filter = *filter;
    choose_points(arguments, request);
    request.snap_length = static_cast<std::uint16_t>(
        arguments.number("snaplen").value_or(std::numeric_limits<std::uint16_t>::max()));
    auto tap = context.control.doors().ops.capture(request);
    if (!tap) {
        return refuse(Refused::limit, tap.error().message);
    }
    return std::make_unique<CaptureAnswer>(context, std::move(*tap), *count);
}

}  // namespace mgmd::ctl
