// SPDX-License-Identifier: Apache-2.0
#include "dataplane/plan.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

namespace mgmd::dataplane {

namespace {

constexpr std::uint16_t kCustomerTag = 0x8100;  // IEEE 802.1Q 9.4
constexpr std::uint16_t kServiceTag = 0x88a8;

/// Appends to the header of a class.
class HeaderWriter {
public:
    explicit HeaderWriter(PlanClass& to) : to_(to) {}

    void mac(const MacAddress& address) {
        std::copy(address.bytes.begin(), address.bytes.end(), end());
        to_.header_length = static_cast<std::uint8_t>(to_.header_length + address.bytes.size());
    }
    void word(std::uint16_t value) {
        auto* at = end();
        at[0] = static_cast<std::uint8_t>(value >> 8);
        at[1] = static_cast<std::uint8_t>(value);
        to_.header_length = static_cast<std::uint8_t>(to_.header_length + 2);
    }

private:
    std::uint8_t* end() { return to_.header.data() + to_.header_length; }

    PlanClass& to_;
};

template <class T>
std::byte* append(std::byte* to, const std::vector<T>& items) {
    std::memcpy(to, items.data(), items.size() * sizeof(T));
    return to + items.size() * sizeof(T);
}

}  // namespace

std::span<const std::byte> PlanBuilder::build(std::span<const Outgoing> outgoing) {
    if (outgoing.size() > kMaxOutgoing || !collect(outgoing)) {
        return {};
    }
    group();
    Plan plan;
    plan.class_count = static_cast<std::uint16_t>(classes_.size());
    plan.member_count = static_cast<std::uint16_t>(members_.size());
    octets_.resize(plan.octets());
    std::memcpy(octets_.data(), &plan, sizeof plan);
    append(append(octets_.data() + sizeof plan, classes_), members_);
    return octets_;
}

bool PlanBuilder::collect(std::span<const Outgoing> outgoing) {
    placed_.clear();
    lowest_mtu_ = std::numeric_limits<std::uint16_t>::max();
    highest_ttl_threshold_ = 0;
    InterfaceIndex previous = kNoInterface;
    for (const auto& out : outgoing) {
        const auto& info = (*interfaces_)[out.interface];
        if (out.interface <= previous || !info.configured) {
            return false;
        }
        previous = out.interface;
        const auto ttl_threshold = out.ttl_threshold.value_or(info.ttl_threshold);
        placed_.push_back({{out.interface, info.port, info.mtu, ttl_threshold, 0},
                           info.rewrite_class,
                           out.next_hop.has_value(),
                           out.next_hop.value_or(MacAddress{})});
        lowest_mtu_ = std::min(lowest_mtu_, info.mtu);
        highest_ttl_threshold_ = std::max(highest_ttl_threshold_, ttl_threshold);
    }
    return true;
}

void PlanBuilder::group() {
    const auto rewrite = [](const Placed& placed) {
        return std::tie(placed.rewrite_class, placed.has_next_hop, placed.next_hop);
    };
    const auto order = [&](const Placed& a, const Placed& b) {
        return std::tuple_cat(rewrite(a), std::tie(a.member.interface)) <
               std::tuple_cat(rewrite(b), std::tie(b.member.interface));
    };
    if (!std::is_sorted(placed_.begin(), placed_.end(), order)) {
        std::sort(placed_.begin(), placed_.end(), order);
    }
    classes_.clear();
    members_.clear();
    const Placed* previous = nullptr;
    for (const auto& placed : placed_) {
        if (previous == nullptr || rewrite(*previous) != rewrite(placed)) {
            classes_.push_back(class_of(placed));
        }
        ++classes_.back().member_count;
        members_.push_back(placed.member);
        previous = &placed;
    }
}

PlanClass PlanBuilder::class_of(const Placed& first) const {
    const auto& info = (*interfaces_)[first.member.interface];
    PlanClass made;
    made.destination_is_group = !first.has_next_hop;
    made.shares_frames = info.shares_frames;
    made.takes_segments = info.takes_segments;
    made.first_member = static_cast<std::uint16_t>(members_.size());
    HeaderWriter header(made);
    header.mac(first.next_hop);
    header.mac(info.mac);
    if (info.outer_vlan != 0) {
        header.word(kServiceTag);
        header.word(info.outer_vlan);
    }
    if (info.vlan != 0) {
        header.word(kCustomerTag);
        header.word(info.vlan);
    }
    header.word(ether_type_);
    return made;
}

}  // namespace mgmd::dataplane
