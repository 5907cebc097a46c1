// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "control/mgm/entry_builder.hpp"
#include "control/mgm/installed_routes.hpp"
#include "control/mgm/key_watch.hpp"
#include "control/mgm/membership_service.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// Who has which interface, and IGMP's hand-over (3 - 8, 16, 27).
template <class F>
class OwnershipService {
public:
    using Key = SourceGroup<F>;

    OwnershipService(State<F>& state, Settler<F>& settler, MembershipService<F>& memberships,
                     EntryBuilder<F>& builder, InstalledRoutes<F>& routes)
        : state_(state),
          settler_(settler),
          memberships_(memberships),
          builder_(builder),
          routes_(routes) {}

    /// The link, if the call would be accepted now.
    Result<Slot> check_take(ClientHandle handle, const InterfaceId<F>& interface) const;
    Result<Slot> check_release(ClientHandle handle, const InterfaceId<F>& interface) const;
    Result<Slot> check_resync(ClientHandle handle, const InterfaceId<F>& interface) const;

    /// The link, if the client is the routing protocol that owns it.
    Result<Slot> check_owner(ClientHandle handle, const InterfaceId<F>& interface) const;

    /// Whether a take or release by the client has to be framed by on_disable_igmp, on_enable_igmp.
    bool needs_handover(ClientIndex client, Slot slot) const;

    // Precondition of all: checked; in between the two callbacks where they are needed.
    void take(ClientIndex client, Slot slot, LocalMode local, Change<F>& change);
    void release(ClientIndex client, Slot slot, Change<F>& change);
    void resync_done(Slot slot, Change<F>& change);
    void set_local_mode(Slot slot, LocalMode local, Change<F>& change);

    std::optional<TimePoint> next_window_end() const;
    /// Closes a window whose time is up. False: there is none.
    bool close_expired_window(TimePoint now, Change<F>& change);

private:
    Result<Slot> check_interface(ClientHandle handle, const InterfaceId<F>& interface,
                                 Errc unknown) const;
    void report_interface(std::string_view what, ClientIndex client, Slot slot) const;
    void take_routing(ClientIndex client, Slot slot, LocalMode local, Change<F>& change);
    void release_routing(Slot slot, Change<F>& change);
    void release_igmp(Slot slot, Change<F>& change);
    void drop_owner_memberships(const std::vector<Key>& keys, Slot slot);
    void end_overrides(Slot slot);
    void mark_stale(const std::vector<Key>& keys, Slot slot);
    void open_window(Slot slot);
    void close_window(Slot slot);
    void end_window(Slot slot, Change<F>& change);

    State<F>& state_;
    Settler<F>& settler_;
    MembershipService<F>& memberships_;
    EntryBuilder<F>& builder_;
    InstalledRoutes<F>& routes_;
    std::set<std::pair<TimePoint, Slot>> windows_;
};

}  // namespace mgmd::mgm
