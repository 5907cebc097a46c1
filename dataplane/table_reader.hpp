// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include "common/forwarding_table.hpp"
#include "common/metered_ring.hpp"
#include "dataplane/entry.hpp"
#include "dataplane/entry_counters.hpp"
#include "dataplane/entry_signals.hpp"
#include "dataplane/plan.hpp"
#include "dataplane/table_state.hpp"

namespace mgmd::dataplane {

/// Answers to no-entry events for which no entry will come; control pushes, the worker drains.
template <class F>
using RefusalRing = MeteredRing<FlowKey<F>, 4096>;

/// One worker's view of the forwarding table. Entries, plans and signals it returns may be used
/// until that worker's next quiescent state, not longer. Never waits, never allocates.
template <class F>
class TableReader {
public:
    static constexpr std::size_t kMaxBurst = 64;
    using Flows = std::span<const FlowKey<F>>;
    using Found = std::span<const Entry<F>*>;

    TableReader() = default;  ///< reads nothing: to be assigned to
    TableReader(TableState<F>& state, WorkerEntryCounters& counters, RefusalRing<F>& refusals)
        : state_(&state), counters_(&counters), refusals_(&refusals) {}
    /// One that finds no signals: they are shared, and change when they are looked at.
    TableReader(TableState<F>& state, WorkerEntryCounters& counters)
        : state_(&state), counters_(&counters) {}

    /// A flow on its way through a lookup.
    struct Search {
        const PackedKey<F>* key;
        std::uint64_t hash;
        const LookupTable::Bucket* bucket;
        EntryIndex guess;
    };

    /// The flows of a burst that are being looked up. What it has room for is not touched until it
    /// is needed.
    struct Lookups {
        std::size_t count = 0;
        bool source_group = false;  ///< there were (S,G) entries when it began
        std::array<Search, kMaxBurst> searches;
    };

    /// Begins to look flows up: a burst in steps, so that its cache misses overlap one another and
    /// with whatever comes between two calls of `add`. First `begin`, then `add` for each flow, at
    /// most kMaxBurst, by its PackedKey, which stays where it is, then `finish`.
    void begin(Lookups& lookups) const {
        lookups.count = 0;
        const auto exact = state_->levels.exact.load(std::memory_order_acquire);
        lookups.source_group = (exact & PopulatedLevels<F>::kSourceGroup) != 0;
    }

    [[gnu::always_inline]] void add(Lookups& lookups, const PackedKey<F>& key) const {
        const auto at = lookups.count++;
        lookups.searches[at].key = &key;
        if (lookups.source_group) [[likely]] {
            open(lookups.searches[at]);
            if (at >= kAhead) {
                guess(lookups.searches[at - kAhead]);
            }
        }
    }

    /// The entry for each flow that was added, nullptr where there is none: (S,G), else (*,G), else
    /// the longest (*,G/len), else (*,*) of the arrival interface (forwarding rules 2).
    /// `flow_of(i)` and `arrival_of(i)` tell of flow i. Plans and counters of the found entries are
    /// on their way into the cache.
    /// Precondition: found.size() >= lookups.count.
    template <class FlowOf, class ArrivalOf>
    void finish(Lookups& lookups, FlowOf&& flow_of, ArrivalOf&& arrival_of, Found found) const {
        Pending pending;
        search_exactly(lookups, found, pending);
        if (pending.count != 0) [[unlikely]] {
            search_all_levels(pending, flow_of, arrival_of, found);
        }
    }

    /// All steps at once, for `count` flows.
    template <class FlowOf, class ArrivalOf>
    void lookup(std::size_t count, FlowOf&& flow_of, ArrivalOf&& arrival_of, Found found) const {
        Lookups lookups;
        std::array<PackedKey<F>, kMaxBurst> keys;
        begin(lookups);
        for (std::size_t i = 0; i < count; ++i) {
            keys[i] = PackedKey<F>::from(flow_of(i));
            add(lookups, keys[i]);
        }
        finish(lookups, flow_of, arrival_of, found);
    }

    /// The same for flows that lie one behind the other.
    template <class ArrivalOf>
    void lookup(Flows flows, ArrivalOf&& arrival_of, Found found) const {
        lookup(
            flows.size(), [&](std::size_t i) -> const FlowKey<F>& { return flows[i]; }, arrival_of,
            found);
    }

    const Entry<F>* lookup(const FlowKey<F>& flow, InterfaceIndex arrival) const {
        const Entry<F>* found = nullptr;
        lookup({&flow, 1}, [arrival](std::size_t) { return arrival; }, {&found, 1});
        return found;
    }

