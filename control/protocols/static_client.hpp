// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <tuple>

#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"
#include "control/reload/list_difference.hpp"

namespace mgmd {

/// "static" as a multicast protocol: multicast type, no vendor, the number of configured routes.
inline constexpr mgm::ProtocolId kStaticProtocol = 0x40000003;

/// The static protocol: mroutes and joins from the configuration, brought to MGM by a client that
/// registers, takes its interfaces and adds memberships like any other. One per table and family.
/// Control thread.
template <class F>
class StaticClient final : public mgm::ProtocolClient<F> {
public:
    /// Both outlive the client.
    StaticClient(mgm::GroupManager<F>& manager, const Settings& settings, TableId table);
    ~StaticClient() override;
    StaticClient(const StaticClient&) = delete;
    StaticClient& operator=(const StaticClient&) = delete;

    /// Registers, takes, joins and installs. An error names the item MGM refused and why.
    Expected<> start();
    /// Releases everything and deregisters. Also by the destructor.
    void stop();

    // A reload: the settings have changed where they are, `before` is what they were.

    /// Takes what it owns now; brings what is new or other; removes what is gone; in this order, so
    /// that nothing is lost in between. What finds no room is tried again at the end, with what it
    /// does not own any more released. Errors as of start.
    Expected<> change(const Settings& before);
    /// Releases what it does not own any more.
    void release_old();
    /// Of that, what is a proxy's now.
    void release_to_proxy();
    /// Brings back what operators have changed or taken away of what the configuration has.
    void restore();

    /// At run time: as the configuration's, which they may change or take back.
    mgm::Result<> add_mroute(const StaticMroute<F>& mroute);
    mgm::Result<> remove_mroute(const RouteKey<F>& key);
    /// On an interface that the static protocol owns.
    mgm::Result<> add_join(InterfaceIndex interface, const StaticJoin<F>& join);
    mgm::Result<> remove_join(InterfaceIndex interface, const StaticJoin<F>& join);

private:
    using Join = typename FamilySettings<F>::Join;
    /// What makes a join the same one.
    using JoinKey =
        std::tuple<InterfaceIndex, typename F::Address, typename F::Address>;  // group, source
    static JoinKey key_of(const Join& join) {
        return {join.interface, join.join.group, join.join.source};
    }
    static RouteKey<F> key_of(const StaticMroute<F>& mroute) { return mroute.key; }

    bool owns(const InterfaceSettings& interface) const;
    template <class Which>
    void release(Which&& which);
    Expected<> take_interfaces();
    Expected<> add_joins();
    Expected<> install_mroutes();
    Expected<> add(const Join& join);
    Expected<> install(const StaticMroute<F>& mroute);
    /// Answers what was refused.
    template <class Item, class Keys>
    std::vector<const Item*> bring(const ListDifference<Item>& difference, Keys& operators);
    template <class Item>
    Expected<> put_all(const std::vector<const Item*>& items);
    Expected<> put(const Join& join) { return add(join); }
    Expected<> put(const StaticMroute<F>& mroute) { return install(mroute); }
    void remove(const Join& join);
    void remove(const StaticMroute<F>& mroute);
    bool is_of_table(const Join& join) const;
    bool is_of_table(const StaticMroute<F>& mroute) const { return mroute.key.table == table_; }
    bool is_own(const Join& join) const;
    bool is_own(const StaticMroute<F>& mroute) const { return is_of_table(mroute); }
    void report(const mgm::Result<>& result) const;

    mgm::GroupManager<F>& manager_;
    const Settings& settings_;
    TableId table_;
    std::optional<mgm::ClientHandle> handle_;
    std::vector<mgm::InterfaceId<F>> taken_;
    // What operators have added, changed or taken away.
    std::set<RouteKey<F>> operators_mroutes_;
    std::set<JoinKey> operators_joins_;
};

}  // namespace mgmd
