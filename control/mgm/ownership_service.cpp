// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/ownership_service.hpp"

#include <algorithm>

#include "control/mgm/failure.hpp"
#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {
namespace {

/// The last of the checks: the slot, or why nothing may change there now.
template <class F>
Result<Slot> unless_in_handover(const Link<F>& link, Slot slot, const InterfaceId<F>& interface) {
    if (link.in_handover) {
        return refuse(Errc::can_not_complete, "interface {} is being handed over",
                      to_string(interface));
    }
    return slot;
}

}  // namespace

template <class F>
Result<Slot> OwnershipService<F>::check_interface(ClientHandle handle,
                                                  const InterfaceId<F>& interface,
                                                  Errc unknown) const {
    if (const auto client = state_.clients.find(handle); !client) {
        return tl::make_unexpected(client.error());
    }
    const Slot slot = state_.links.find(interface);
    if (slot == kNoSlot) {
        return refuse(unknown, "interface {} is not configured", to_string(interface));
    }
    return slot;
}

template <class F>
Result<Slot> OwnershipService<F>::check_take(ClientHandle handle,
                                             const InterfaceId<F>& interface) const {
    const auto slot = check_interface(handle, interface, Errc::can_not_complete);
    if (!slot) {
        return slot;
    }
    const Link<F>& link = state_.links[*slot];
    const bool is_igmp = handle.slot == state_.clients.igmp();
    if (is_igmp ? link.igmp : link.owner != kNobody) {
        const ClientIndex holder = is_igmp ? state_.clients.igmp() : link.owner;
        return refuse(Errc::already_exists, "interface {} is taken by protocol {:#x}",
                      to_string(interface), state_.clients.name(holder).protocol);
    }
    return unless_in_handover(link, *slot, interface);
}

template <class F>
Result<Slot> OwnershipService<F>::check_release(ClientHandle handle,
                                                const InterfaceId<F>& interface) const {
    const auto slot = check_interface(handle, interface, Errc::invalid_parameter);
    if (!slot) {
        return slot;
    }
    const Link<F>& link = state_.links[*slot];
    const bool is_igmp = handle.slot == state_.clients.igmp();
    if (is_igmp ? !link.igmp : link.owner != handle.slot) {
        return refuse(Errc::invalid_parameter, "interface {} is not the client's",
                      to_string(interface));
    }
    return unless_in_handover(link, *slot, interface);
}

template <class F>
Result<Slot> OwnershipService<F>::check_resync(ClientHandle handle,
                                               const InterfaceId<F>& interface) const {
    const auto slot = check_interface(handle, interface, Errc::not_found);
    if (!slot) {
        return slot;
    }
    const Link<F>& link = state_.links[*slot];
    if (handle.slot != state_.clients.igmp() || !link.igmp) {
        return refuse(Errc::invalid_parameter, "interface {} is not IGMP's", to_string(interface));
    }
    return unless_in_handover(link, *slot, interface);
}

template <class F>
Result<Slot> OwnershipService<F>::check_owner(ClientHandle handle,
                                              const InterfaceId<F>& interface) const {
    const auto slot = check_interface(handle, interface, Errc::invalid_parameter);
    if (!slot) {
        return slot;
    }
    const Link<F>& link = state_.links[*slot];
    if (link.owner != handle.slot) {
        return refuse(Errc::invalid_parameter, "interface {} is not the client's",
                      to_string(interface));
    }
    return unless_in_handover(link, *slot, interface);
}

template <class F>
bool OwnershipService<F>::needs_handover(ClientIndex client, Slot slot) const {
    return client != state_.clients.igmp() && state_.links[slot].igmp;
}

template <class F>
void OwnershipService<F>::report_interface(std::string_view what, ClientIndex client,
                                           Slot slot) const {
    state_.outside.reporter(NoticeKind::protocol, what, [&](monitor::Notice& notice) {
        notice.family = F::family;
        notice.interface = state_.links.id(slot).index;
        notice.protocol = state_.protocol(client);
    });
}

template <class F>
void OwnershipService<F>::take(ClientIndex client, Slot slot, LocalMode local, Change<F>& change) {
    ++state_.clients.open_interfaces(client);
    report_interface("takes", client, slot);
    if (client == state_.clients.igmp()) {
        state_.links[slot].igmp = true;
    } else {
        take_routing(client, slot, local, change);
    }
}

template <class F>
void OwnershipService<F>::take_routing(ClientIndex client, Slot slot, LocalMode local,
                                       Change<F>& change) {
    const auto keys = state_.memberships.keys_on(slot);
    KeyWatch<F> watch(state_);
    for (const Key& key : keys) {
        watch.watch(key);
    }
    mark_stale(keys, slot);
    Link<F>& link = state_.links[slot];
    link.owner = client;
    link.local = local;
    open_window(slot);
    watch.finish(change, client);
    routes_.interfaces_changed(client);
    builder_.rebuild_arriving(slot);
}

template <class F>
void OwnershipService<F>::release(ClientIndex client, Slot slot, Change<F>& change) {
    change.cause = state_.component(slot);
    --state_.clients.open_interfaces(client);
    report_interface("releases", client, slot);
    if (client == state_.clients.igmp()) {
        release_igmp(slot, change);
    } else {
        release_routing(slot, change);
    }
}