    /// The accept check (forwarding rules 4).
    bool accepts(const Entry<F>& entry, InterfaceIndex arrival) const {
        switch (entry.accept_kind) {
            case AcceptKind::one:
                return entry.accept == arrival;
            case AcceptKind::any:
                return true;
            case AcceptKind::set:
                break;
        }
        return state_->blocks.template at<AcceptBits>(entry.accept)->test(arrival);
    }

    const Plan& plan(const Entry<F>& entry) const {
        return *state_->blocks.template at<Plan>(entry.plan);
    }
    /// nullptr: the entry asked for no reports, or nobody is to make any.
    EntrySignals* signals(const Entry<F>& entry) const {
        const bool none = entry.signals == 0 || refusals_ == nullptr;
        return none ? nullptr : state_->blocks.template at<EntrySignals>(entry.signals);
    }

    /// By which the entry's counters are addressed.
    EntryIndex index(const Entry<F>& entry) const {
        return static_cast<EntryIndex>(&entry - state_->entries.data());
    }
    WorkerEntryCounters& counters() const { return *counters_; }

    /// The `sequence` of the entry installed last: lookups from now on find it and all before it.
    /// An entry with a greater one appeared after this call.
    std::uint64_t published_sequence() const {
        return state_->published_sequence.load(std::memory_order_acquire);
    }

    /// Calls `consume(const FlowKey<F>&)` for flows that control refused; returns how many.
    template <class Consume>
    std::size_t drain_refusals(Consume&& consume, std::size_t limit) const {
        return refusals_->drain(consume, limit);
    }

private:
    /// Flows added between one's bucket and its entry being fetched.
    static constexpr std::size_t kAhead = 8;

    /// Packets without an entry yet, by their position in the burst.
    struct Pending {
        void all(std::size_t size) {
            count = size;
            std::iota(positions.begin(), positions.begin() + size, std::uint8_t{0});
        }
        void add(std::size_t position) { positions[count++] = static_cast<std::uint8_t>(position); }
        std::size_t count = 0;
        std::array<std::uint8_t, kMaxBurst> positions;
    };

    // The three steps of a search, each of which fetches what the next one reads.

    [[gnu::always_inline]] void open(Search& search) const {
        search.hash = state_->hash(search.key->words);
        search.bucket = &state_->lookup.prefetch(search.hash);
    }
    [[gnu::always_inline]] void guess(Search& search) const {
        search.guess = LookupTable::guess(*search.bucket, search.hash);
        __builtin_prefetch(&state_->entries[search.guess]);
        counters_->prefetch(search.guess);
    }
    [[gnu::always_inline]] const Entry<F>* check(const Search& search) const {
        const Entry<F>* entry = &state_->entries[search.guess];
        if (entry->key != *search.key) [[unlikely]] {
            entry = find(*search.key, search.hash);
            if (entry == nullptr) {
                return nullptr;
            }
        }
        __builtin_prefetch(&plan(*entry));
        return entry;
    }

