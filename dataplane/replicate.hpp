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

/// Whether every member of the entry's plan gets every packet of the run, if all are up: what most
/// runs are, known from the entry's summary alone.
template <class F>
[[gnu::always_inline]] inline bool goes_everywhere(const Run<F>& run) {
    const Entry<F>& entry = *run.entry;
    return run.lowest_ttl > entry.highest_ttl_threshold && run.longest <= entry.lowest_mtu &&
           !entry.may_leave_out;
}

/// Judges the members of a plan for one packet. Each one that doesn't get a whole copy is counted.
template <class F>
class MemberCheck {
public:
    MemberCheck(WorkerContext& ctx, CopySender<F>& sender, const Packet& packet,
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
            count_discarded(ctx_, {entry_, F::family}, member.interface, 1);
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

/// Packets that all members of one plan get, of one flow or of several: what a class costs is paid
/// once for all of them.
template <class F>
class CopyBatch {
public:
    explicit CopyBatch(WorkerContext& ctx) : table_(ctx.family<F>().table), sender_(ctx) {}

    [[gnu::always_inline]] void add(const Run<F>& run, EntryIndex entry) {
        if (run.entry->plan != plan_) [[unlikely]] {
            send();
            plan_ = run.entry->plan;
            entry_ = run.entry;
        }
        const FrameOwner owner{entry, F::family};
        rte_mbuf** end = &packets_[size_];
        size_ += run.packets.size();
        run.for_each([&](const Packet& packet) {
            set_owner(*packet.mbuf, owner);
            *end++ = packet.mbuf;
        });
    }

    [[gnu::noinline]] void send() {
        if (size_ != 0) {
            CopyGroups groups;
            groups.choose_all(table_.plan(*entry_));
            sender_.send({packets_.data(), size_}, groups.get());
            size_ = 0;
        }
    }

private:
    const TableReader<F>& table_;
    CopySender<F> sender_;
    BlockHandle plan_ = std::numeric_limits<BlockHandle>::max();  // no entry's
    const Entry<F>* entry_ = nullptr;                             ///< one of those with the plan
    std::size_t size_ = 0;
    std::array<rte_mbuf*, kMaxBurst> packets_;
};

/// Copies the packets of a run to those members of the plan that are to get each of them.
template <class F>
void copy_one_by_one(WorkerContext& ctx, const Run<F>& run) {
    const auto& table = ctx.family<F>().table;
    const Plan& plan = table.plan(*run.entry);
    CopySender<F> sender(ctx);
    const auto flow = run.flow();
    for (const auto& packet : run.packets) {
        set_owner(*packet.mbuf, {table.index(*run.entry), F::family});
        MemberCheck<F> check(ctx, sender, packet, flow, table.index(*run.entry));
        CopyGroups groups;
        groups.choose(plan, check);
        check.finish();
        sender.send({&packet.mbuf, 1}, groups.get());
    }
}

/// Copies packets to their entries' outgoing interfaces, and takes them. Their verdict is
/// "forwarded", also where there is nobody to get a copy. All runs together: at most kMaxBurst
/// packets.
template <class F>
class Replicator {
public:
    explicit Replicator(WorkerContext& ctx)
        : ctx_(ctx), all_up_(ctx.interfaces->all_up()), batch_(ctx) {}

    /// Whether every member of the plan gets the packets.
    [[gnu::always_inline]] bool all_get(const Run<F>& run) const {
        return all_up_ && goes_everywhere<F>(run);
    }

    /// `entry`: that of the run. Precondition: all_get(run).
    [[gnu::always_inline]] void add_for_all(const Run<F>& run, EntryIndex entry) {
        forwarded_ += run.packets.size();
        batch_.add(run, entry);
    }

    void add(const Run<F>& run) {
        if (all_get(run)) {
            return add_for_all(run, ctx_.family<F>().table.index(*run.entry));
        }
        forwarded_ += run.packets.size();
        batch_.send();  // first come, first served
        copy_one_by_one<F>(ctx_, run);
    }

    /// After the last run.
    void finish() {
        batch_.send();
        ctx_.counters->forwarded.add(forwarded_);
    }

private:
    WorkerContext& ctx_;
    const bool all_up_;
    CopyBatch<F> batch_;
    std::size_t forwarded_ = 0;
};

/// The stage: all of `runs`.
template <class F>
void replicate(WorkerContext& ctx, std::span<const Run<F>> runs) {
    Replicator<F> replicator(ctx);
    for (const auto& run : runs) {
        replicator.add(run);
    }
    replicator.finish();
}

}  // namespace mgmd::dataplane
