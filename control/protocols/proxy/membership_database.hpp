// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "control/membership/filter_state.hpp"
#include "control/mgm/types.hpp"

namespace mgmd {

/// A proxy's membership database (RFC 4605 4.1): the subscriptions of each group, interface by
/// interface, and what they are merged. Control thread.
template <class F>
class MembershipDatabase {
public:
    using Address = typename F::Address;
    using Wanted = membership::Wanted<F>;
    /// Merged records by group; of a group without members INCLUDE ({}).
    using Records = std::map<Address, Wanted>;

    /// Of one subscription, as MGM tells it. `key`: (*,G) or (S,G).
    void join(const mgm::SourceGroup<F>& key, InterfaceIndex interface);
    void leave(const mgm::SourceGroup<F>& key, InterfaceIndex interface);
    /// The sources, ascending, that the interface's (*,G) excludes.
    void exclude(const Address& group, InterfaceIndex interface, std::span<const Address> sources);

    /// Nobody on the interface wants anything any more.
    void leave_all(InterfaceIndex interface);

    /// The groups whose subscriptions have changed since the last call.
    Records take_changes();
    /// All groups with members.
    Records all() const;

    std::size_t groups() const { return groups_.size(); }
    /// Groups with members on the interface.
    std::size_t groups_on(InterfaceIndex interface) const;

private:
    struct Subscription {
        bool any_source = false;
        std::vector<Address> exclude;  ///< with any_source
        std::set<Address> sources;
        bool none() const { return !any_source && sources.empty(); }
        Wanted wanted() const;
    };
    using Subscriptions = std::map<InterfaceIndex, Subscription>;

    static Wanted merged(const Subscriptions& subscriptions);

    std::map<Address, Subscriptions> groups_;
    std::set<Address> changed_;
};

}  // namespace mgmd
