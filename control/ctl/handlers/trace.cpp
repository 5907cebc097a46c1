// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "control/ctl/handlers/support.hpp"
#include "control/ctl/handlers/tap_request.hpp"
#include "control/ctl/tap_answer.hpp"

namespace mgmd::ctl {
namespace {

constexpr std::uint32_t kDefaultCount = 10;

constexpr std::array<std::string_view, 4> kVerdictNames{"forwarded", "dropped", "punted", "held"};
constexpr std::array<std::string_view, 6> kFateNames{"sent",    "fragmented", "ttl_too_low",
                                                     "too_big", "discarded",  "left_out"};
constexpr std::array<std::string_view, 4> kActionNames{"forward", "forward_and_copy", "hand_over",
                                                       "drop"};

template <class Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
    return names.at(static_cast<std::size_t>(value));
}

std::string address_text(Family family, const RawAddress& address) {
    return family == Family::ipv4 ? to_string(address.as<V4>()) : to_string(address.as<V6>());
}

bool is_zero(const RawAddress& address) {
    return address == RawAddress{};
}

/// A trace as a row: what is known of the packet, and a step for each stage that it met.
class TraceRow {
public:
    TraceRow(const Context& context, const TraceRecord& record)
        : context_(context), record_(record) {}

    Json make() {
        describe_frame(context_, record_.time_ns, record_.worker, record_.port, record_.interface,
                       record_.length, row_);
        classify();
        if (record_.is_data) {
            lookup();
            resolve();
            accept();
            ttl();
            replicate();
        }
        row_["steps"] = std::move(steps_);
        row_["verdict"] = name_in(kVerdictNames, record_.verdict);
        if (record_.verdict == TraceVerdict::dropped) {
            row_["reason"] = name_of(record_.reason);
        }
        row_["octets"] = hexadecimal(std::span(record_.octets).first(record_.captured));
        return std::move(row_);
    }

private:
    bool reached(Stage stage) const { return record_.last >= stage; }
    bool ended_in(Stage stage) const { return record_.last == stage; }

    void add(Stage stage, std::string result) {
        steps_.push_back(
            {{"stage", kStageNames[static_cast<std::size_t>(stage)]}, {"result", result}});
    }

    /// How it ended in this stage.
    std::string end() const {
        switch (record_.verdict) {
            case TraceVerdict::dropped:
                return fmt::format("dropped: {} ({})", name_of(record_.reason),
                                   help_of(record_.reason));
            case TraceVerdict::punted:
                return "handed to control or the kernel's port";
            case TraceVerdict::held:
                return "held until its entry comes";
            case TraceVerdict::forwarded:
                break;
        }
        return "forwarded";
    }

    void classify() {
        if (!record_.is_data) {
            return add(Stage::classify, end());
        }
        row_["source"] = address_text(record_.family, record_.source);
        row_["group"] = address_text(record_.family, record_.group);
        row_["table"] = record_.table;
        row_["ttl"] = record_.ttl;
        add(Stage::classify,
            fmt::format("{} data for table {}: {} to {}, {} octets, TTL {}",
                        record_.family == Family::ipv4 ? "IPv4" : "IPv6", record_.table,
                        address_text(record_.family, record_.source),
                        address_text(record_.family, record_.group), record_.ip_length,
                        record_.ttl));
    }

    std::string entry_text() const {
        const auto source = is_zero(record_.entry_source)
                                ? std::string("*")
                                : address_text(record_.family, record_.entry_source);
        auto group = record_.entry_group_length == 0
                         ? std::string("*")
                         : address_text(record_.family, record_.entry_group);
        const auto bits = record_.family == Family::ipv4 ? V4::address_bits : V6::address_bits;
        if (record_.entry_group_length != 0 && record_.entry_group_length != bits) {
            group += '/' + std::to_string(record_.entry_group_length);
        }
        return '(' + source + ", " + group + ')';
    }

