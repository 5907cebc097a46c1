// SPDX-License-Identifier: Apache-2.0
#include "dataplane/table.hpp"

#include <algorithm>
#include <memory>
#include <new>
#include <string>

namespace mgmd::dataplane {

namespace {

/// Places for versions that wait for their grace period.
std::size_t versions_for(std::size_t capacity) {
    return capacity + std::max<std::size_t>(capacity / 8, 1024);
}

/// Most octets that one entry's parts take: all interfaces in its plan, each a class of its own.
std::size_t most_octets_of_parts(const InterfaceTable& interfaces) {
    const auto members = std::min(interfaces.size() - 1, kMaxOutgoing);
    return BlockArena::rounded(Plan::octets(members, members)) +
           BlockArena::rounded(sizeof(AcceptBits)) + BlockArena::rounded(sizeof(EntrySignals));
}

/// Address space for the parts of all versions, even if no two entries share any. The rest makes
/// up for what lies idle between blocks of different sizes.
std::size_t part_octets_for(const TableOptions& options, const InterfaceTable& interfaces) {
    const auto all = versions_for(options.capacity) * most_octets_of_parts(interfaces);
    return std::min(all + 256 * BlockArena::kLargest, options.most_part_octets);
}

template <class F>
bool may_leave_out(const ForwardingEntry<F>& entry, const InterfaceTable& interfaces) {
    return entry.accept.any || std::ranges::any_of(entry.outgoing, [&](const Outgoing& out) {
               const auto& boundaries = interfaces[out.interface].template boundaries<F>();
               return boundaries.may_block({entry.key.group, entry.key.group_length}) ||
                      std::ranges::binary_search(entry.accept.interfaces, out.interface);
           });
}

}  // namespace

template <class F>
Table<F>::Table(const TableOptions& options, const InterfaceTable& interfaces, GraceClock& grace,
                const Clock& clock)
    : interfaces_(&interfaces),
      capacity_(options.capacity),
      state_(options.capacity, versions_for(options.capacity),
             part_octets_for(options, interfaces)),
      refusals_(options.workers),
      versions_(state_, versions_for(options.capacity), counters_, grace, clock),
      plans_(interfaces, F::ether_type, versions_.blocks()),
      levels_(state_.levels) {
    for (WorkerIndex worker = 0; worker < options.workers; ++worker) {
        counters_.emplace_back(state_.entries.size(), options.exceptions_per_worker);
    }
}

template <class F>
Expected<std::unique_ptr<Table<F>>> Table<F>::create(const TableOptions& options,
                                                     const InterfaceTable& interfaces,
                                                     GraceClock& grace, const Clock& clock) {
    try {
        return std::make_unique<Table>(options, interfaces, grace, clock);
    } catch (const std::bad_alloc&) {
        return fail(ExitCode::system, "no memory for a table of " +
                                          std::to_string(options.capacity) + " entries and " +
                                          std::to_string(options.workers) +
                                          " workers: lower limits.entries");
    }
}

template <class F>
TableReader<F> Table<F>::reader(WorkerIndex worker) {
    return {state_, counters_[worker], refusals_[worker]};
}

// Changes.

template <class F>
auto Table<F>::install(const ForwardingEntry<F>& entry) -> Result<void> {
    versions_.reclaim();
    const auto result = change(entry);
    versions_.end_batch();
    return result;
}

template <class F>
auto Table<F>::remove(const RouteKey<F>& key) -> Result<void> {
    versions_.reclaim();
    const auto result = erase(key);
    versions_.end_batch();
    return result;
}

template <class F>
void Table<F>::apply(std::span<const TableChange<F>> changes,
                     std::span<tl::expected<void, TableError>> results) {
    versions_.reclaim();
    for (std::size_t i = 0; i < changes.size(); ++i) {
        results[i] = changes[i].entry ? change(*changes[i].entry) : erase(changes[i].key);
    }
    versions_.end_batch();
}

template <class F>
auto Table<F>::change(const ForwardingEntry<F>& entry) -> Result<void> {
    if (!is_valid(entry)) {
        return tl::make_unexpected(TableError::invalid);
    }
    auto drafted = draft(entry);
    if (!drafted) {
        return count_refusal(tl::make_unexpected(drafted.error()));
    }
    const auto at = locate(entry.key);
    drafted->key = at.key;
    if (at.slot) {
        const auto& published = state_.entries[state_.lookup.at(*at.slot)];
        if (is_same(published, *drafted, entry.signals)) {
            if (published.signals != 0) {
                state_.blocks.template at<EntrySignals>(published.signals)->rearm();
            }
            versions_.release(*drafted);
            return {};
        }
    }
    const EntryIndex version = prepare(at, *drafted);
    if (version == kNoEntry) {
        versions_.release(*drafted);
        return count_refusal(tl::make_unexpected(TableError::full));
    }
    publish(at, version);
    return {};
}

template <class F>
EntryIndex Table<F>::prepare(const Located& at, const Entry<F>& draft) {
    const EntryIndex version = !at.slot && entries_ == capacity_ ? kNoEntry : take_version();
    if (version == kNoEntry) {
        return kNoEntry;
    }
    state_.entries[version] = draft;
    try {
        watch(version);
        if (at.slot) {
            versions_.inherit(state_.lookup.at(*at.slot), version);
        }
    } catch (const std::bad_alloc&) {
        watched_.erase(version);
        versions_.put_back(version);
        return kNoEntry;
    }
    state_.entries[version].sequence = ++sequence_;
    return version;
}

template <class F>
void Table<F>::watch(EntryIndex version) {
    const auto block = state_.entries[version].signals;
    if (block != 0 && state_.blocks.template at<EntrySignals>(block)->ends_with_timer()) {
        watched_.insert(version);
    }
}

template <class F>
void Table<F>::publish(const Located& at, EntryIndex version) {
    if (at.slot) {
        const auto old = state_.lookup.at(*at.slot);
        state_.lookup.replace(*at.slot, version);
        watched_.erase(old);
        versions_.retire(old);
    } else {
        levels_.count(at.key.unpack(), +1);
        state_.lookup.insert(at.hash, version);
        ++entries_;
    }
    state_.published_sequence.store(sequence_, std::memory_order_release);
}

template <class F>
auto Table<F>::erase(const RouteKey<F>& key) -> Result<void> {
    const auto at = locate(key);
    if (!at.slot) {
        return tl::make_unexpected(TableError::not_found);
    }
    const auto old = state_.lookup.at(*at.slot);
    state_.lookup.erase(at.hash, *at.slot);
    levels_.count(key, -1);
    watched_.erase(old);
    versions_.retire(old);
    --entries_;
    return {};
}

template <class F>
EntryIndex Table<F>::take_version() {
    if (const auto version = versions_.take()) {
        return version;
    }
    versions_.end_batch();
    versions_.reclaim();
    return versions_.take();
}

template <class F>
auto Table<F>::count_refusal(Result<void> result) -> Result<void> {
    if (!result && result.error() == TableError::full) {
        ++refused_;
    }
    return result;
}

template <class F>
tl::unexpected<TableError> Table<F>::no_room_for_parts() {
    ++refused_for_parts_;
    return tl::make_unexpected(TableError::full);
}

// What a change is made of.

template <class F>
bool Table<F>::is_valid(const RouteKey<F>& key) const {
    if (key.is_any()) {
        return is_unspecified(key.source) && is_unspecified(key.group) &&
               (*interfaces_)[key.arrival].configured;
    }
    return key.group_length <= F::address_bits && key.arrival == kNoInterface &&
           masked(key.group, key.group_length) == key.group &&
           (key.group_length == F::address_bits || is_unspecified(key.source));
}

template <class F>
bool Table<F>::is_valid(const ForwardingEntry<F>& entry) const {
    const auto configured = [this](InterfaceIndex interface) {
        return (*interfaces_)[interface].configured;
    };
    const auto& accept = entry.accept;
    return is_valid(entry.key) &&
           (accept.any || (std::ranges::is_sorted(accept.interfaces) &&
                           std::ranges::all_of(accept.interfaces, configured))) &&
           std::ranges::all_of(entry.signals.arrivals, configured);
}

template <class F>
auto Table<F>::draft(const ForwardingEntry<F>& from) -> Result<Entry<F>> {
    Entry<F> to;
    to.action = from.action;
    if (const auto planned = draft_plan(from, to); !planned) {
        return tl::make_unexpected(planned.error());
    }
    const auto rest =
        draft_accept(from.accept, to).and_then([&] { return draft_signals(from.signals, to); });
    if (!rest) {
        versions_.release(to);
        return tl::make_unexpected(rest.error());
    }
    to.may_leave_out = to.plan != 0 && may_leave_out(from, *interfaces_);
    return to;
}

template <class F>
auto Table<F>::draft_plan(const ForwardingEntry<F>& from, Entry<F>& to) -> Result<void> {
    if (from.outgoing.empty()) {
        return {};
    }
    if (from.action == Action::drop || from.action == Action::hand_over) {
        return check_plan(from.outgoing);  // makes no copies
    }
    const auto plan = plans_.intern(from.outgoing);
    if (!plan) {
        return plan.error() == TableError::full ? no_room_for_parts()
                                                : tl::make_unexpected(plan.error());
    }
    to.plan = plan->block;
    to.lowest_mtu = plan->lowest_mtu;
    to.highest_ttl_threshold = plan->highest_ttl_threshold;
    return {};
}

template <class F>
auto Table<F>::check_plan(std::span<const Outgoing> outgoing) -> Result<void> try {
    if (!plans_.is_valid(outgoing)) {
        return tl::make_unexpected(TableError::invalid);
    }
    return {};
} catch (const std::bad_alloc&) {
    return tl::make_unexpected(TableError::full);
}

template <class F>
auto Table<F>::draft_accept(const AcceptSet& from, Entry<F>& to) -> Result<void> {
    if (from.any) {
        to.accept_kind = AcceptKind::any;
    } else if (from.interfaces.size() == 1) {
        to.accept = from.interfaces.front();
    } else if (!from.interfaces.empty()) {
        AcceptBits bits;
        for (const auto interface : from.interfaces) {
            bits.set(interface);
        }
        const auto block = versions_.blocks().intern(std::as_bytes(std::span(&bits, 1)));
        if (!block) {
            return no_room_for_parts();
        }
        to.accept = *block;
        to.accept_kind = AcceptKind::set;
    }
    return {};
}

template <class F>
auto Table<F>::draft_signals(const Signals& from, Entry<F>& to) -> Result<void> {
    if (from.arrivals.empty() && !from.threshold) {
        return {};
    }
    const auto block = state_.blocks.allocate(sizeof(EntrySignals));
    if (!block) {
        return no_room_for_parts();
    }
    to.signals = *block;
    std::construct_at(state_.blocks.template at<EntrySignals>(*block), from);
    return {};
}

template <class F>
bool Table<F>::is_same(const Entry<F>& published, const Entry<F>& draft,
                       const Signals& signals) const {
    const bool signals_same =
        published.signals == 0
            ? signals == Signals{}
            : state_.blocks.template at<EntrySignals>(published.signals)->asks_for(signals);
    // Plans and accept sets are shared by content: equal handles, equal parts.
    return signals_same && published.plan == draft.plan && published.action == draft.action &&
           published.accept_kind == draft.accept_kind && published.accept == draft.accept &&
           published.may_leave_out == draft.may_leave_out;
}

// Questions.

template <class F>
auto Table<F>::locate(const RouteKey<F>& key) const -> Located {
    const auto packed = PackedKey<F>::from(key);
    const auto hash = state_.hash(packed.words);
    return {packed, hash, state_.lookup.find_slot(hash, [&](EntryIndex candidate) {
                return state_.entries[candidate].key == packed;
            })};
}

template <class F>
EntryIndex Table<F>::published(const RouteKey<F>& key) const {
    const auto at = locate(key);
    return at.slot ? state_.lookup.at(*at.slot) : kNoEntry;
}

template <class F>
std::optional<EntryCounters> Table<F>::counters(const RouteKey<F>& key) const {
    const auto entry = published(key);
    return entry == kNoEntry ? std::nullopt : std::optional(versions_.counters(entry));
}

template <class F>
std::optional<EntryActivity> Table<F>::activity(const RouteKey<F>& key) const {
    const auto entry = published(key);
    return entry == kNoEntry ? std::nullopt : std::optional(versions_.activity(entry));
}

template <class F>
void Table<F>::refuse(WorkerIndex worker, const FlowKey<F>& flow) {
    refusals_[worker].push(flow);
}

template <class F>
TableUsage Table<F>::usage() const {
    TableUsage usage;
    usage.entries = entries_;
    usage.capacity = capacity_;
    usage.retired = versions_.retired();
    usage.refused = refused_;
    usage.refused_for_parts = refused_for_parts_;
    usage.part_octets = state_.blocks.octets();
    usage.part_octets_capacity = state_.blocks.capacity();
    usage.octets = sizeof *this + state_.lookup.octets() + state_.entries.octets() +
                   state_.blocks.octets() + versions_.octets() +
                   refusals_.size() * sizeof(RefusalRing<F>);
    for (const auto& worker : counters_) {
        usage.octets += worker.octets();
        usage.unattributed_exceptions += worker.unattributed();
    }
    usage.octets += dry_counters_ ? dry_counters_->octets() : 0;
    for (const auto& ring : refusals_) {
        usage.refused_answers += ring.refused();
    }
    usage.grace_stalled = versions_.stalled();
    return usage;
}

template class Table<V4>;
template class Table<V6>;

}  // namespace mgmd::dataplane
