// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/membership_store.hpp"

#include <algorithm>
#include <memory>

namespace mgmd::mgm {

namespace {

template <class Members>
auto position(Members& members, Slot slot) {
    return std::lower_bound(members.begin(), members.end(), slot,
                            [](const Member& member, Slot wanted) { return member.slot < wanted; });
}

template <class F>
Prefix<F> range_of(const SourceGroup<F>& key) {
    return {key.group, key.group_length};
}

}  // namespace

template <class F>
Member* KeyRecord<F>::member(Slot slot) {
    const auto at = position(members, slot);
    return at != members.end() && at->slot == slot ? &*at : nullptr;
}

template <class F>
const Member* KeyRecord<F>::member(Slot slot) const {
    const auto at = position(members, slot);
    return at != members.end() && at->slot == slot ? &*at : nullptr;
}

template <class F>
MembershipStore<F>::MembershipStore(const LinkTable<F>& links)
    : links_(links), towards_(links.size() + 1), on_link_(links.size()) {}

template <class F>
MembershipStore<F>::~MembershipStore() {
    by_source_.clear();
    for (auto& list : towards_) {
        list.clear();
    }
    by_key_.clear_and_dispose(std::default_delete<Record>());
}

template <class F>
auto MembershipStore<F>::find(const Key& key) -> Record* {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : &*at;
}

template <class F>
auto MembershipStore<F>::find(const Key& key) const -> const Record* {
    const auto at = by_key_.find(key);
    return at == by_key_.end() ? nullptr : &*at;
}

template <class F>
const Member* MembershipStore<F>::member(const Key& key, Slot slot) const {
    const Record* record = find(key);
    return record == nullptr ? nullptr : record->member(slot);
}

template <class F>
bool MembershipStore<F>::has_group_on(Slot slot, const Key& key) const {
    return on_link_[slot].count(range_of(key)) != 0;
}

template <class F>
std::size_t MembershipStore<F>::sources_on(Slot slot, const Key& key) const {
    const auto at = on_link_[slot].find(range_of(key));
    return at == on_link_[slot].end() ? 0 : at->second.sources;
}

template <class F>
auto MembershipStore<F>::ensure(const Key& key, Slot slot) -> std::pair<Record&, Member&> {
    Record* record = find(key);
    if (record == nullptr) {
        record = new Record;
        record->key = key;
        by_key_.insert(*record);
        if (key.has_source()) {
            by_source_.insert(*record);
            towards_.back().push_back(*record);
        }
        if (!key.is_single_group()) {
            ++ranges_[key.group_length];
        }
    }
    auto at = position(record->members, slot);
    if (at == record->members.end() || at->slot != slot) {
        at = record->members.insert(at, Member{.slot = slot});
        OnLink& group = on_link_[slot][range_of(key)];
        ++group.keys;
        group.sources += key.has_source() ? 1 : 0;
        ++size_;
    }
    return {*record, *at};
}

template <class F>
void MembershipStore<F>::drop_if_unused(const Key& key, Slot slot) {
    Record* record = find(key);
    const auto at = position(record->members, slot);
    if (at->owner || at->igmp) {
        return;
    }
    set_exclude(key, *at, {});
    record->members.erase(at);
    --size_;
    const auto group = on_link_[slot].find(range_of(key));
    group->second.sources -= key.has_source() ? 1 : 0;
    if (--group->second.keys == 0) {
        on_link_[slot].erase(group);
    }
    if (!record->members.empty()) {
        return;
    }
    if (key.has_source()) {
        set_towards(*record, kNoSlot);
        towards_.back().erase(towards_.back().iterator_to(*record));
        by_source_.erase(by_source_.iterator_to(*record));
    }
    if (!key.is_single_group()) {
        --ranges_[key.group_length];
    }
    by_key_.erase_and_dispose(by_key_.iterator_to(*record), std::default_delete<Record>());
}

template <class F>
void MembershipStore<F>::set_towards(Record& record, Slot towards) {
    const auto list = [this](Slot slot) -> TowardsList& {
        return slot == kNoSlot ? towards_.back() : towards_[slot];
    };
    list(record.towards).erase(TowardsList::s_iterator_to(record));
    list(towards).push_back(record);
    record.towards = towards;
}

template <class F>
void MembershipStore<F>::set_exclude(const Key& key, Member& member, std::vector<Address> sources) {
    if (!sources.empty()) {
        excludes_[{member.slot, key.group}] = std::move(sources);
        member.excludes = true;
    } else if (member.excludes) {
        excludes_.erase({member.slot, key.group});
        member.excludes = false;
    }
}

template <class F>
auto MembershipStore<F>::exclude(const Key& key, Slot slot) const -> std::span<const Address> {
    if (key.has_source() || !key.is_single_group()) {
        return {};
    }
    const auto at = excludes_.find({slot, key.group});
    return at == excludes_.end() ? std::span<const Address>() : at->second;
}

template <class F>
bool MembershipStore<F>::counts(const Member& member) const {
    const Link<F>& link = links_[member.slot];
    return member.owner || (member.igmp && (link.local == LocalMode::forward || member.carried));
}

template <class F>
bool MembershipStore<F>::asks_for(const Record& record, const Member& member,
                                  const Address& source) const {
    if (!counts(member)) {
        return false;
    }
    // 14: an exclude subtracts only IGMP's own (*,G); what the owner wants stays.
    if (member.owner || record.key.has_source()) {
        return true;
    }
    if (!links_[member.slot].config.local_sources.admits(source)) {
        return false;
    }
    if (!member.excludes) {
        return true;
    }
    const auto excluded = exclude(record.key, member.slot);
    return !std::binary_search(excluded.begin(), excluded.end(), source);
}

template <class F>
Components MembershipStore<F>::components(const Key& key, ClientIndex igmp) const {
    Components components;
    const Record* record = find(key);
    if (record == nullptr) {
        return components;
    }
    for (const Member& member : record->members) {
        if (counts(member)) {
            components.add(links_.component(member.slot, igmp));
            if (components.is_several()) {
                break;
            }
        }
    }
    return components;
}

template <class F>
template <class Use>
void MembershipStore<F>::for_covering(const Key& source_group, Use&& use) const {
    const auto use_key = [&](const Key& key) {
        if (const Record* record = find(key); record != nullptr) {
            use(*record);
        }
    };
    use_key(source_group);
    use_key({.group = source_group.group});
    for (std::uint8_t length = 0; length < F::address_bits; ++length) {
        if (ranges_[length] != 0) {
            use_key({.group = masked(source_group.group, length), .group_length = length});
        }
    }
}

template <class F>
bool MembershipStore<F>::wants(const Key& source_group, Slot slot) const {
    bool wanted = false;
    for_covering(source_group, [&](const Record& record) {
        const Member* member = record.member(slot);
        wanted = wanted || (member != nullptr && asks_for(record, *member, source_group.source));
    });
    return wanted;
}

template <class F>
void MembershipStore<F>::collect(const Key& source_group, SlotList& slots) const {
    slots.clear();
    for_covering(source_group, [&](const Record& record) {
        for (const Member& member : record.members) {
            if (asks_for(record, member, source_group.source)) {
                slots.push_back(member.slot);
            }
        }
    });
    std::sort(slots.begin(), slots.end());
    slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
}

template <class F>
auto MembershipStore<F>::keys_on(Slot slot) const -> std::vector<Key> {
    std::vector<Key> keys;
    for (const auto& [range, group] : on_link_[slot]) {
        const Key first{.group = range.address, .group_length = 0};
        for (auto at = by_key_.lower_bound(first);
             at != by_key_.end() && at->key.group == range.address; ++at) {
            if (at->key.group_length == range.length && at->member(slot) != nullptr) {
                keys.push_back(at->key);
            }
        }
    }
    return keys;
}

template <class F>
auto MembershipStore<F>::keys_towards(Slot slot) const -> std::vector<Key> {
    std::vector<Key> keys;
    for (const Record& record : towards_[slot]) {
        keys.push_back(record.key);
    }
    return keys;
}

template <class F>
auto MembershipStore<F>::keys_of_sources(const Prefix<F>& prefix) const -> std::vector<Key> {
    std::vector<Key> keys;
    const Prefix<F> network = prefix.network();
    for (auto at = by_source_.lower_bound({network.address, {}});
         at != by_source_.end() && network.contains(at->key.source); ++at) {
        keys.push_back(at->key);
    }
    return keys;
}

template struct KeyRecord<V4>;
template struct KeyRecord<V6>;
template <class F>
auto MembershipStore<F>::after(const std::optional<Key>& key) const -> const Record* {
    const auto at = key ? by_key_.upper_bound(*key) : by_key_.begin();
    return at == by_key_.end() ? nullptr : &*at;
}

template class MembershipStore<V4>;
template class MembershipStore<V6>;

}  // namespace mgmd::mgm
