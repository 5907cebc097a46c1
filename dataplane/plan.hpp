// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "dataplane/interface_table.hpp"

/// The outgoing plan of an entry: where copies go and how their frames differ (forwarding rules 5).
/// It does not depend on the group, so all entries with the same outgoing list share one plan.
/// Immutable once published; workers read it until their next quiescent state.
namespace mgmd::dataplane {

/// One outgoing interface.
struct PlanMember {
    InterfaceIndex interface = kNoInterface;
    PortIndex port = 0;
    std::uint16_t mtu = 0;           ///< octets of IP
    std::uint8_t ttl_threshold = 0;  ///< a copy leaves only if the TTL as received is greater
    std::uint8_t unused = 0;

    friend bool operator==(const PlanMember&, const PlanMember&) = default;
};
static_assert(sizeof(PlanMember) == 8);

/// A rewrite class: members whose frames are the same, octet for octet, and may be one buffer. A
/// member whose port doesn't share frames is a class of its own.
struct PlanClass {
    static constexpr std::size_t kMaxHeader = 6 + 6 + 4 + 4 + 2;

    /// Destination MAC (zero if from the group), source MAC, tags, EtherType.
    std::array<std::uint8_t, kMaxHeader> header{};
    std::uint8_t header_length = 0;        ///< 14, 18 or 22
    bool destination_is_group : 1 = true;  ///< the first six octets come from the packet's group
    bool shares_frames : 1 = true;         ///< no: the one member's frame must be private
    bool takes_segments : 1 = false;       ///< frames may have several segments
    std::uint8_t unused : 5 = 0;           // named, so that plans compare octet for octet
    std::uint16_t first_member = 0;        ///< position in Plan::members()
    std::uint16_t member_count = 0;        ///< at least 1

    friend bool operator==(const PlanClass&, const PlanClass&) = default;
};
static_assert(sizeof(PlanClass) == 28);

/// Followed in memory by its classes, then by all their members. A plan of one class and up to four
/// members is one cache line.
class Plan {
public:
    std::span<const PlanClass> classes() const { return {first_class(), class_count}; }
    /// Of all classes, class by class; ascending by interface within each.
    std::span<const PlanMember> members() const { return {first_member(), member_count}; }
    std::span<const PlanMember> members(const PlanClass& of) const {
        return {first_member() + of.first_member, of.member_count};
    }

    /// With what follows it.
    std::size_t octets() const { return octets(class_count, member_count); }
    static constexpr std::size_t octets(std::size_t classes, std::size_t members) {
        return sizeof(Plan) + classes * sizeof(PlanClass) + members * sizeof(PlanMember);
    }

    std::uint16_t class_count = 0;
    std::uint16_t member_count = 0;

private:
    const PlanClass* first_class() const { return reinterpret_cast<const PlanClass*>(this + 1); }
    const PlanMember* first_member() const {
        return reinterpret_cast<const PlanMember*>(first_class() + class_count);
    }
};
static_assert(sizeof(Plan) == 4 && alignof(PlanClass) <= 4 && alignof(PlanMember) <= 4);
static_assert(sizeof(Plan) + sizeof(PlanClass) + 4 * sizeof(PlanMember) == 64);
static_assert(std::is_trivially_copyable_v<Plan> && std::is_trivially_copyable_v<PlanClass>);

/// Lays plans out. Keeps its buffers between calls. Control thread.
class PlanBuilder {
public:
    /// `ether_type`: of the frames that follow such a plan.
    PlanBuilder(const InterfaceTable& interfaces, std::uint16_t ether_type)
        : interfaces_(&interfaces), ether_type_(ether_type) {}

    /// From now on plans are of these.
    void set_interfaces(const InterfaceTable& interfaces) { interfaces_ = &interfaces; }

    /// The plan for an outgoing list, valid until the next call. Equal lists give equal octets.
    /// Empty: an interface is unknown, the list does not ascend, or it is longer than kMaxOutgoing.
    std::span<const std::byte> build(std::span<const Outgoing> outgoing);

    std::uint16_t lowest_mtu() const { return lowest_mtu_; }  ///< of the plan built last
    std::uint8_t highest_ttl_threshold() const { return highest_ttl_threshold_; }

private:
    struct Placed {
        PlanMember member;
        std::uint16_t rewrite_class;
        bool has_next_hop;
        MacAddress next_hop;
    };

    bool collect(std::span<const Outgoing> outgoing);
    void group();
    PlanClass class_of(const Placed& first) const;

    const InterfaceTable* interfaces_;
    std::uint16_t ether_type_;
    std::uint16_t lowest_mtu_ = 0;
    std::uint8_t highest_ttl_threshold_ = 0;
    std::vector<Placed> placed_;
    std::vector<PlanClass> classes_;
    std::vector<PlanMember> members_;
    std::vector<std::byte> octets_;
};

}  // namespace mgmd::dataplane
