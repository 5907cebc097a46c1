// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/settler.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <spdlog/spdlog.h>

#include "control/mgm/lifetimes.hpp"
#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {

namespace {

/// Changes that share one grace-period token; bounds the memory of a large change.
constexpr std::size_t kBatch = 256;

template <class F>
MfeState life_of(const Mfe<F>& mfe) {
    if (mfe.incoming == kNoSlot) {
        return MfeState::no_route;
    }
    return mfe.outgoing.empty() ? MfeState::negative : MfeState::active;
}

/// What an entry that is there already does when it begins another life.
std::string_view name_of_change(MfeState now) {
    return now == MfeState::active ? "revived" : "emptied";
}

std::string_view name_of(MfeState life) {
    switch (life) {
        case MfeState::active:
            return "active";
        case MfeState::negative:
            return "negative: nobody wants it";
        case MfeState::no_route:
            return "negative: no route to the source";
        case MfeState::unborn:
            break;
    }
    return "not decided";
}

}  // namespace

template <class F>
void Settler<F>::touch(Mfe<F>& mfe) {
    if (mfe.dirty_index == Mfe<F>::kClean) {
        mfe.dirty_index = static_cast<std::uint32_t>(dirty_.size());
        dirty_.push_back(&mfe);
    }
}

template <class F>
void Settler<F>::forget(Mfe<F>& mfe) {
    if (mfe.dirty_index != Mfe<F>::kClean) {
        dirty_[mfe.dirty_index] = nullptr;
        mfe.dirty_index = Mfe<F>::kClean;
    }
}

template <class F>
void Settler<F>::erase(Mfe<F>& mfe, std::string_view why) {
    if (mfe.is_visible()) {
        changes_.push_back({state_.route_key(mfe.key), std::nullopt});
        changes_are_new_.push_back(false);
    }
    replace(mfe, why);
}

template <class F>
void Settler<F>::replace(Mfe<F>& mfe, std::string_view why) {
    if (mfe.is_visible()) {
        report(mfe, "ended", why);
    }
    forget(mfe);
    state_.mfes.erase(mfe);
}

template <class F>
void Settler<F>::settle(Change<F>& change, Settling how) {
    settle_entries(change, how != Settling::inside_another);
    if (how == Settling::complete) {
        flush();
        drop_given_up(change);
    } else {
        has_superseded_ = true;
    }
    report(change);
    alerts_.push(alerts_of(change, state_.clients.in_order()));
}

template <class F>
void Settler<F>::report(const Change<F>& change) const {
    if (!state_.outside.reporter.wants(NoticeKind::entry)) {
        return;
    }
    for (const EntryChange<F>& entry : change.entries) {
        // Room for others may have been made with it since.
        const Mfe<F>* mfe = std::as_const(state_.mfes).find(entry.key);
        if (mfe != nullptr && !entry.what.empty()) {
            report(*mfe, entry.what);
        }
    }
}

template <class F>
void Settler<F>::report(const Mfe<F>& mfe, std::string_view what, std::string_view details) const {
    state_.report(NoticeKind::entry, what, mfe.key, [&](monitor::Notice& notice) {
        notice.interface = state_.links.id(mfe.arrival).index;
        notice.incoming = state_.links.id(mfe.incoming).index;
        notice.state = mfe.state == MfeState::active ? "active" : "negative";
        for (const Slot slot : mfe.outgoing) {
            notice.outgoing.push_back(state_.links.id(slot).index);
        }
        notice.details = !details.empty()                  ? details
                         : mfe.state == MfeState::no_route ? "no route to the source"
                                                           : "";
    });
}

template <class F>
void Settler<F>::drop_given_up(Change<F>& change) {
    if (given_up_.empty()) {
        return;
    }
    const auto last = std::remove_if(
        change.entries.begin(), change.entries.end(),
        [this](const EntryChange<F>& entry) { return given_up_.count(entry.key) != 0; });
    change.entries.erase(last, change.entries.end());
    given_up_.clear();
}

template <class F>
void Settler<F>::settle_entries(Change<F>& change, bool complete) {
    // Making room erases other entries, so the list is walked by index and may get holes.
    for (std::size_t i = 0; i < dirty_.size(); ++i) {
        Mfe<F>* mfe = dirty_[i];
        if (mfe == nullptr || (mfe->building && !complete)) {
            continue;
        }
        dirty_[i] = nullptr;
        mfe->dirty_index = Mfe<F>::kClean;
        mfe->building = false;
        settle_entry(*mfe, change);
    }
    std::erase(dirty_, nullptr);
    for (std::size_t i = 0; i < dirty_.size(); ++i) {
        dirty_[i]->dirty_index = static_cast<std::uint32_t>(i);
    }
}

