// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/protocol_client.hpp"
#include "control/protocols/plugin/abi.hpp"

namespace mgmd::plugin {

class Plugin;

/// A plugin's registration with one GroupManager: passes what MGM tells on to its C callbacks.
/// Control thread.
template <class F>
class ProtocolBridge final : public mgm::ProtocolClient<F> {
public:
    using Callbacks = typename Abi<F>::Callbacks;

    /// `plugin` outlives it.
    ProtocolBridge(Plugin& plugin, mgm::ProtocolName its_name, const Callbacks& callbacks)
        : name(its_name), plugin_(plugin), callbacks_(callbacks) {}

    const mgm::ProtocolName name;
    mgm::ClientHandle handle;

    void on_rpf(mgm::RpfQuery<F>& query) override;
    void on_creation_alert(const mgm::CreationAlert<F>& alert) override;
    void on_join_alert(const mgm::JoinAlert<F>& alert) override;
    void on_prune_alert(mgm::PruneAlert<F>& alert) override;
    void on_wrong_interface(const mgm::WrongInterface<F>& report) override;
    void on_local_join(const mgm::LocalMembership<F>& membership) override;
    void on_local_leave(const mgm::LocalMembership<F>& membership) override;

private:
    Plugin& plugin_;
    const Callbacks callbacks_;
};

}  // namespace mgmd::plugin