template <class F>
void OwnershipService<F>::release_routing(Slot slot, Change<F>& change) {
    const auto keys = state_.memberships.keys_on(slot);
    auto watched = state_.memberships.keys_towards(slot);
    watched.insert(watched.end(), keys.begin(), keys.end());
    std::sort(watched.begin(), watched.end());
    watched.erase(std::unique(watched.begin(), watched.end()), watched.end());
    KeyWatch<F> watch(state_);
    for (const Key& key : watched) {
        watch.watch(key);
    }
    drop_owner_memberships(keys, slot);
    mark_stale(keys, slot);
    Link<F>& link = state_.links[slot];
    const ClientIndex client = link.owner;
    link.owner = kNobody;
    link.local = LocalMode::forward;
    open_window(slot);
    watch.finish(change);

    end_overrides(slot);
    for (const Key& key : keys) {
        memberships_.update_covered(key, slot);
    }
    routes_.interface_released(client, slot);
    builder_.rebuild_arriving(slot);
}

template <class F>
void OwnershipService<F>::release_igmp(Slot slot, Change<F>& change) {
    const InterfaceId<F> id = state_.links.id(slot);
    const ClientIndex owner = state_.links.owner(slot);
    const auto keys = state_.memberships.keys_on(slot);
    KeyWatch<F> watch(state_);
    for (const Key& key : keys) {
        watch.watch(key);
        Member& member = *state_.memberships.find(key)->member(slot);
        if (member.igmp_visible()) {
            state_.report_membership("deleted", key, slot, state_.clients.igmp());
            change.locals.push_back({AlertKind::local_leave, owner, key, id});
        }
        member.igmp = member.stale = member.carried = false;
        state_.memberships.set_exclude(key, member, {});
        state_.memberships.drop_if_unused(key, slot);
    }
    close_window(slot);
    state_.links[slot].igmp = false;
    watch.finish(change);
    if (owner == kNobody) {
        end_overrides(slot);
    }
    for (const Key& key : keys) {
        memberships_.update_covered(key, slot);
    }
}

template <class F>
void OwnershipService<F>::drop_owner_memberships(const std::vector<Key>& keys, Slot slot) {
    for (const Key& key : keys) {
        Member& member = *state_.memberships.find(key)->member(slot);
        if (member.owner) {
            state_.report_membership("deleted", key, slot, state_.links.owner(slot));
        }
        member.owner = false;
        state_.memberships.drop_if_unused(key, slot);
    }
}

template <class F>
void OwnershipService<F>::end_overrides(Slot slot) {
    for (Mfe<F>* mfe : state_.mfes.overridden(Key::any())) {
        mfe->overrides->end(slot);
        if (update_outgoing(state_, *mfe, slot)) {
            settler_.touch(*mfe);
        }
    }
}

template <class F>
void OwnershipService<F>::mark_stale(const std::vector<Key>& keys, Slot slot) {
    for (const Key& key : keys) {
        KeyRecord<F>* record = state_.memberships.find(key);
        Member* member = record == nullptr ? nullptr : record->member(slot);
        if (member != nullptr) {
            member->stale = member->carried = member->igmp;
        }
    }
}

template <class F>
void OwnershipService<F>::open_window(Slot slot) {
    close_window(slot);
    Link<F>& link = state_.links[slot];
    if (link.igmp) {
        link.window_end = state_.now() + state_.options.timers.igmp_handover_hold;
        windows_.emplace(*link.window_end, slot);
    }
}

template <class F>
void OwnershipService<F>::close_window(Slot slot) {
    Link<F>& link = state_.links[slot];
    if (link.window_end) {
        windows_.erase({*link.window_end, slot});
        link.window_end.reset();
    }
}

template <class F>
void OwnershipService<F>::resync_done(Slot slot, Change<F>& change) {
    if (state_.links[slot].window_end) {
        change.cause = state_.component(slot);
        end_window(slot, change);
    }
}

template <class F>
void OwnershipService<F>::set_local_mode(Slot slot, LocalMode local, Change<F>& change) {
    change.cause = state_.component(slot);
    const auto keys = state_.memberships.keys_on(slot);
    KeyWatch<F> watch(state_);
    for (const Key& key : keys) {
        watch.watch(key);
    }
    state_.links[slot].local = local;
    watch.finish(change);
    for (const Key& key : keys) {
        memberships_.update_covered(key, slot);
    }
}

template <class F>
void OwnershipService<F>::end_window(Slot slot, Change<F>& change) {
    close_window(slot);
    const auto keys = state_.memberships.keys_on(slot);
    KeyWatch<F> watch(state_);
    for (const Key& key : keys) {
        watch.watch(key);
        Member& member = *state_.memberships.find(key)->member(slot);
        if (member.stale) {
            state_.report_membership("deleted", key, slot, state_.clients.igmp());
            member.igmp = member.stale = false;
            state_.memberships.set_exclude(key, member, {});
        }
        member.carried = false;
        state_.memberships.drop_if_unused(key, slot);
    }
    watch.finish(change);
    for (const Key& key : keys) {
        memberships_.update_covered(key, slot);
    }
}

template <class F>
std::optional<TimePoint> OwnershipService<F>::next_window_end() const {
    return windows_.empty() ? std::nullopt : std::optional(windows_.begin()->first);
}

template <class F>
bool OwnershipService<F>::close_expired_window(TimePoint now, Change<F>& change) {
    if (windows_.empty() || windows_.begin()->first > now) {
        return false;
    }
    end_window(windows_.begin()->second, change);
    return true;
}

template class OwnershipService<V4>;
template class OwnershipService<V6>;

}  // namespace mgmd::mgm
