// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "common/settings.hpp"
#include "control/membership/filter_state.hpp"
#include "control/mgm/group_manager.hpp"

namespace mgmd {

/// What MGM is told about one interface: what the hosts there want, and the static joins, which are
/// hosts that never leave. Hand-overs of the interface to and from routing protocols included.
/// Control thread.
template <class F>
class Subscription {
public:
    using Address = typename F::Address;
    using Wanted = membership::Wanted<F>;

    /// `manager` outlives it; `client` has taken the interface.
    Subscription(mgm::GroupManager<F>& manager, mgm::ClientHandle client,
                 mgm::InterfaceId<F> interface, const std::vector<StaticJoin<F>>& joins);

    /// Each of these goes on after a refusal and answers the first. What was refused is tried
    /// again with the group's next change, and when another group ends.
    mgm::Result<> add_static_joins();
    /// Others in their place; what is refused of them is tried again likewise.
    mgm::Result<> set_static_joins(const std::vector<StaticJoin<F>>& joins);
    mgm::Result<> want(const Address& group, const Wanted& wanted);

    /// The hand-over (MGM 6, 7): between `disable` and `resync` nothing is added or deleted, but
    /// what is wanted meanwhile is remembered.
    void disable();
    void enable();
    /// Adds everything again and reports it done; nothing if another hand-over has begun.
    mgm::Result<> resync();

private:
    enum class State : std::uint8_t { active, disabled, to_resync };

    /// The memberships of one group.
    struct Memberships {
        bool any_source = false;
        std::vector<Address> exclude;  ///< with any_source
        std::set<Address> sources;
        bool none() const { return !any_source && sources.empty(); }
        friend bool operator==(const Memberships&, const Memberships&) = default;
    };
    using ByGroup = std::map<Address, Memberships>;
    struct Step {
        bool add = true;
        mgm::Membership<F> membership;
    };

    static ByGroup by_group(const std::vector<StaticJoin<F>>& joins);
    Memberships target(const Address& group) const;
    std::vector<Step> steps(const Address& group) const;
    Step step(bool add, const Address& group, const Address& source,
              std::vector<Address> exclude = {}) const;
    mgm::Result<> apply(const Address& group);
    void retry_refused();
    void note(const Step& step);

    mgm::GroupManager<F>& manager_;
    mgm::ClientHandle client_;
    mgm::InterfaceId<F> interface_;
    ByGroup static_;
    std::map<Address, Wanted> wanted_;  ///< of hosts; groups of which nothing is are left out
    ByGroup known_;                     ///< what MGM has
    std::set<Address> refused_;         ///< groups of which MGM has not taken all
    State state_ = State::active;
};

}  // namespace mgmd