template <class F>
void Settler<F>::settle_entry(Mfe<F>& mfe, Change<F>& change) {
    const MfeState before = mfe.state;
    const MfeState now = life_of(mfe);
    const bool is_new = before == MfeState::unborn;
    const bool created =
        is_new || mfe.anew || (before == MfeState::no_route && now != MfeState::no_route);
    if (created || before != now) {
        begin_life(mfe, now);
    }
    if (created) {
        mfe.created = mfe.since;
    }
    const std::string_view what = created         ? "created"
                                  : before != now ? name_of_change(now)
                                  : mfe.moved     ? "moved"
                                  : mfe.edited    ? "changed"
                                                  : "";
    mfe.anew = mfe.moved = mfe.edited = false;
    queue_install(mfe, is_new);
    change.entries.push_back({.key = mfe.key,
                              .owner = state_.links.owner(mfe.incoming),
                              .incoming = state_.links.id(mfe.incoming),
                              .created = created,
                              .was_empty = before != MfeState::active,
                              .is_empty = now != MfeState::active,
                              .life = mfe.life,
                              .timeout = mfe.timeout,
                              .what = what});
}

template <class F>
void Settler<F>::begin_life(Mfe<F>& mfe, MfeState life) {
    const bool is_new = mfe.state == MfeState::unborn;
    EntryActivity activity;
    if (!is_new) {
        activity = state_.outside.table.activity(state_.route_key(mfe.key)).value_or(activity);
    }
    const TimerSettings& timers = state_.options.timers;
    mfe.state = life;
    mfe.life = ++lives_;
    mfe.since = state_.now();
    state_.mfes.unmark_negative(mfe);
    if (spdlog::should_log(spdlog::level::debug)) {
        spdlog::debug("mgm: entry ({}, {}) is {}", to_string(mfe.key.source),
                      to_string(mfe.key.group), name_of(life));
    }
    if (life == MfeState::active) {
        mfe.timeout = timers.mfe_idle_timeout;
        mfe.seen_packets = activity.accepted;
        state_.mfes.set_deadline(mfe, mfe.since + reading_interval(timers));
        return;
    }
    make_room(mfe);
    mfe.timeout = life == MfeState::negative ? timers.negative_timeout : timers.no_route_timeout;
    mfe.seen_packets = activity.negative_hits;
    state_.mfes.mark_negative(mfe);
    state_.mfes.set_deadline(mfe, mfe.since + mfe.timeout);
}

template <class F>
void Settler<F>::make_room(const Mfe<F>& mfe) {
    const std::uint64_t bound = state_.options.limits.negative_entries;
    while (state_.links[mfe.arrival].arrived_negatives >= state_.share(bound)) {
        replace_oldest(mfe.arrival);
    }
    while (state_.mfes.negatives() >= std::max<std::uint64_t>(1, bound)) {
        replace_oldest(kNoSlot);
    }
}

template <class F>
void Settler<F>::replace_oldest(Slot arrival) {
    Mfe<F>* oldest = state_.mfes.oldest_negative(arrival);
    for (int i = 0; i < kReplacementSearch; ++i) {
        const auto activity = state_.outside.table.activity(state_.route_key(oldest->key));
        if (!activity || activity->negative_hits == oldest->seen_packets) {
            break;
        }
        oldest->seen_packets = activity->negative_hits;
        state_.mfes.mark_negative(*oldest);
        oldest = state_.mfes.oldest_negative(arrival);
    }
    ++state_.counted.replaced_negatives;
    erase(*oldest, "gives way to another");
}

template <class F>
void Settler<F>::queue_install(const Mfe<F>& mfe, bool is_new) {
    auto& change = changes_.emplace_back();
    change.key = state_.route_key(mfe.key);
    change.entry = forwarding_entry(state_, mfe);
    changes_are_new_.push_back(is_new);
}

