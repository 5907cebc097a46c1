// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "control/mgm/address_pair.hpp"
#include "control/mgm/membership_store.hpp"
#include "control/rib.hpp"

namespace mgmd::mgm {

/// Forward-adds and vetoes of one entry (15).
struct Overrides {
    std::vector<Slot> on;
    std::vector<Slot> off;

    void end(Slot slot) {
        std::erase(on, slot);
        std::erase(off, slot);
    }
};

enum class MfeState : std::uint8_t {
    unborn,  ///< being built; not visible yet
    active,
    negative,  ///< nothing outgoing
    no_route,  ///< no incoming interface
};

struct ByIncoming;
struct ByDeadline;
struct Negatives;
struct ArrivedNegatives;

/// A forwarding entry made by data.
template <class F>
struct Mfe : TreeHook<ByDeadline>,
             ListHook<ByIncoming>,
             ListHook<Negatives>,
             ListHook<ArrivedNegatives> {
    using Address = typename F::Address;

    SourceGroup<F> key;  ///< (S,G)
    MfeState state = MfeState::unborn;
    bool anew = false;      ///< rebuilt: to be announced as if it had just been made
    bool building = false;  ///< not to be published before the change that builds it is complete
    // Since it was settled last:
    bool moved = false;   ///< the incoming interface is another
    bool edited = false;  ///< the outgoing list is another
    Slot incoming = kNoSlot;
    Slot arrival = kNoSlot;  ///< where the packet came in that it was made for

    // The Rib's answer that it depends on; `looked_up_interface` kNoInterface: no route.
    InterfaceIndex looked_up_interface = kNoInterface;
    Address looked_up_next_hop{};
    Prefix<F> looked_up_prefix;
    std::uint32_t looked_up_protocol = 0;

    Address upstream{};
    RouteUsed<F> route;
    boost::container::small_vector<Slot, 4> outgoing;  ///< ascending
    std::unique_ptr<Overrides> overrides;

    TimePoint created{};
    TimePoint since{};     ///< active: idle since then at the latest. else: when this life began
    TimePoint deadline{};  ///< active: next reading of the counter. else: end of life
    std::chrono::seconds timeout{};
    std::uint32_t life = 0;  ///< changes with each life of each entry
    std::uint32_t dirty_index = kClean;
    std::uint64_t seen_packets = 0;  ///< accepted or, if not active, negative hits as last read
    std::uint32_t uninitialised = 0;
    std::uint32_t queue_overflow = 0;

    static constexpr std::uint32_t kClean = ~std::uint32_t{0};

    bool is_visible() const { return state != MfeState::unborn; }
    bool is_vetoed(Slot slot) const;
    bool is_forced(Slot slot) const;
};

template <class F>
struct DeadlineOf {
    using type = TimePoint;
    const type& operator()(const Mfe<F>& mfe) const { return mfe.deadline; }
};

/// The entries and their indexes. Keeps them consistent; decides nothing about what they contain.
template <class F>
class MfeTable {
public:
    using Key = SourceGroup<F>;

    explicit MfeTable(LinkTable<F>& links);
    ~MfeTable();
    MfeTable(const MfeTable&) = delete;
    MfeTable& operator=(const MfeTable&) = delete;

    Mfe<F>* find(const Key& key);
    const Mfe<F>* find(const Key& key) const;
    /// Precondition: there is none with this key.
    Mfe<F>& create(const Key& key, Slot arrival);
    void erase(Mfe<F>& mfe);

    void set_incoming(Mfe<F>& mfe, Slot incoming);
    void set_deadline(Mfe<F>& mfe, TimePoint deadline);
    /// Moves it to the end of the queue of those longest without a hit.
    void mark_negative(Mfe<F>& mfe);
    void unmark_negative(Mfe<F>& mfe);

    std::size_t size() const { return by_key_.size(); }
    std::size_t negatives() const { return negatives_.size(); }
    /// nullptr: none. kNoSlot: of all arrival links.
    Mfe<F>* oldest_negative(Slot arrival = kNoSlot);
    /// nullptr: none is scheduled.
    Mfe<F>* next_due();
    const Mfe<F>* next_due() const;

    /// The first visible entry after the key, or the very first one; nullptr: no more.
    const Mfe<F>* after(const std::optional<Key>& key) const;
    std::vector<Mfe<F>*> covered_by(const Key& key);
    std::vector<Key> of_sources(const Prefix<F>& prefix) const;
    std::vector<Key> arriving_at(Slot slot) const;

    Overrides& overrides(Mfe<F>& mfe);
    void clear_overrides(Mfe<F>& mfe);
    /// The entries with overrides that the key covers.
    std::vector<Mfe<F>*> overridden(const Key& key);

private:
    template <class Tag>
    using List = boost::intrusive::list<Mfe<F>, boost::intrusive::base_hook<ListHook<Tag>>>;

    // B-trees: with a million entries a level of nodes costs a cache miss, and these have few.
    using Index = absl::btree_map<AddressPair<F>, Mfe<F>*>;

    static AddressPair<F> group_first(const Key& key) { return {key.group, key.source}; }
    static AddressPair<F> source_first(const Key& key) { return {key.source, key.group}; }

    LinkTable<F>& links_;
    Index by_key_;     // by group_first; owns the entries
    Index by_source_;  // by source_first
    boost::intrusive::multiset<Mfe<F>, boost::intrusive::base_hook<TreeHook<ByDeadline>>,
                               boost::intrusive::key_of_value<DeadlineOf<F>>>
        by_deadline_;
    std::vector<List<ByIncoming>> by_incoming_;  // by slot; the last one: none
    List<Negatives> negatives_;
    std::vector<List<ArrivedNegatives>> arrived_negatives_;  // by slot
    std::map<Key, Mfe<F>*> overridden_;
};

}  // namespace mgmd::mgm
