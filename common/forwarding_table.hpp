// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "common/ids.hpp"
#include "common/ip_address.hpp"
#include "common/mac_address.hpp"

/// The door by which control tells the workers what to forward: one entry at a time, or a batch.
/// Control thread only; workers never wait for any of it. The entry contract is forwarding rules 3.
namespace mgmd {

/// What an entry matches. Match order: (S,G), (*,G), (*,G/len) longest first, (*,*) of the arrival
/// interface. `source` unspecified is the wildcard.
template <class F>
struct RouteKey {
    TableId table = 0;
    typename F::Address source{};
    typename F::Address group{};                  ///< host bits past group_length are zero
    std::uint8_t group_length = F::address_bits;  ///< 0 only for (*,*)
    InterfaceIndex arrival = kNoInterface;        ///< (*,*) only: the interface it stands for

    bool is_any() const { return group_length == 0; }
    friend constexpr auto operator<=>(const RouteKey&, const RouteKey&) = default;
};

enum class Action : std::uint8_t {
    forward,
    forward_and_copy,  ///< forward, and a copy to control and the kernel's port
    hand_over,         ///< to control and the kernel's port only
    drop,              ///< negative entry: drops before the accept check
};

/// The interfaces a packet may arrive on.
struct AcceptSet {
    bool any = false;
    std::vector<InterfaceIndex> interfaces;  ///< ascending, unique; ignored when `any`

    friend bool operator==(const AcceptSet&, const AcceptSet&) = default;
};

/// One outgoing interface. VLAN tags, source MAC and MTU are the interface's own (settings).
struct Outgoing {
    InterfaceIndex interface = kNoInterface;
    /// A copy leaves only if the TTL as received is greater. Absent: the interface's setting.
    std::optional<std::uint8_t> ttl_threshold;
    /// Destination MAC of a unicast next hop. Absent: derived from the group.
    std::optional<MacAddress> next_hop;

    friend bool operator==(const Outgoing&, const Outgoing&) = default;
};

/// Optional reports about an entry's traffic.
struct Signals {
    /// Each arrival here is reported once until the entry is installed again.
    std::vector<InterfaceIndex> arrivals;

    struct Threshold {
        std::uint64_t packets = 0;  ///< 0: not watched
        std::uint64_t octets = 0;   ///< 0: not watched
        std::uint32_t interval_ms = 0;
        bool at_most = false;  ///< report when <= at the interval's end, otherwise when >=
        friend bool operator==(const Threshold&, const Threshold&) = default;
    };
    std::optional<Threshold> threshold;

    friend bool operator==(const Signals&, const Signals&) = default;
};

template <class F>
struct ForwardingEntry {
    RouteKey<F> key;
    Action action = Action::forward;
    AcceptSet accept;
    std::vector<Outgoing> outgoing;  ///< ascending by interface, unique, <= kMaxOutgoing
    Signals signals;

    friend bool operator==(const ForwardingEntry&, const ForwardingEntry&) = default;
};

/// Per outgoing interface, since it joined the entry.
struct OutgoingCounters {
    InterfaceIndex interface = kNoInterface;
    std::uint64_t sent = 0;  ///< handed to the driver; a fragmented packet is one
    std::uint64_t ttl_too_low = 0;
    std::uint64_t too_big = 0;
    std::uint64_t discarded = 0;  ///< no buffer, TX queue full, link down
};

/// Sums over the workers; they survive replacement of the entry and end with its removal.
struct EntryCounters {
    std::uint64_t packets = 0;  ///< accepted
    std::uint64_t octets = 0;   ///< of accepted packets: IP length
    std::uint64_t wrong_interface = 0;
    std::uint64_t negative_hits = 0;
    std::uint64_t ttl_expired = 0;
    std::vector<OutgoingCounters> outgoing;
};

/// What an expiry scan needs, cheaply: two loads per worker, no allocation.
struct EntryActivity {
    std::uint64_t accepted = 0;
    std::uint64_t negative_hits = 0;
};

enum class TableError : std::uint8_t {
    full,       ///< no free entry, too many retired ones wait for a grace period, or no memory
    not_found,  ///< remove: no such key
    invalid,    ///< unknown interface, more than kMaxOutgoing, malformed key
};

/// A change of one entry: install (add or replace) or, without a value, remove.
template <class F>
struct TableChange {
    RouteKey<F> key;
    std::optional<ForwardingEntry<F>> entry;
};

struct TableUsage {
    std::uint64_t entries = 0;
    std::uint64_t capacity = 0;
    std::uint64_t retired = 0;  ///< waiting for their grace period
    std::uint64_t refused = 0;  ///< changes refused because something was full
    std::uint64_t octets = 0;   ///< memory held
    /// Of those refused: there was no memory for the entry's outgoing list, accept set or signals.
    std::uint64_t refused_for_parts = 0;
    std::uint64_t part_octets = 0;           ///< of `octets`: for those lists and sets
    std::uint64_t part_octets_capacity = 0;  ///< most that they may take
    std::uint64_t refused_answers = 0;       ///< of `refuse`, that a worker's queue had no room for
    std::uint64_t unattributed_exceptions = 0;  ///< missing from their interface's counters
    /// The worker that has held up a grace period for more than a second.
    std::optional<WorkerIndex> grace_stalled;
};

/// A flow a worker holds packets of, or asked about.
template <class F>
struct FlowKey {
    TableId table = 0;
    typename F::Address source{};
    typename F::Address group{};

    friend constexpr auto operator<=>(const FlowKey&, const FlowKey&) = default;
};

template <class F>
class ForwardingTable {
public:
    virtual ~ForwardingTable() = default;

    /// Adds or replaces one entry. When it returns, a worker finds the new entry from its next
    /// lookup on; the old one is reused only after every worker has passed a quiescent state.
    /// O(outgoing interfaces). On an error nothing has changed.
    virtual tl::expected<void, TableError> install(const ForwardingEntry<F>& entry) = 0;

    virtual tl::expected<void, TableError> remove(const RouteKey<F>& key) = 0;

    /// Applies the changes in order under one grace-period token; `results`, as long as `changes`,
    /// gets an answer for each.
    virtual void apply(std::span<const TableChange<F>> changes,
                       std::span<tl::expected<void, TableError>> results) = 0;

    /// nullopt: no such entry.
    virtual std::optional<EntryCounters> counters(const RouteKey<F>& key) const = 0;
    virtual std::optional<EntryActivity> activity(const RouteKey<F>& key) const = 0;

    /// The answer to a no-entry event for which no entry will come: the worker frees what it holds
    /// of the flow. Never blocks; an answer that the worker's queue refused is left to the hold
    /// timeout and counted.
    virtual void refuse(WorkerIndex worker, const FlowKey<F>& flow) = 0;

    /// Reuses what every worker has left behind. A timer calls it; so does every change.
    virtual void reclaim() = 0;

    virtual TableUsage usage() const = 0;
};

}  // namespace mgmd
