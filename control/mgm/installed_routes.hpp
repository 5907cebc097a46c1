// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/settler.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// Routes that clients install themselves (28).
template <class F>
class InstalledRoutes {
public:
    using Key = SourceGroup<F>;

    InstalledRoutes(State<F>& state, Settler<F>& settler) : state_(state), settler_(settler) {}

    Result<> check_install(ClientHandle handle, const InstalledRoute<F>& route);
    Result<> check_remove(ClientHandle handle, const Key& key) const;

    // Precondition of both: checked.
    Result<> install(ClientIndex client, const InstalledRoute<F>& route);
    Result<> remove(const Key& key);

    void remove_all(ClientIndex client);
    /// Those that leave by any of them.
    void republish_leaving(const std::vector<InterfaceIndex>& interfaces);
    /// The client owns more interfaces than before.
    void interfaces_changed(ClientIndex client);
    /// It owns one less.
    void interface_released(ClientIndex client, Slot slot);

private:
    Result<> check_interfaces(ClientIndex client, const InstalledRoute<F>& route) const;
    /// `present`: the route that it replaces, or nullptr.
    Result<> check_room(ClientIndex client, const InstalledRoute<F>& route,
                        const Installed<F>* present);
    /// Makes the forwarder have `entries` where it had `before`.
    void publish(const std::vector<ForwardingEntry<F>>& before,
                 const std::vector<ForwardingEntry<F>>& entries);
    void report(std::string_view what, const Installed<F>& installed) const;
    void delete_covered(const Key& key, const std::vector<Slot>& accepted);

    State<F>& state_;
    Settler<F>& settler_;
};

}  // namespace mgmd::mgm
