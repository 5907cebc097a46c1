// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "control/mgm/alert_queue.hpp"
#include "control/mgm/alerts.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// How far a change is settled.
enum class Settling : std::uint8_t {
    complete,
    /// All but for the forwarder: a change that follows from this one is settled before that.
    to_be_continued,
    /// By another change, which is being settled: the forwarder, and entries that are being built
    /// for the first time, are left to that one.
    inside_another,
};

/// Ends each change: entries that it touched begin the life that they now lead (22, 23), the
/// forwarder gets them, and the alerts that follow are queued.
///
/// The forwarder may refuse a change when it is full. A new entry is then given up; any other key
/// is tried again, from a timer, until the forwarder has what MGM has.
template <class F>
class Settler {
public:
    using Key = SourceGroup<F>;

    Settler(State<F>& state, AlertQueue<F>& alerts) : state_(state), alerts_(alerts) {}

    /// The entry's outgoing list, incoming interface or announcement may have changed.
    void touch(Mfe<F>& mfe);
    /// Deletes the entry, here and (with the next settle or flush) in the forwarder. `why` is for
    /// those who watch.
    void erase(Mfe<F>& mfe, std::string_view why);
    /// Erases the negative entry longest without a hit (33); kNoSlot: of all arrival links.
    /// Precondition: there is one.
    void replace_oldest(Slot arrival);
    /// Deletes it here only: an installed route has taken its key.
    void replace(Mfe<F>& mfe, std::string_view why);

    void settle(Change<F>& change, Settling how);
    /// Sends on what erase() left, without anything to announce.
    void flush();

    /// For installed routes. Refused changes of either are as described above, except that publish
    /// reports them and changes nothing.
    tl::expected<void, TableError> publish(const ForwardingEntry<F>& entry);
    void publish_or_retry(const ForwardingEntry<F>& entry);
    void withdraw(const RouteKey<F>& key);

    std::optional<TimePoint> retry_at() const { return retry_at_; }
    void retry(TimePoint now);

    static constexpr Duration kRetryInterval = std::chrono::milliseconds(100);
    /// How many negative entries are looked at to find one without a hit.
    static constexpr int kReplacementSearch = 64;

private:
    void forget(Mfe<F>& mfe);
    void settle_entries(Change<F>& change, bool complete);
    void settle_entry(Mfe<F>& mfe, Change<F>& change);
    void drop_given_up(Change<F>& change);
    void report(const Change<F>& change) const;
    void report(const Mfe<F>& mfe, std::string_view what, std::string_view details = {}) const;
    void drop_superseded();
    /// An installed route, published at once, takes or gives up the key.
    void forget_changes(const RouteKey<F>& key);
    void begin_life(Mfe<F>& mfe, MfeState life);
    void make_room(const Mfe<F>& mfe);
    void queue_install(const Mfe<F>& mfe, bool is_new);
    void take_result(const TableChange<F>& change, bool is_new, TableError error);
    void try_again(const RouteKey<F>& key);
    std::optional<ForwardingEntry<F>> desired(const RouteKey<F>& key) const;

    State<F>& state_;
    AlertQueue<F>& alerts_;
    std::vector<Mfe<F>*> dirty_;  // nullptr: done or gone
    std::vector<TableChange<F>> changes_;
    std::vector<bool> changes_are_new_;                    // parallel to changes_
    std::vector<tl::expected<void, TableError>> results_;  // of flush(), kept for its memory
    bool has_superseded_ = false;                          // changes_ may have several of one key
    std::set<Key> given_up_;  // new entries that the forwarder refused, while settling
    std::set<RouteKey<F>> unsettled_;
    std::optional<TimePoint> retry_at_;
    std::uint32_t lives_ = 0;
    LogLimit invalid_entry_;
};

}  // namespace mgmd::mgm
