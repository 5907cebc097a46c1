// SPDX-License-Identifier: Apache-2.0
#include "control/membership/subscription.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mgmd {

using membership::FilterMode;

template <class F>
Subscription<F>::Subscription(mgm::GroupManager<F>& manager, mgm::ClientHandle client,
                              mgm::InterfaceId<F> interface,
                              const std::vector<StaticJoin<F>>& joins)
    : manager_(manager), client_(client), interface_(interface), static_(by_group(joins)) {}

template <class F>
auto Subscription<F>::by_group(const std::vector<StaticJoin<F>>& joins) -> ByGroup {
    ByGroup groups;
    for (const auto& join : joins) {
        auto& memberships = groups[join.group];
        if (is_unspecified(join.source)) {
            memberships.any_source = true;
        } else {
            memberships.sources.insert(join.source);
        }
    }
    return groups;
}

template <class F>
mgm::Result<> Subscription<F>::set_static_joins(const std::vector<StaticJoin<F>>& joins) {
    const auto before = std::exchange(static_, by_group(joins));
    std::set<Address> changed;
    const auto note_changes = [&changed](const ByGroup& some, const ByGroup& others) {
        for (const auto& [group, memberships] : some) {
            const auto other = others.find(group);
            if (other == others.end() || !(other->second == memberships)) {
                changed.insert(group);
            }
        }
    };
    note_changes(before, static_);
    note_changes(static_, before);
    mgm::Result<> result;
    for (const auto& group : changed) {
        if (auto done = apply(group); !done && result) {
            result = std::move(done);
        }
    }
    retry_refused();  // what is gone may have made room
    const bool is_refused = std::any_of(changed.begin(), changed.end(), [this](const auto& group) {
        return refused_.count(group) != 0;
    });
    return is_refused ? result : mgm::Result<>();
}

template <class F>
mgm::Result<> Subscription<F>::add_static_joins() {
    mgm::Result<> result;
    for (const auto& [group, memberships] : static_) {
        if (auto added = apply(group); !added && result) {
            result = std::move(added);
        }
    }
    return result;
}

template <class F>
mgm::Result<> Subscription<F>::want(const Address& group, const Wanted& wanted) {
    if (wanted.nothing()) {
        wanted_.erase(group);
    } else {
        wanted_[group] = wanted;
    }
    auto result = apply(group);
    if (wanted.nothing()) {
        retry_refused();  // a limit may have room again
    }
    return result;
}

template <class F>
void Subscription<F>::retry_refused() {
    while (state_ == State::active && !refused_.empty()) {
        if (!apply(*refused_.begin())) {
            return;
        }
    }
}

template <class F>
void Subscription<F>::disable() {
    state_ = State::disabled;
    known_.clear();  // stale: gone for every read and for delete (MGM 7)
}

template <class F>
void Subscription<F>::enable() {
    state_ = State::to_resync;
}

template <class F>
mgm::Result<> Subscription<F>::resync() {
    if (state_ != State::to_resync) {
        return {};
    }
    state_ = State::active;
    std::set<Address> groups;
    const auto key = [](const auto& item) { return item.first; };
    std::transform(static_.begin(), static_.end(), std::inserter(groups, groups.end()), key);
    std::transform(wanted_.begin(), wanted_.end(), std::inserter(groups, groups.end()), key);
    mgm::Result<> result;
    for (const auto& group : groups) {
        if (auto added = apply(group); !added && result) {
            result = std::move(added);
        }
    }
    if (state_ == State::active) {
        if (auto done = manager_.resync_done(client_, interface_); !done && result) {
            result = std::move(done);
        }
    }
    return result;
}

/// A source that is both excluded by hosts and joined statically is wanted.
template <class F>
auto Subscription<F>::target(const Address& group) const -> Memberships {
    Memberships target;
    if (const auto joins = static_.find(group); joins != static_.end()) {
        target = joins->second;
    }
    const auto hosts = wanted_.find(group);
    if (hosts == wanted_.end()) {
        return target;
    }
    const auto& sources = hosts->second.sources;
    if (hosts->second.mode == FilterMode::include) {
        target.sources.insert(sources.begin(), sources.end());
    } else if (!target.any_source) {
        target.any_source = true;
        std::set_difference(sources.begin(), sources.end(), target.sources.begin(),
                            target.sources.end(), std::back_inserter(target.exclude));
    }
    return target;
}

template <class F>
auto Subscription<F>::step(bool add, const Address& group, const Address& source,
                           std::vector<Address> exclude) const -> Step {
    Step step;
    step.add = add;
    step.membership.key = {group, source, F::address_bits};
    step.membership.interface = interface_;
    step.membership.exclude = std::move(exclude);
    return step;
}

/// What has to be done; additions before deletions, so that no data is lost in between (MGM 14).
template <class F>
auto Subscription<F>::steps(const Address& group) const -> std::vector<Step> {
    const auto goal = target(group);
    const auto found = known_.find(group);
    const auto known = found == known_.end() ? Memberships{} : found->second;
    std::vector<Step> steps;
    if (goal.any_source && (!known.any_source || goal.exclude != known.exclude)) {
        steps.push_back(step(true, group, {}, goal.exclude));
    }
    for (const auto& source : goal.sources) {
        if (known.sources.count(source) == 0) {
            steps.push_back(step(true, group, source));
        }
    }
    for (const auto& source : known.sources) {
        if (goal.sources.count(source) == 0) {
            steps.push_back(step(false, group, source));
        }
    }
    if (known.any_source && !goal.any_source) {
        steps.push_back(step(false, group, {}));
    }
    return steps;
}

template <class F>
mgm::Result<> Subscription<F>::apply(const Address& of) {
    const Address group = of;  // may be that of an item of refused_
    mgm::Result<> result;
    if (state_ != State::active) {
        return result;
    }
    for (const auto& step : steps(group)) {
        auto done = step.add ? manager_.add_membership(client_, step.membership)
                             : manager_.delete_membership(client_, step.membership);
        if (state_ != State::active) {
            return result;  // an alert made somebody take or release the interface: all is re-added
        }
        if (done) {
            note(step);
        } else if (result) {
            result = std::move(done);
        }
    }
    if (result) {
        refused_.erase(group);
    } else {
        refused_.insert(group);
    }
    return result;
}

template <class F>
void Subscription<F>::note(const Step& step) {
    const auto& key = step.membership.key;
    auto& known = known_[key.group];
    if (!key.has_source()) {
        known.any_source = step.add;
        known.exclude = step.membership.exclude;
    } else if (step.add) {
        known.sources.insert(key.source);
    } else {
        known.sources.erase(key.source);
    }
    if (known.none()) {
        known_.erase(key.group);
    }
}

template class Subscription<V4>;
template class Subscription<V6>;

}  // namespace mgmd
