// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"

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

    /// At run time: as the configuration's, which they may change or take back.
    mgm::Result<> add_mroute(const StaticMroute<F>& mroute);
    mgm::Result<> remove_mroute(const RouteKey<F>& key);
    /// On an interface that the static protocol owns.
    mgm::Result<> add_join(InterfaceIndex interface, const StaticJoin<F>& join);
    mgm::Result<> remove_join(InterfaceIndex interface, const StaticJoin<F>& join);

private:
    bool owns(const InterfaceSettings& interface) const;
    Expected<> take_interfaces();
    Expected<> add_joins();
    Expected<> install_mroutes();

    mgm::GroupManager<F>& manager_;
    const Settings& settings_;
    TableId table_;
    std::optional<mgm::ClientHandle> handle_;
    std::vector<mgm::InterfaceId<F>> taken_;
};

}  // namespace mgmd
