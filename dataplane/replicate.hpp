// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include <boost/container/static_vector.hpp>

#include "common/mac_address.hpp"
#include "dataplane/arrival_table.hpp"
#include "dataplane/context.hpp"
#include "dataplane/copies.hpp"
#include "dataplane/packet.hpp"
#include "dataplane/size.hpp"

/// Stage: decide who gets a copy of a packet, and have the copies made (forwarding rules 4, 5).
namespace mgmd::dataplane {

/// The members of an entry's plan that get a packet, by rewrite class. What it has room for is not
/// touched until it is needed.
class CopyGroups {
public:
    /// All of them.
    void choose_all(const Plan& plan) {
        for (const auto& rewrite_class : plan.classes()) {
            groups_.push_back(
                {&rewrite_class, plan.members(rewrite_class).data(), rewrite_class.member_count});
        }
    }

    /// Those for which `chosen(rewrite_class, member)` is true.
    template <class Chosen>
    void choose(const Plan& plan, Chosen&& chosen) {
        for (const auto& rewrite_class : plan.classes()) {
            const auto first = members_.size();
            for (const auto& member : plan.members(rewrite_class)) {
                if (chosen(rewrite_class, member)) {
                    members_.push_back(member);
                }
            }
            const auto count = members_.size() - first;
            if (count != 0) {
                groups_.push_back(
                    {&rewrite_class, members_.data() + first, static_cast<std::uint16_t>(count)});
            }
        }
    }

    std::span<const CopyGroup> get() const { return {groups_.data(), groups_.size()}; }

private:
    template <class T>
    using Room = boost::container::static_vector<
        T, kMaxOutgoing,
        boost::container::static_vector_options_t<boost::container::throw_on_overflow<false>>>;

    Room<CopyGroup> groups_;
    Room<PlanMember> members_;
};

/// Whether every member of the entry's plan gets every packet of the run: what most runs are, known
/// from the entry's summary alone.
template <class F>
bool goes_everywhere(const WorkerContext& ctx, std::span<const Packet> run, const Entry<F>& entry) {
    std::uint8_t lowest_ttl = std::numeric_limits<std::uint8_t>::max();
    std::uint16_t longest = 0;
    for (const auto& packet : run) {
        lowest_ttl = std::min(lowest_ttl, packet.ttl);
        longest = std::max(longest, packet.ip_length);
    }
    return lowest_ttl > entry.highest_ttl_threshold && longest <= entry.lowest_mtu &&
           !entry.may_leave_out && ctx.interfaces->all_up();
}

/// Judges the members of a plan for one packet. Each one that doesn't get a whole copy is counted.
template <class F>
class MemberCheck {
public:
    MemberCheck(WorkerContext& ctx, CopySender& sender, const Packet& packet,
                const FlowKey<F>& flow, EntryIndex entry)
        : ctx_(ctx),
          packet_(packet),
          flow_(flow),
          entry_(entry),
          check_boundaries_(ctx.arrivals->features().boundaries),
          size_(ctx, sender, packet, entry) {}

    /// True: the member gets a copy of the packet as it is.
    bool operator()(const PlanClass& rewrite_class, const PlanMember& member) {
        // The arrival link is always left out, whatever the entry lists.
        if (member.interface == packet_.interface || is_beyond_boundary(member)) {
            count(member, CopyException::left_out);
            return false;
        }
        if (packet_.ttl <= member.ttl_threshold) {
            count(member, CopyException::ttl_too_low);
            ctx_.interface_counters(member.interface).ttl_too_low.add();
            return false;
        }
        if (!ctx_.interfaces->is_up(member.interface)) {
            count_discarded(ctx_, {entry_, member.interface, F::family}, 1);
            return false;
        }
        return size_.fits(rewrite_class, member);
    }

    /// After the last member.
    void finish() { size_.finish(); }

private:
    bool is_beyond_boundary(const PlanMember& member) const {
        return check_boundaries_ &&
               (*ctx_.arrivals)[member.interface].boundaries<F>().blocks(flow_.group);
    }
    void count(const PlanMember& member, CopyException kind) {
        ctx_.family<F>().table.counters().exception(entry_, member.interface, kind, 1);
    }

    WorkerContext& ctx_;
    const Packet& packet_;
    const FlowKey<F>& flow_;
    EntryIndex entry_;
    bool check_boundaries_;
    SizeCheck<F> size_;
};

/// Copies the packets of a run to the entry's outgoing interfaces, and takes them. Their verdict is
/// "forwarded", also where there is nobody to get a copy.
template <class F>
void replicate(WorkerContext& ctx, std::span<Packet> run, const FlowKey<F>& flow,
               const Entry<F>& entry) {
    if (run.empty()) {
        return;
    }
    ctx.counters->forwarded.add(run.size());
    const auto& table = ctx.family<F>().table;
    const auto index = table.index(entry);
    const Plan& plan = table.plan(entry);
    CopySender sender(ctx, index, F::family, multicast_mac(flow.group));
    if (goes_everywhere<F>(ctx, run, entry)) [[likely]] {
        CopyGroups groups;
        groups.choose_all(plan);
        sender.send(run, groups.get());
        return;
    }
    for (const auto& packet : run) {
        MemberCheck<F> check(ctx, sender, packet, flow, index);
        CopyGroups groups;
        groups.choose(plan, check);
        check.finish();
        sender.send({&packet, 1}, groups.get());
    }
}

}  // namespace mgmd::dataplane
