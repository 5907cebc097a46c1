// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "dataplane/entry.hpp"
#include "dataplane/hash.hpp"
#include "dataplane/packet.hpp"

/// Where packets of unknown flows wait for their entry (forwarding rules 6): storage and bounds.
/// What happens to them is in unresolved.hpp. Worker thread only; all memory is taken at
/// construction.
namespace mgmd::dataplane {

/// Bounds of one worker's holds.
struct HoldLimits {
    std::uint32_t flows = 0;
    std::uint32_t buffers = 0;  ///< mbufs; each segment counts
    /// Share of both that flows arriving on one interface may take.
    std::uint32_t percent_per_interface = 100;
    std::uint8_t packets_per_flow = 0;
    std::uint64_t timeout = 0;  ///< TSC cycles from a flow's first packet on
};

/// What the holds of one worker, of both families, have taken of its bounds.
class HoldBudget {
public:
    HoldBudget() = default;  ///< grants nothing
    explicit HoldBudget(const HoldLimits& limits)
        : limit_{limits.flows, limits.buffers},
          share_{share(limits.flows, limits.percent_per_interface),
                 share(limits.buffers, limits.percent_per_interface)},
          of_interface_(kMaxInterfaces) {}

    bool take_flow(InterfaceIndex interface) { return take(&Use::flows, interface, 1); }
    bool take_buffers(InterfaceIndex interface, std::uint32_t count) {
        return take(&Use::buffers, interface, count);
    }
    void return_flow(InterfaceIndex interface) { give_back(&Use::flows, interface, 1); }
    void return_buffers(InterfaceIndex interface, std::uint32_t count) {
        give_back(&Use::buffers, interface, count);
    }
    std::uint32_t flows() const { return used_.flows; }
    std::uint32_t buffers() const { return used_.buffers; }

private:
    struct Use {
        std::uint32_t flows = 0;
        std::uint32_t buffers = 0;
    };

    /// At least 1, so that a small bound does not shut an interface out.
    static std::uint32_t share(std::uint32_t whole, std::uint32_t percent) {
        const auto part = static_cast<std::uint32_t>(std::uint64_t{whole} * percent / 100);
        return std::max(part, std::min(whole, 1u));
    }
    bool take(std::uint32_t Use::*what, InterfaceIndex interface, std::uint32_t count) {
        if (of_interface_.empty() || used_.*what + count > limit_.*what ||
            of_interface_[interface].*what + count > share_.*what) {
            return false;
        }
        used_.*what += count;
        of_interface_[interface].*what += count;
        return true;
    }
    void give_back(std::uint32_t Use::*what, InterfaceIndex interface, std::uint32_t count) {
        used_.*what -= count;
        of_interface_[interface].*what -= count;
    }

    Use limit_;
    Use share_;
    Use used_;
    std::vector<Use> of_interface_;
};

/// The unresolved flows of one worker and family, oldest first, with the packets held of each.
template <class F>
class Hold {
public:
    struct Flow {
        FlowKey<F> key;
        std::uint64_t deadline = 0;               ///< when its packets are given up
        InterfaceIndex interface = kNoInterface;  ///< where its first packet arrived
        std::uint16_t size = 0;                   ///< packets held
        bool asked = false;                       ///< control has got its no-entry event
        bool elsewhere = false;                   ///< some packet arrived on another interface
        std::uint32_t overflow = 0;               ///< packets refused that control knows nothing of

    private:
        friend class Hold;
        std::uint32_t next_in_bucket = 0;
        std::uint32_t older = 0;
        std::uint32_t newer = 0;
    };

    Hold() = default;  ///< has room for nothing
    /// `budget` is shared by both families and outlives the hold.
    Hold(const HoldLimits& limits, HoldBudget& budget)
        : limits_(limits),
          budget_(&budget),
          flows_(limits.flows + 1),
          packets_(std::size_t{limits.flows} * limits.packets_per_flow),
          buckets_(std::bit_ceil(std::max(limits.flows * 2, 2u))) {
        for (std::uint32_t i = 1; i <= limits.flows; ++i) {
            flows_[i].next_in_bucket = i < limits.flows ? i + 1 : 0;
        }
        free_ = limits.flows == 0 ? 0 : 1;
    }

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }  ///< flows

    Flow* find(const FlowKey<F>& key) {
        return size_ == 0 ? nullptr : at(find_in(buckets_[bucket_of(key)], key));
    }

    /// A flow that is not there yet. nullptr: there is no room for it.
    Flow* open(const FlowKey<F>& key, InterfaceIndex interface, std::uint64_t now) {
        if (free_ == 0 || !budget_->take_flow(interface)) {
            return nullptr;
        }
        const auto index = free_;
        auto& flow = flows_[index];
        free_ = flow.next_in_bucket;
        auto& bucket = buckets_[bucket_of(key)];
        flow.key = key;
        flow.deadline = now + limits_.timeout;
        flow.interface = interface;
        flow.size = 0;
        flow.asked = false;
        flow.elsewhere = false;
        flow.overflow = 0;
        flow.next_in_bucket = bucket;
        bucket = index;
        link_newest(index);
        ++size_;
        return &flow;
    }