template <class F>
void Settler<F>::drop_superseded() {
    std::set<RouteKey<F>> seen;
    std::vector<TableChange<F>> changes;
    std::vector<bool> are_new;
    for (std::size_t i = changes_.size(); i-- > 0;) {
        if (seen.insert(changes_[i].key).second) {
            changes.push_back(std::move(changes_[i]));
            are_new.push_back(changes_are_new_[i]);
        }
    }
    changes_.assign(std::make_move_iterator(changes.rbegin()),
                    std::make_move_iterator(changes.rend()));
    changes_are_new_.assign(are_new.rbegin(), are_new.rend());
}

template <class F>
void Settler<F>::forget_changes(const RouteKey<F>& key) {
    for (std::size_t i = changes_.size(); i-- > 0;) {
        if (changes_[i].key == key) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            changes_.erase(changes_.begin() + at);
            changes_are_new_.erase(changes_are_new_.begin() + at);
        }
    }
}

template <class F>
void Settler<F>::flush() {
    if (std::exchange(has_superseded_, false)) {
        drop_superseded();
    }
    results_.resize(std::max(results_.size(), std::min(kBatch, changes_.size())));
    for (std::size_t done = 0; done < changes_.size(); done += kBatch) {
        const std::size_t count = std::min(kBatch, changes_.size() - done);
        const std::span batch(&changes_[done], count);
        state_.outside.table.apply(batch, std::span(results_).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            if (!results_[i]) {
                take_result(batch[i], changes_are_new_[done + i], results_[i].error());
            }
        }
    }
    changes_.clear();
    changes_are_new_.clear();
}

template <class F>
void Settler<F>::take_result(const TableChange<F>& change, bool is_new, TableError error) {
    if (!change.entry && error == TableError::not_found) {
        return;
    }
    ++state_.counted.refused_changes;
    if (error == TableError::invalid) {
        invalid_entry_(state_.now(), [&](const std::string& more) {
            spdlog::error("mgm: the forwarding table calls the entry for group {} invalid{}",
                          to_string(change.key.group), more);
        });
    }
    const Key key{.group = change.key.group, .source = change.key.source};
    if (Mfe<F>* mfe = is_new ? state_.mfes.find(key) : nullptr; mfe != nullptr) {
        replace(*mfe, "the forwarding table refused it");
        given_up_.insert(key);
        return;
    }
    if (error == TableError::full) {
        try_again(change.key);
    }
}

template <class F>
void Settler<F>::try_again(const RouteKey<F>& key) {
    unsettled_.insert(key);
    if (!retry_at_) {
        retry_at_ = state_.now() + kRetryInterval;
    }
}

template <class F>
tl::expected<void, TableError> Settler<F>::publish(const ForwardingEntry<F>& entry) {
    forget_changes(entry.key);
    const auto result = state_.outside.table.install(entry);
    if (!result) {
        ++state_.counted.refused_changes;
    }
    return result;
}

template <class F>
void Settler<F>::publish_or_retry(const ForwardingEntry<F>& entry) {
    if (const auto result = publish(entry); !result && result.error() == TableError::full) {
        try_again(entry.key);
    }
}

template <class F>
void Settler<F>::withdraw(const RouteKey<F>& key) {
    forget_changes(key);
    const auto result = state_.outside.table.remove(key);
    if (!result && result.error() != TableError::not_found) {
        ++state_.counted.refused_changes;
        try_again(key);
    }
}

template <class F>
std::optional<ForwardingEntry<F>> Settler<F>::desired(const RouteKey<F>& key) const {
    const Key wanted{.group = key.group, .source = key.source, .group_length = key.group_length};
    if (const Mfe<F>* mfe = std::as_const(state_.mfes).find(wanted);
        mfe != nullptr && mfe->is_visible()) {
        return forwarding_entry(state_, *mfe);
    }
    if (const Installed<F>* installed = state_.installed.find(wanted); installed != nullptr) {
        for (const ForwardingEntry<F>& entry : forwarding_entries(state_, *installed)) {
            if (entry.key == key) {
                return entry;
            }
        }
    }
    return std::nullopt;
}

template <class F>
void Settler<F>::retry(TimePoint now) {
    if (!retry_at_ || *retry_at_ > now) {
        return;
    }
    retry_at_.reset();
    spdlog::debug("mgm: offering the forwarding table {} refused changes again", unsettled_.size());
    for (const RouteKey<F>& key : std::exchange(unsettled_, {})) {
        if (const auto entry = desired(key); entry) {
            publish_or_retry(*entry);
        } else {
            withdraw(key);
        }
    }
}

template class Settler<V4>;
template class Settler<V6>;

}  // namespace mgmd::mgm
