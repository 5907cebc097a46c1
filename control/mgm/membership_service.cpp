// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/membership_service.hpp"

#include <algorithm>
#include <utility>

#include "control/mgm/failure.hpp"
#include "control/mgm/key_form.hpp"
#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {
namespace {

/// Sources in ascending order, each once.
template <class Address>
std::vector<Address> distinct(std::vector<Address> sources) {
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
    return sources;
}

}  // namespace

template <class F>
Result<> MembershipService<F>::check_form(const Membership<F>& membership, bool may_exclude) const {
    const Key& key = membership.key;
    if (membership.flags == MembershipFlags::none) {
        return refuse(Errc::invalid_parameter, "membership of {}: neither join nor forward",
                      to_string(key));
    }
    if (const auto form = check_key_form(key); !form) {
        return form;
    }
    if (mgm::has(membership.flags, MembershipFlags::forward) && !key.has_source()) {
        return refuse(Errc::invalid_parameter, "forward of {}: only (S,G) entries are edited",
                      to_string(key));
    }
    const bool is_group_join = mgm::has(membership.flags, MembershipFlags::join) &&
                               !key.has_source() && key.is_single_group();
    if (!membership.exclude.empty() && !(may_exclude && is_group_join)) {
        return refuse(Errc::invalid_parameter, "membership of {}: only a (*,G) join excludes",
                      to_string(key));
    }
    return {};
}

template <class F>
auto MembershipService<F>::check_target(ClientHandle handle, const Membership<F>& membership) const
    -> Result<Target> {
    const ClientIndex client = handle.slot;
    const Slot slot = state_.links.find(membership.interface);
    if (slot == kNoSlot) {
        return refuse(Errc::not_found, "interface {} is not configured",
                      to_string(membership.interface));
    }
    const Link<F>& link = state_.links[slot];
    const bool is_igmp = client == state_.clients.igmp();
    if (is_igmp ? !link.igmp : link.owner != client) {
        return refuse(Errc::invalid_parameter, "interface {} is not the client's",
                      to_string(membership.interface));
    }
    if (is_igmp && link.in_handover) {
        return refuse(Errc::can_not_complete, "interface {} is being handed over",
                      to_string(membership.interface));
    }
    return Target{client, slot};
}

template <class F>
Result<> MembershipService<F>::check_limits(const Membership<F>& membership, Slot slot) const {
    const LimitSettings& limits = state_.options.limits;
    const Key& key = membership.key;
    const std::size_t excluded = distinct(membership.exclude).size();
    if (excluded > limits.sources_per_group) {
        return refuse(Errc::not_enough_memory, "{} excludes {} sources, limit {}", to_string(key),
                      excluded, limits.sources_per_group);
    }
    if (state_.memberships.member(key, slot) != nullptr) {
        return {};
    }
    const KeyRecord<F>* record = std::as_const(state_.memberships).find(key);
    if (record != nullptr && record->members.size() >= kMaxOutgoing) {
        return refuse(Errc::not_enough_memory, "{} is wanted on {} interfaces, no entry has more",
                      to_string(key), kMaxOutgoing);
    }
    if (!state_.memberships.has_group_on(slot, key) &&
        state_.memberships.groups_on(slot) >= limits.groups_per_interface) {
        return refuse(Errc::not_enough_memory, "interface {} has its {} groups",
                      to_string(membership.interface), limits.groups_per_interface);
    }
    if (key.has_source() && state_.memberships.sources_on(slot, key) >= limits.sources_per_group) {
        return refuse(Errc::not_enough_memory, "group {} has its {} sources on interface {}",
                      mgmd::to_string(key.group), limits.sources_per_group,
                      to_string(membership.interface));
    }
    return {};
}

template <class F>
Result<> MembershipService<F>::check_entry(const Membership<F>& membership) const {
    if (state_.mfes.find(membership.key) == nullptr) {
        return refuse(Errc::not_found, "no entry {}", to_string(membership.key));
    }
    return {};
}

template <class F>
bool MembershipService<F>::has(const Key& key, Target target) const {
    const Member* member = state_.memberships.member(key, target.slot);
    return member != nullptr &&
           (target.client == state_.clients.igmp() ? member->igmp_visible() : member->owner);
}

template <class F>
Result<> MembershipService<F>::check_add(ClientHandle handle, const Membership<F>& membership) {
    const auto client = state_.clients.find(handle);
    if (!client) {
        return tl::make_unexpected(client.error());
    }
    if (auto form = check_form(membership, *client == state_.clients.igmp()); !form) {
        return form;
    }
    const auto target = check_target(handle, membership);
    if (!target) {
        return tl::make_unexpected(target.error());
    }
    if (!mgm::has(membership.flags, MembershipFlags::join)) {
        return check_entry(membership);
    }
    auto within_limits = check_limits(membership, target->slot);
    if (!within_limits) {
        ++state_.counted.refused_memberships;
        state_.report(NoticeKind::refused, "membership", membership.key, [&](auto& notice) {
            notice.interface = membership.interface.index;
            notice.protocol = state_.protocol(*client);
            notice.details = within_limits.error().message;
        });
    }
    return within_limits;
}

