// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/proxy/membership_database.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "control/membership/host/merge.hpp"

namespace mgmd {

using membership::FilterMode;

template <class F>
auto MembershipDatabase<F>::Subscription::wanted() const -> Wanted {
    Wanted wanted;
    if (!any_source) {
        wanted.sources.assign(sources.begin(), sources.end());
        return wanted;
    }
    wanted.mode = FilterMode::exclude;
    std::set_difference(exclude.begin(), exclude.end(), sources.begin(), sources.end(),
                        std::back_inserter(wanted.sources));
    return wanted;
}

template <class F>
void MembershipDatabase<F>::join(const mgm::SourceGroup<F>& key, InterfaceIndex interface) {
    auto& subscription = groups_[key.group][interface];
    if (key.has_source()) {
        subscription.sources.insert(key.source);
    } else {
        subscription.any_source = true;
    }
    changed_.insert(key.group);
}

template <class F>
void MembershipDatabase<F>::leave(const mgm::SourceGroup<F>& key, InterfaceIndex interface) {
    const auto group = groups_.find(key.group);
    if (group == groups_.end() || group->second.count(interface) == 0) {
        return;
    }
    auto& subscription = group->second[interface];
    if (key.has_source()) {
        subscription.sources.erase(key.source);
    } else {
        subscription.any_source = false;
        subscription.exclude.clear();
    }
    if (subscription.none()) {
        group->second.erase(interface);
    }
    if (group->second.empty()) {
        groups_.erase(group);
    }
    changed_.insert(key.group);
}

template <class F>
void MembershipDatabase<F>::exclude(const Address& group, InterfaceIndex interface,
                                    std::span<const Address> sources) {
    const auto found = groups_.find(group);
    if (found != groups_.end() && found->second.count(interface) != 0) {
        found->second[interface].exclude.assign(sources.begin(), sources.end());
        changed_.insert(group);
    }
}

template <class F>
void MembershipDatabase<F>::leave_all(InterfaceIndex interface) {
    for (auto group = groups_.begin(); group != groups_.end();) {
        if (group->second.erase(interface) != 0) {
            changed_.insert(group->first);
        }
        group = group->second.empty() ? groups_.erase(group) : std::next(group);
    }
}

template <class F>
auto MembershipDatabase<F>::merged(const Subscriptions& subscriptions) -> Wanted {
    std::vector<Wanted> all;
    for (const auto& [interface, subscription] : subscriptions) {
        all.push_back(subscription.wanted());
    }
    return membership::merge<F>(all);
}

template <class F>
auto MembershipDatabase<F>::take_changes() -> Records {
    Records records;
    for (const auto& group : std::exchange(changed_, {})) {
        const auto found = groups_.find(group);
        records.emplace(group, found == groups_.end() ? Wanted{} : merged(found->second));
    }
    return records;
}

template <class F>
auto MembershipDatabase<F>::all() const -> Records {
    Records records;
    for (const auto& [group, subscriptions] : groups_) {
        records.emplace(group, merged(subscriptions));
    }
    return records;
}

template <class F>
std::size_t MembershipDatabase<F>::groups_on(InterfaceIndex interface) const {
    return static_cast<std::size_t>(
        std::count_if(groups_.begin(), groups_.end(),
                      [&](const auto& group) { return group.second.count(interface) != 0; }));
}

template class MembershipDatabase<V4>;
template class MembershipDatabase<V6>;

}  // namespace mgmd
