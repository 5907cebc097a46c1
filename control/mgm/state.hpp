// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "control/mgm/client_registry.hpp"
#include "control/mgm/group_manager.hpp"
#include "control/mgm/installed_table.hpp"
#include "control/mgm/link_table.hpp"
#include "control/mgm/membership_store.hpp"
#include "control/mgm/mfe_table.hpp"

namespace mgmd::mgm {

/// What one GroupManager knows. Its parts keep themselves consistent; the services around it (who
/// may do what, and what follows) are the only ones that change them.
template <class F>
struct State {
    State(const Dependencies<F>& dependencies, const Options& chosen,
          std::vector<InterfaceConfig<F>> interfaces)
        : outside(dependencies),
          options(chosen),
          links(std::move(interfaces)),
          memberships(links),
          mfes(links) {}

    ClientIndex component(Slot slot) const { return links.component(slot, clients.igmp()); }
    Components components(const SourceGroup<F>& key) const {
        return memberships.components(key, clients.igmp());
    }
    /// What one arrival interface may take of a bound.
    std::uint64_t share(std::uint64_t bound) const {
        return std::max<std::uint64_t>(1, bound * options.limits.per_interface_percent / 100);
    }
    RouteKey<F> route_key(const SourceGroup<F>& key) const {
        return {.table = options.table,
                .source = key.source,
                .group = key.group,
                .group_length = key.group_length};
    }
    TimePoint now() const { return outside.clock.now(); }
    /// For those who watch; 0: nobody.
    ProtocolId protocol(ClientIndex client) const {
        return client == kNobody ? 0 : clients.name(client).protocol;
    }
    /// Tells those who watch; `fill(notice)` as Reporter's.
    template <class Fill>
    void report(NoticeKind kind, std::string_view what, const SourceGroup<F>& key,
                Fill&& fill) const {
        outside.reporter(kind, what, [&](monitor::Notice& notice) {
            notice.set_flow<F>(key.group, key.source, key.group_length);
            std::forward<Fill>(fill)(notice);
        });
    }
    void report_membership(std::string_view what, const SourceGroup<F>& key, Slot slot,
                           ClientIndex client) const {
        report(NoticeKind::membership, what, key, [&](monitor::Notice& notice) {
            notice.interface = links.id(slot).index;
            notice.protocol = protocol(client);
        });
    }

    Dependencies<F> outside;
    Options options;
    ClientRegistry<F> clients;
    LinkTable<F> links;
    MembershipStore<F> memberships;
    MfeTable<F> mfes;
    InstalledTable<F> installed;
    Usage counted;  ///< the refused_* and replaced_* fields
};

}  // namespace mgmd::mgm
