// SPDX-License-Identifier: Apache-2.0
#include "tests/model/model_alerts.hpp"

namespace mgmd::mgm::model {
namespace {

template <class F>
Alert<F> join(ClientId to, const SourceGroup<F>& key) {
    return {to, JoinAlert<F>{key, true}};
}

template <class F>
Alert<F> prune(ClientId to, const SourceGroup<F>& key, const InterfaceId<F>& interface = {}) {
    return {to, Prune<F>{{key, interface, true, {}}, 0}};
}

/// Alerts of one change, in the order in which they are delivered.
template <class F>
using Ordered = std::multimap<std::pair<SourceGroup<F>, ClientId>, Alert<F>>;

template <class F>
void compare_wildcards(const Wishes<F>& before, const Wishes<F>& after, Ordered<F>& alerts) {
    for (const auto& told : after.wanted) {
        if (!before.wanted.contains(told)) {
            alerts.insert({told, join(told.second, told.first)});
        }
    }
    for (const auto& told : before.wanted) {
        if (!after.wanted.contains(told)) {
            alerts.insert({told, prune(told.second, told.first)});
        }
    }
}

template <class F>
void compare_sources(const Wishes<F>& before, const Wishes<F>& after, std::optional<ClientId> taker,
                     Ordered<F>& alerts) {
    std::set<SourceGroup<F>> keys;
    for (const auto* wishes : {&before, &after}) {
        for (const auto& [key, wish] : wishes->source_specific) {
            keys.insert(key);
        }
    }
    for (const SourceGroup<F>& key : keys) {
        using Wish = typename Wishes<F>::SourceSpecific;
        const auto find = [&](const Wishes<F>& wishes) {
            const auto found = wishes.source_specific.find(key);
            return found == wishes.source_specific.end() ? Wish{} : found->second;
        };
        const Wish was = find(before);
        const Wish is = find(after);
        const bool same_owner = was.owner == is.owner;
        if (was.wanted && !(same_owner && is.wanted)) {
            alerts.insert({{key, *was.owner}, prune(*was.owner, key, was.towards)});
        }
        if (is.wanted && !(same_owner && was.wanted) && (same_owner || is.owner != taker)) {
            alerts.insert({{key, *is.owner}, join(*is.owner, key)});
        }
    }
}

}  // namespace

template <class F>
std::vector<Alert<F>> membership_alerts(const Wishes<F>& before, const Wishes<F>& after,
                                        std::optional<ClientId> taker) {
    Ordered<F> ordered;
    compare_wildcards(before, after, ordered);
    compare_sources(before, after, taker, ordered);
    std::vector<Alert<F>> alerts;
    for (const auto& [order, alert] : ordered) {
        alerts.push_back(alert);
    }
    return alerts;
}

template std::vector<Alert<V4>> membership_alerts(const Wishes<V4>&, const Wishes<V4>&,
                                                  std::optional<ClientId>);
template std::vector<Alert<V6>> membership_alerts(const Wishes<V6>&, const Wishes<V6>&,
                                                  std::optional<ClientId>);

}  // namespace mgmd::mgm::model
