// SPDX-License-Identifier: Apache-2.0
#include "tests/model/model.hpp"

/// Memberships, and what IGMP's are to the owner of the interface (8 - 15).
namespace mgmd::mgm::model {

template <class F>
Result<ClientId> Model<F>::check_membership(ClientHandle handle, const Membership<F>& membership,
                                            bool adding) const {
    const auto client = client_of(handle);
    const Key& key = membership.key;
    const bool joins = has(membership.flags, MembershipFlags::join);
    const bool forwards = has(membership.flags, MembershipFlags::forward);
    const bool may_exclude = adding && client && is_igmp(*client) && joins && !forwards &&
                             key.is_single_group() && !key.has_source();
    if (!client || (!joins && !forwards) || !state_.is_valid(key) ||
        (forwards && !key.has_source()) || (!membership.exclude.empty() && !may_exclude)) {
        return refuse(Errc::invalid_parameter);
    }
    const auto link = state_.links.find(membership.interface);
    if (link == state_.links.end()) {
        return refuse(Errc::not_found);
    }
    if (!has_link(*client, link->second)) {
        return refuse(Errc::invalid_parameter);
    }
    if (is_igmp(*client) && link->second.handing_over) {
        return refuse(Errc::can_not_complete);
    }
    if (adding && joins && is_past_limit(membership)) {
        return refuse(Errc::not_enough_memory);
    }
    const bool lacks_entry = !joins && !state_.entries.contains(key);
    const bool lacks_membership = !adding && joins && !exists(*client, membership);
    if (lacks_entry || lacks_membership) {
        return refuse(Errc::not_found);
    }
    return *client;
}

/// Would the membership be one group, source or excluded source too many on its interface (33)?
template <class F>
bool Model<F>::is_past_limit(const Membership<F>& membership) const {
    const LimitSettings& limits = options_.limits;
    std::set<std::pair<Address, std::uint8_t>> groups;
    std::set<Address> sources;
    const auto count = [&](const typename State<F>::Member& member) {
        const Key& key = member.first;
        if (member.second == membership.interface) {
            groups.insert({key.group, key.group_length});
            if (key.has_source() && key.group == membership.key.group) {
                sources.insert(key.source);
            }
        }
    };
    for (const auto& member : state_.owned) {
        count(member);
    }
    for (const auto& [member, local] : state_.local) {
        count(member);
    }
    count({membership.key, membership.interface});
    const std::set<Address> excluded(membership.exclude.begin(), membership.exclude.end());
    return groups.size() > limits.groups_per_interface ||
           sources.size() > limits.sources_per_group || excluded.size() > limits.sources_per_group;
}

template <class F>
bool Model<F>::exists(ClientId client, const Membership<F>& membership) const {
    const typename State<F>::Member member{membership.key, membership.interface};
    if (!is_igmp(client)) {
        return state_.owned.contains(member);
    }
    const auto local = state_.local.find(member);
    return local != state_.local.end() && !local->second.stale;
}

template <class F>
Result<> Model<F>::add_membership(ClientHandle handle, const Membership<F>& membership) {
    const Call call(*this);
    const auto client = check_membership(handle, membership, true);
    if (!client) {
        refusals_.refused_memberships += client.error().code == Errc::not_enough_memory ? 1 : 0;
        return tl::unexpected(client.error());
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)add_membership(handle, membership); });
        return {};
    }
    Result<> result;
    if (has(membership.flags, MembershipFlags::join)) {
        join(*client, membership);
    }
    if (has(membership.flags, MembershipFlags::forward)) {
        result = force(membership, true);
    }
    settle(cause_of(membership));
    return result;
}

template <class F>
Result<> Model<F>::delete_membership(ClientHandle handle, const Membership<F>& membership) {
    const Call call(*this);
    const auto client = check_membership(handle, membership, false);
    if (!client) {
        return tl::unexpected(client.error());
    }
    if (building_) {
        deferred_.push_back([=, this] { (void)delete_membership(handle, membership); });
        return {};
    }
    Result<> result;
    if (has(membership.flags, MembershipFlags::join)) {
        leave(*client, membership);
    }
    if (has(membership.flags, MembershipFlags::forward)) {
        result = force(membership, false);
    }
    settle(cause_of(membership));
    return result;
}

/// A call with the join flag is the component's own doing, one that only forwards is not.
template <class F>
typename Model<F>::Cause Model<F>::cause_of(const Membership<F>& membership) const {
    return has(membership.flags, MembershipFlags::join)
               ? Cause{state_.component_on(membership.interface), {}}
               : Cause{};
}

template <class F>
void Model<F>::join(ClientId client, const Membership<F>& membership) {
    if (is_igmp(client)) {
        join_local(membership);
    } else if (state_.owned.insert({membership.key, membership.interface}).second) {
        for (auto& [key, entry] : state_.entries) {
            if (membership.key.covers(key)) {
                entry.forced.erase(membership.interface);
            }
        }
    }
}

template <class F>
void Model<F>::join_local(const Membership<F>& membership) {
    const typename State<F>::Member member{membership.key, membership.interface};
    const auto found = state_.local.find(member);
    const bool is_news = found == state_.local.end() || found->second.stale;
    LocalMember<F>& local = state_.local[member];
    const std::set<Address> known = is_news ? std::set<Address>{} : local.exclude;
    local.stale = false;
    local.exclude = {membership.exclude.begin(), membership.exclude.end()};
    if (is_news) {
        tell_owner_locally(member, true);
    }
    if (local.exclude != known) {
        tell_excludes(member);
    }
}

template <class F>
void Model<F>::leave(ClientId client, const Membership<F>& membership) {
    const typename State<F>::Member member{membership.key, membership.interface};
    if (is_igmp(client)) {
        state_.local.erase(member);
        tell_owner_locally(member, false);
    } else {
        state_.owned.erase(member);
    }
}

/// The forward flag: the interface in the outgoing list of one entry, whatever memberships say.
template <class F>
Result<> Model<F>::force(const Membership<F>& membership, bool on) {
    const auto entry = state_.entries.find(membership.key);
    if (entry == state_.entries.end()) {
        return refuse(Errc::not_found);
    }
    entry->second.forced[membership.interface] = on;
    return {};
}

template <class F>
void Model<F>::tell_owner_locally(const typename State<F>::Member& member, bool joined) {
    if (const auto owner = state_.owner_of(member.second)) {
        const LocalMembership<F> membership{member.first, member.second};
        if (joined) {
            queue_.push_back({*owner, LocalJoin<F>{membership}});
        } else {
            queue_.push_back({*owner, LocalLeave<F>{membership}});
        }
    }
}

template <class F>
void Model<F>::tell_excludes(const typename State<F>::Member& member) {
    if (const auto owner = state_.owner_of(member.second)) {
        const std::set<Address>& exclude = state_.local.at(member).exclude;
        queue_.push_back(
            {*owner,
             LocalExcludeSet<F>{member.first, member.second, {exclude.begin(), exclude.end()}}});
    }
}

template class Model<V4>;
template class Model<V6>;

}  // namespace mgmd::mgm::model