    /// Holds a packet of the flow behind those it has. False: no room; the caller keeps it.
    bool keep(Flow& flow, const Packet& packet) {
        if (flow.size >= limits_.packets_per_flow ||
            !budget_->take_buffers(packet.interface, packet.mbuf->nb_segs)) {
            return false;
        }
        slots(flow)[flow.size++] = packet;
        flow.elsewhere |= packet.interface != flow.interface;
        return true;
    }

    /// In order of arrival.
    std::span<const Packet> packets(const Flow& flow) { return {slots(flow), flow.size}; }

    /// Moves those packets that `choose(packet)` is true for to `out`, in order; the others stay.
    /// Returns how many; `out` has room for packets_per_flow.
    template <class Choose>
    std::uint16_t take(Flow& flow, std::span<Packet> out, Choose&& choose) {
        Packet* held = slots(flow);
        std::uint16_t taken = 0;
        std::uint16_t left = 0;
        for (std::uint16_t i = 0; i < flow.size; ++i) {
            if (choose(held[i])) {
                budget_->return_buffers(held[i].interface, held[i].mbuf->nb_segs);
                out[taken++] = held[i];
            } else {
                held[left++] = held[i];
            }
        }
        flow.size = left;
        return taken;
    }

    /// Forgets a flow that holds no packets any more.
    void close(Flow& flow) {
        const auto index = static_cast<std::uint32_t>(&flow - flows_.data());
        auto* link = &buckets_[bucket_of(flow.key)];
        while (*link != index) {
            link = &flows_[*link].next_in_bucket;
        }
        *link = flow.next_in_bucket;
        if (sweep_next_ == index) {
            sweep_next_ = flow.newer;
        }
        unlink(index);
        budget_->return_flow(flow.interface);
        flow.next_in_bucket = free_;
        free_ = index;
        --size_;
    }

    Flow* oldest() { return at(flows_.empty() ? 0 : flows_[0].newer); }  ///< nullptr: none
    Flow* newer(const Flow& flow) { return at(flow.newer); }             ///< nullptr: it is newest

    /// A sweep tries all flows again, a few at a time: entries up to its installation sequence have
    /// then released theirs. False: nothing to do, an earlier sweep has been as far.
    bool begin_sweep(std::uint64_t sequence) {
        if (sequence == swept_sequence_) {
            return false;
        }
        sweep_to_ = sequence;
        sweep_next_ = flows_.empty() ? 0 : flows_[0].newer;
        sweeping_ = true;
        return true;
    }
    bool sweeping() const { return sweeping_; }
    /// nullptr: the sweep is complete. The flow may be closed.
    Flow* next_to_sweep() {
        if (sweep_next_ == 0) {
            swept_sequence_ = sweep_to_;
            sweeping_ = false;
            return nullptr;
        }
        Flow* flow = &flows_[sweep_next_];
        sweep_next_ = flow->newer;
        return flow;
    }
    std::uint64_t swept_sequence() const { return swept_sequence_; }

private:
    // Flow 0 is the head of the circular list by age, and as an index means "none".

    Flow* at(std::uint32_t index) { return index == 0 ? nullptr : &flows_[index]; }
    Packet* slots(const Flow& flow) {
        const auto index = static_cast<std::size_t>(&flow - flows_.data());
        return packets_.data() + (index - 1) * limits_.packets_per_flow;
    }
    std::size_t bucket_of(const FlowKey<F>& key) const {
        const auto packed =
            PackedKey<F>::from(key.table, key.source, key.group, F::address_bits, kNoInterface);
        return hash_(packed.words) & (buckets_.size() - 1);
    }
    std::uint32_t find_in(std::uint32_t index, const FlowKey<F>& key) const {
        while (index != 0 && flows_[index].key != key) {
            index = flows_[index].next_in_bucket;
        }
        return index;
    }
    void link_newest(std::uint32_t index) {
        const auto last = flows_[0].older;
        flows_[index].older = last;
        flows_[index].newer = 0;
        flows_[last].newer = index;
        flows_[0].older = index;
    }
    void unlink(std::uint32_t index) {
        flows_[flows_[index].older].newer = flows_[index].newer;
        flows_[flows_[index].newer].older = flows_[index].older;
    }

    HoldLimits limits_;
    HoldBudget* budget_ = nullptr;
    SeededHash hash_;
    std::vector<Flow> flows_;  ///< from 1
    std::vector<Packet> packets_;
    std::vector<std::uint32_t> buckets_;  ///< first flow of each chain
    std::uint32_t free_ = 0;
    std::size_t size_ = 0;
    bool sweeping_ = false;
    std::uint32_t sweep_next_ = 0;  ///< 0: the sweep has reached the newest
    std::uint64_t sweep_to_ = 0;
    std::uint64_t swept_sequence_ = 0;
};

}  // namespace mgmd::dataplane