template <class F>
Result<> MembershipService<F>::check_delete(ClientHandle handle, const Membership<F>& membership) {
    if (const auto client = state_.clients.find(handle); !client) {
        return tl::make_unexpected(client.error());
    }
    if (auto form = check_form(membership, false); !form) {
        return form;
    }
    const auto target = check_target(handle, membership);
    if (!target) {
        return tl::make_unexpected(target.error());
    }
    if (!mgm::has(membership.flags, MembershipFlags::join)) {
        return check_entry(membership);
    }
    if (!has(membership.key, *target)) {
        return refuse(Errc::not_found, "no membership of {} on interface {}",
                      to_string(membership.key), to_string(membership.interface));
    }
    return {};
}

template <class F>
Result<> MembershipService<F>::add(ClientHandle handle, const Membership<F>& membership,
                                   Change<F>& change) {
    const Slot slot = state_.links.find(membership.interface);
    if (mgm::has(membership.flags, MembershipFlags::join)) {
        change.cause = state_.component(slot);
        KeyWatch<F> watch(state_);
        watch.watch(membership.key);
        if (handle.slot == state_.clients.igmp()) {
            join_igmp(membership, slot, change);
        } else {
            join_owner(membership.key, slot);
        }
        watch.finish(change);
        update_covered(membership.key, slot);
    }
    if (mgm::has(membership.flags, MembershipFlags::forward)) {
        return override_outgoing(membership, slot, true);
    }
    return {};
}

template <class F>
Member& MembershipService<F>::ensure(const Key& key, Slot slot) {
    auto [record, member] = state_.memberships.ensure(key, slot);
    if (key.has_source() && record.towards == kNoSlot) {
        const auto route = state_.outside.rib.lookup(key.source);
        state_.memberships.set_towards(
            record, route ? state_.links.towards(route->interface, route->next_hop) : kNoSlot);
    }
    return member;
}

template <class F>
void MembershipService<F>::join_igmp(const Membership<F>& membership, Slot slot,
                                     Change<F>& change) {
    const Key& key = membership.key;
    Member& member = ensure(key, slot);
    const bool is_news = !member.igmp_visible();
    member.igmp = true;
    member.stale = false;

    auto exclude = distinct(membership.exclude);
    const auto excluded = state_.memberships.exclude(key, slot);
    const bool same = std::equal(exclude.begin(), exclude.end(), excluded.begin(), excluded.end());

    const ClientIndex owner = state_.links.owner(slot);
    if (is_news || !same) {
        state_.report_membership(is_news ? "added" : "changed", key, slot, state_.clients.igmp());
    }
    if (is_news) {
        change.locals.push_back({AlertKind::local_join, owner, key, membership.interface});
    }
    if (is_news ? !exclude.empty() : !same) {
        change.locals.push_back(
            {AlertKind::local_exclude, owner, key, membership.interface, exclude});
    }
    state_.memberships.set_exclude(key, member, std::move(exclude));
}

template <class F>
void MembershipService<F>::join_owner(const Key& key, Slot slot) {
    Member& member = ensure(key, slot);
    if (!member.owner) {
        member.owner = true;
        state_.report_membership("added", key, slot, state_.links.owner(slot));
        end_overrides(key, slot);
    }
}

template <class F>
void MembershipService<F>::end_overrides(const Key& key, Slot slot) {
    for (Mfe<F>* mfe : state_.mfes.overridden(key)) {
        mfe->overrides->end(slot);
    }
}

template <class F>
Result<> MembershipService<F>::remove(ClientHandle handle, const Membership<F>& membership,
                                      Change<F>& change) {
    const Key& key = membership.key;
    const Slot slot = state_.links.find(membership.interface);
    if (mgm::has(membership.flags, MembershipFlags::join)) {
        change.cause = state_.component(slot);
        KeyWatch<F> watch(state_);
        watch.watch(key);
        state_.report_membership("deleted", key, slot, handle.slot);
        Member& member = *state_.memberships.find(key)->member(slot);
        if (handle.slot == state_.clients.igmp()) {
            member.igmp = member.carried = false;
            state_.memberships.set_exclude(key, member, {});
            change.locals.push_back(
                {AlertKind::local_leave, state_.links.owner(slot), key, membership.interface});
        } else {
            member.owner = false;
        }
        state_.memberships.drop_if_unused(key, slot);
        watch.finish(change);
        update_covered(key, slot);
    }
    if (mgm::has(membership.flags, MembershipFlags::forward)) {
        return override_outgoing(membership, slot, false);
    }
    return {};
}

template <class F>
Result<> MembershipService<F>::override_outgoing(const Membership<F>& membership, Slot slot,
                                                 bool forward) {
    Mfe<F>* mfe = state_.mfes.find(membership.key);
    if (mfe == nullptr) {
        return check_entry(membership);
    }
    Overrides& overrides = state_.mfes.overrides(*mfe);
    overrides.end(slot);
    (forward ? overrides.on : overrides.off).push_back(slot);
    if (update_outgoing(state_, *mfe, slot)) {
        settler_.touch(*mfe);
    }
    return {};
}

template <class F>
void MembershipService<F>::update_covered(const Key& key, Slot slot) {
    for (Mfe<F>* mfe : state_.mfes.covered_by(key)) {
        if (update_outgoing(state_, *mfe, slot)) {
            settler_.touch(*mfe);
        }
    }
}

template class MembershipService<V4>;
template class MembershipService<V6>;

}  // namespace mgmd::mgm