    void lookup() {
        if (!record_.found) {
            return add(Stage::lookup, "no entry");
        }
        row_["entry"] = entry_text();
        row_["action"] = name_in(kActionNames, record_.action);
        add(Stage::lookup,
            fmt::format("entry {}: {}", entry_text(), name_in(kActionNames, record_.action)));
    }

    void resolve() {
        const std::string asked = record_.asked ? "; control is asked for it" : "";
        if (ended_in(Stage::resolve)) {
            add(Stage::resolve, end() + asked);
        } else if (record_.released != 0) {
            add(Stage::resolve, fmt::format("{} that waited left before it", record_.released));
        }
    }

    void accept() {
        if (!reached(Stage::accept)) {
            return;
        }
        const std::string told = record_.reported ? "; control is told" : "";
        const std::string copied =
            record_.copied ? "; control or the kernel's port gets a copy" : "";
        add(Stage::accept, (ended_in(Stage::accept) ? end() : "may arrive here") + told + copied);
    }

    void ttl() {
        if (reached(Stage::ttl)) {
            add(Stage::ttl, ended_in(Stage::ttl)
                                ? end()
                                : fmt::format("{} becomes {}", record_.ttl, record_.ttl - 1));
        }
    }

    void replicate() {
        if (!reached(Stage::transmit)) {
            return;
        }
        Json copies = Json::array();
        add(Stage::replicate, fmt::format("{} outgoing interfaces", record_.outgoing));
        for (const auto& copy : std::span(record_.copies).first(record_.listed)) {
            const auto name = interface_name(context_.settings, copy.interface);
            copies.push_back({{"interface", name}, {"fate", name_in(kFateNames, copy.fate)}});
            add(Stage::transmit, name + ": " + fate_text(copy));
        }
        if (record_.listed < record_.outgoing) {
            add(Stage::transmit, fmt::format("and {} more", record_.outgoing - record_.listed));
        }
        row_["outgoing"] = record_.outgoing;
        row_["copies"] = std::move(copies);
    }

    std::string fate_text(const TracedCopy& copy) const {
        switch (copy.fate) {
            case TracedFate::sent:
                return "sent";
            case TracedFate::fragmented:
                return fmt::format("sent in {} fragments (MTU {})", copy.frames, copy.mtu);
            case TracedFate::ttl_too_low:
                return fmt::format("not sent: TTL {} is not above the threshold, {}", record_.ttl,
                                   copy.ttl_threshold);
            case TracedFate::too_big:
                return fmt::format("not sent: {} octets are more than the MTU, {}",
                                   record_.ip_length, copy.mtu);
            case TracedFate::discarded:
                return "not sent: link down, no buffer, or the port was full";
            case TracedFate::left_out:
                break;
        }
        return copy.interface == record_.interface ? "not sent: it came from there"
                                                   : "not sent: behind a boundary";
    }

    const Context& context_;
    const TraceRecord& record_;
    Json row_ = Json::object();
    Json steps_ = Json::array();
};

class TraceAnswer final : public TapAnswer<TraceRecord> {
public:
    TraceAnswer(const Context& context, std::unique_ptr<PacketTap<TraceRecord>> tap,
                std::uint32_t count)
        : TapAnswer(std::move(tap), count), context_(context) {}

private:
    Json row_of(const TraceRecord& record) const override {
        return TraceRow(context_, record).make();
    }

    const Context& context_;
};

}  // namespace

Outcome<AnswerPtr> trace(Context& context, const Arguments& arguments) {
    const auto filter = tap_filter(context, arguments);
    if (!filter) {
        return tl::make_unexpected(filter.error());
    }
    const auto given = tap_count(arguments);
    if (!given) {
        return tl::make_unexpected(given.error());
    }
    const auto count = given->value_or(kDefaultCount);
    auto tap = context.control.doors().ops.trace(*filter, count);
    if (!tap) {
        return refuse(Refused::limit, tap.error().message);
    }
    return std::make_unique<TraceAnswer>(context, std::move(*tap), count);
}

}  // namespace mgmd::ctl
