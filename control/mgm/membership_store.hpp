// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "control/mgm/components.hpp"
#include "control/mgm/link_table.hpp"

namespace mgmd::mgm {

/// Who wants a key on a link.
struct Member {
    Slot slot = kNoSlot;
    bool owner : 1 = false;     ///< the routing protocol that owns the link
    bool igmp : 1 = false;      ///< IGMP, stale or not
    bool stale : 1 = false;     ///< IGMP has not re-added it since the hand-over
    bool carried : 1 = false;   ///< it was IGMP's when the hand-over's window opened
    bool excludes : 1 = false;  ///< IGMP's (*,G) has an exclude set

    bool igmp_visible() const { return igmp && !stale; }
    bool visible() const { return owner || igmp_visible(); }
};

struct ByKey;
struct BySource;
struct ByTowards;
template <class Tag>
using TreeHook = boost::intrusive::set_base_hook<boost::intrusive::tag<Tag>,
                                                 boost::intrusive::optimize_size<true>>;
template <class Tag>
using ListHook = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>>;

/// All members of one key. (S,G) keys are also found by source, and by the link towards the source.
template <class F>
struct KeyRecord : TreeHook<ByKey>, TreeHook<BySource>, ListHook<ByTowards> {
    SourceGroup<F> key;
    Slot towards = kNoSlot;                             ///< (S,G): the link of the route to S
    boost::container::small_vector<Member, 4> members;  ///< ascending by slot

    Member* member(Slot slot);
    const Member* member(Slot slot) const;
};

/// A key as the index by source orders it.
template <class F>
struct SourceFirst {
    typename F::Address source{};
    typename F::Address group{};
    friend constexpr auto operator<=>(const SourceFirst&, const SourceFirst&) = default;
};

template <class F, class Record>
struct KeyOfRecord {
    using type = SourceGroup<F>;
    const type& operator()(const Record& record) const { return record.key; }
};
template <class F, class Record>
struct SourceOfRecord {
    using type = SourceFirst<F>;
    type operator()(const Record& record) const { return {record.key.source, record.key.group}; }
};

/// What everybody wants where (9, 13 - 15). Keeps facts; decides nothing about who may change them.
template <class F>
class MembershipStore {
public:
    using Address = typename F::Address;
    using Key = SourceGroup<F>;
    using Record = KeyRecord<F>;

    explicit MembershipStore(const LinkTable<F>& links);
    ~MembershipStore();
    MembershipStore(const MembershipStore&) = delete;
    MembershipStore& operator=(const MembershipStore&) = delete;

    Record* find(const Key& key);
    const Record* find(const Key& key) const;
    const Member* member(const Key& key, Slot slot) const;
    std::size_t size() const { return size_; }  ///< (key, link) pairs

    /// Groups on the link, and sources of the key's group on it.
    std::size_t groups_on(Slot slot) const { return on_link_[slot].size(); }
    bool has_group_on(Slot slot, const Key& key) const;
    std::size_t sources_on(Slot slot, const Key& key) const;

    /// Finds or makes a member. A new (S,G) record's `towards` is for the caller to set.
    std::pair<Record&, Member&> ensure(const Key& key, Slot slot);
    /// Forgets a member that nobody has any more; without members the record goes as well.
    void drop_if_unused(const Key& key, Slot slot);
    void set_towards(Record& record, Slot towards);

    void set_exclude(const Key& key, Member& member, std::vector<Address> sources);
    /// Ascending; empty: excludes nothing.
    std::span<const Address> exclude(const Key& key, Slot slot) const;

    /// The components with a membership of exactly this key (see Components).
    Components components(const Key& key, ClientIndex igmp) const;

    /// Whether some membership that counts asks for the (S,G) on the link.
    bool wants(const Key& source_group, Slot slot) const;
    /// All such links, ascending.
    void collect(const Key& source_group, SlotList& slots) const;

    std::vector<Key> keys_on(Slot slot) const;
    std::vector<Key> keys_towards(Slot slot) const;
    std::vector<Key> keys_of_sources(const Prefix<F>& prefix) const;
    /// The first after the key, or the very first one; nullptr: no more.
    const Record* after(const std::optional<Key>& key) const;
    /// In key order.
    template <class Visit>
    void visit(Visit&& visit) const {
        for (const Record& record : by_key_) {
            visit(record);
        }
    }

private:
    struct OnLink {
        std::uint32_t keys = 0;     ///< memberships of the group on the link
        std::uint32_t sources = 0;  ///< among them (S,G)
    };

    bool counts(const Member& member) const;
    bool asks_for(const Record& record, const Member& member, const Address& source) const;
    /// Calls `use(record)` for each key that covers the (S,G).
    template <class Use>
    void for_covering(const Key& source_group, Use&& use) const;

    const LinkTable<F>& links_;
    boost::intrusive::set<Record, boost::intrusive::base_hook<TreeHook<ByKey>>,
                          boost::intrusive::key_of_value<KeyOfRecord<F, Record>>>
        by_key_;
    boost::intrusive::set<Record, boost::intrusive::base_hook<TreeHook<BySource>>,
                          boost::intrusive::key_of_value<SourceOfRecord<F, Record>>>
        by_source_;
    using TowardsList =
        boost::intrusive::list<Record, boost::intrusive::base_hook<ListHook<ByTowards>>>;
    std::vector<TowardsList> towards_;                  // by slot; the last one: no route
    std::vector<std::map<Prefix<F>, OnLink>> on_link_;  // by slot: groups there
    std::map<std::pair<Slot, Address>, std::vector<Address>> excludes_;
    std::array<std::uint32_t, F::address_bits> ranges_{};  // records by group length, shorter ones
    std::size_t size_ = 0;
};

}  // namespace mgmd::mgm