    /// (S,G) entries only. Reads nothing that control writes for each change, but their own lines:
    /// what is installed costs flows that have such an entry nothing.
    void search_exactly(Lookups& lookups, Found found, Pending& pending) const {
        const auto count = lookups.count;
        if (!lookups.source_group) [[unlikely]] {
            pending.all(count);
            std::fill_n(found.begin(), count, nullptr);
            return;
        }
        for (auto i = count - std::min(count, kAhead); i < count; ++i) {
            guess(lookups.searches[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            found[i] = check(lookups.searches[i]);
            if (found[i] == nullptr) [[unlikely]] {
                pending.add(i);
            }
        }
    }

    /// For flows of which no (S,G) entry is known. One that goes from an entry of one level to one
    /// of another, new one first, may be looked for at each level in the moment when it has none
    /// there: if something was installed meanwhile, they are looked for again.
    template <class FlowOf, class ArrivalOf>
    [[gnu::noinline]] void search_all_levels(Pending& pending, FlowOf& flow_of,
                                             ArrivalOf& arrival_of, Found found) const {
        const auto sequence = published_sequence();
        const Pending unknown = pending;
        search_levels(pending, flow_of, arrival_of, found);
        if (published_sequence() != sequence) [[unlikely]] {
            look_again(unknown, flow_of, arrival_of, found);
        }
    }

    /// One level after the other, each as it is when its turn comes.
    template <class FlowOf, class ArrivalOf>
    void search_levels(Pending& pending, FlowOf& flow_of, ArrivalOf& arrival_of,
                       Found found) const {
        const auto exact = state_->levels.exact.load(std::memory_order_acquire);
        if ((exact & PopulatedLevels<F>::kSourceGroup) != 0) {
            match(found, pending, [&](std::size_t i) { return PackedKey<F>::from(flow_of(i)); });
        }
        if ((exact & PopulatedLevels<F>::kAnySource) != 0) {
            match_group(flow_of, found, pending, F::address_bits);
        }
        match_prefixes(flow_of, found, pending);
        if ((exact & PopulatedLevels<F>::kAnyGroup) != 0) {
            match(found, pending, [&](std::size_t i) {
                return PackedKey<F>::from(flow_of(i).table, {}, {}, 0, arrival_of(i));
            });
        }
    }

    /// Each flow by itself, until nothing is installed meanwhile; should that not happen, the most
    /// specific entry seen is the old or the new one.
    template <class FlowOf, class ArrivalOf>
    [[gnu::noinline]] void look_again(const Pending& flows, FlowOf& flow_of, ArrivalOf& arrival_of,
                                      Found found) const {
        for (std::size_t i = 0; i < flows.count; ++i) {
            const auto position = flows.positions[i];
            if (specificity(found[position]) < specificity_of(F::address_bits, true)) {
                search_settled(position, flow_of, arrival_of, found);
            }
        }
    }

    template <class FlowOf, class ArrivalOf>
    void search_settled(std::uint8_t position, FlowOf& flow_of, ArrivalOf& arrival_of,
                        Found found) const {
        constexpr int kAttempts = 8;
        const Entry<F>* best = found[position];
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            const auto sequence = published_sequence();
            Pending pending;
            pending.add(position);
            search_levels(pending, flow_of, arrival_of, found);
            if (published_sequence() == sequence) {
                return;
            }
            best = specificity(found[position]) > specificity(best) ? found[position] : best;
        }
        found[position] = best;
    }

    static unsigned specificity_of(unsigned group_length, bool has_source) {
        return 1 + 2 * group_length + (has_source ? 1 : 0);
    }
    static unsigned specificity(const Entry<F>* entry) {
        if (entry == nullptr) {
            return 0;
        }
        const auto key = entry->key.unpack();
        return specificity_of(key.group_length, !is_unspecified(key.source));
    }

    /// Looks up the pending packets under the keys that `make_key` makes of them; those without an
    /// entry stay pending.
    template <class MakeKey>
    void match(Found found, Pending& pending, MakeKey&& make_key) const {
        const auto count = std::exchange(pending.count, 0);
        std::array<Search, kMaxBurst> searches;
        std::array<PackedKey<F>, kMaxBurst> keys;
        for (std::size_t i = 0; i < count; ++i) {
            keys[i] = make_key(pending.positions[i]);
            searches[i].key = &keys[i];
            open(searches[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            guess(searches[i]);
        }
        for (std::size_t i = 0; i < count; ++i) {
            const auto position = pending.positions[i];
            found[position] = check(searches[i]);
            if (found[position] == nullptr) {
                pending.add(position);
            }
        }
    }

    [[gnu::noinline]] const Entry<F>* find(const PackedKey<F>& key, std::uint64_t hash) const {
        const auto index = state_->lookup.find(
            hash, [&](EntryIndex candidate) { return state_->entries[candidate].key == key; });
        return index == kNoEntry ? nullptr : &state_->entries[index];
    }

    template <class FlowOf>
    void match_group(FlowOf& flow_of, Found found, Pending& pending, std::uint8_t length) const {
        match(found, pending, [&](std::size_t i) {
            const FlowKey<F>& flow = flow_of(i);
            return PackedKey<F>::from(flow.table, {}, masked(flow.group, length), length,
                                      kNoInterface);
        });
    }

    template <class FlowOf>
    void match_prefixes(FlowOf& flow_of, Found found, Pending& pending) const {
        const auto& words = state_->levels.lengths;
        for (std::size_t word = words.size(); word-- > 0;) {
            auto lengths = words[word].load(std::memory_order_acquire);
            while (lengths != 0 && pending.count != 0) {
                const auto bit = 63 - std::countl_zero(lengths);
                lengths &= ~(std::uint64_t{1} << bit);
                match_group(flow_of, found, pending,
                            static_cast<std::uint8_t>(word * 64 + static_cast<std::size_t>(bit)));
            }
        }
    }

    TableState<F>* state_ = nullptr;
    WorkerEntryCounters* counters_ = nullptr;
    RefusalRing<F>* refusals_ = nullptr;
};

}  // namespace mgmd::dataplane
