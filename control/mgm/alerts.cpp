// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/alerts.hpp"

#include <algorithm>
#include <tuple>

namespace mgmd::mgm {

namespace {

/// Most changes are of one thing, for which std::stable_sort would allocate as well.
template <class Items, class Before>
void sort(Items& items, Before before) {
    if (items.size() > 1) {
        std::stable_sort(items.begin(), items.end(), before);
    }
}

template <class F>
void add_local_alerts(const Change<F>& change, std::vector<Alert<F>>& alerts) {
    for (const LocalChange<F>& local : change.locals) {
        if (local.owner != kNobody) {
            alerts.push_back({.kind = local.kind,
                              .recipient = local.owner,
                              .key = local.key,
                              .interface = local.interface,
                              .member_update = true,
                              .sources = local.sources});
        }
    }
}

/// Of (S,G) only the owner of the interface towards S is ever told.
template <class F>
bool wanted(const KeyChange<F>& change, ClientIndex client, const Components& components,
            ClientIndex owner) {
    return (!change.key.has_source() || client == owner) &&
           components.wanted_by_others_than(client);
}

template <class F>
void add_membership_alerts(const KeyChange<F>& change, std::span<const ClientIndex> clients,
                           std::vector<Alert<F>>& alerts) {
    for (const ClientIndex client : clients) {
        const bool was = wanted(change, client, change.before, change.owner_before);
        const bool is = wanted(change, client, change.after, change.owner_after);
        if (was && !is) {
            alerts.push_back({.kind = AlertKind::prune,
                              .recipient = client,
                              .key = change.key,
                              .interface = change.towards_before,
                              .member_update = true});
        } else if (is && !was && !(change.taken && client == change.owner_after)) {
            alerts.push_back({.kind = AlertKind::join,
                              .recipient = client,
                              .key = change.key,
                              .member_update = true});
        }
    }
}

template <class F>
void add_entry_alerts(const Change<F>& change, std::vector<Alert<F>>& alerts) {
    for (const EntryChange<F>& entry : change.entries) {
        const bool emptied = entry.is_empty && (entry.created || !entry.was_empty);
        const bool filled = !entry.is_empty && !entry.created && entry.was_empty;
        const bool own_call = !entry.created && entry.owner == change.cause;
        if (entry.owner == kNobody || own_call || (!emptied && !filled)) {
            continue;
        }
        if (emptied) {
            alerts.push_back({.kind = AlertKind::prune,
                              .recipient = entry.owner,
                              .key = entry.key,
                              .interface = entry.incoming,
                              .life = entry.life,
                              .timeout = entry.timeout});
        } else {
            alerts.push_back({.kind = AlertKind::join, .recipient = entry.owner, .key = entry.key});
        }
    }
}

}  // namespace

template <class F>
std::vector<Alert<F>> alerts_of(Change<F>& change, std::span<const ClientIndex> clients) {
    const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
    sort(change.locals, [](const auto& a, const auto& b) {
        return std::tie(a.key, a.interface) < std::tie(b.key, b.interface);
    });
    sort(change.keys, by_key);
    sort(change.entries, by_key);

    std::vector<Alert<F>> alerts;
    add_local_alerts(change, alerts);
    for (const KeyChange<F>& key : change.keys) {
        add_membership_alerts(key, clients, alerts);
    }
    add_entry_alerts(change, alerts);
    return alerts;
}

template std::vector<Alert<V4>> alerts_of(Change<V4>&, std::span<const ClientIndex>);
template std::vector<Alert<V6>> alerts_of(Change<V6>&, std::span<const ClientIndex>);

}  // namespace mgmd::mgm
