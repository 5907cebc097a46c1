// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>

#include "common/error.hpp"
#include "common/settings.hpp"
#include "control/mgm/group_manager.hpp"

namespace mgmd {

/// IGMP (MLD) as MGM sees it: the client that may share an interface with a routing protocol and
/// hands over when one comes or goes. It holds static joins: hosts that never leave. One per table
/// and family. Control thread.
template <class F>
class MembershipClient final : public mgm::ProtocolClient<F> {
public:
    using Post = std::function<void(std::function<void()>)>;

    /// `manager` and `settings` outlive the client; what it posts may run after its end.
    MembershipClient(mgm::GroupManager<F>& manager, const Settings& settings, TableId table,
                     Post post);
    ~MembershipClient() override;
    MembershipClient(const MembershipClient&) = delete;
    MembershipClient& operator=(const MembershipClient&) = delete;

    /// Registers, takes the interfaces where IGMP (MLD) is enabled, and joins. An error names the
    /// item MGM refused and why.
    Expected<> start();
    /// Releases everything and deregisters. Also by the destructor.
    void stop();

    void on_disable_igmp(const mgm::InterfaceId<F>& interface) override;
    void on_enable_igmp(const mgm::InterfaceId<F>& interface) override;

private:
    bool enabled_on(const InterfaceSettings& interface) const;
    mgm::Result<> add_joins(const InterfaceSettings& interface);
    void resync(mgm::InterfaceId<F> interface);

    mgm::GroupManager<F>& manager_;
    const Settings& settings_;
    TableId table_;
    Post post_;
    std::optional<mgm::ClientHandle> handle_;
    std::vector<mgm::InterfaceId<F>> taken_;
    /// Interfaces between disable and enable: nothing may be added or deleted there.
    std::set<mgm::InterfaceId<F>> disabled_;
    /// Tells posted tasks whether the client still is there.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace mgmd
