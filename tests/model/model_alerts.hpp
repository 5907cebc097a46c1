// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "tests/model/model_state.hpp"

/// Who is told what: the difference between two looks at the whole state.
namespace mgmd::mgm::model {

template <class F>
struct LocalJoin {
    LocalMembership<F> membership;
};
template <class F>
struct LocalLeave {
    LocalMembership<F> membership;
};
template <class F>
struct LocalExcludeSet {
    SourceGroup<F> key;
    InterfaceId<F> interface;
    std::vector<typename F::Address> sources;
};
template <class F>
struct Prune {
    PruneAlert<F> alert;
    std::uint64_t life = 0;  ///< entry alerts: the life whose length is asked for
};
template <class F>
struct WrongInterfaceReport {
    SourceGroup<F> key;
    InterfaceId<F> interface;
    std::vector<std::uint8_t> header;
    std::uint64_t unreported = 0;
};

/// Something to tell a client.
template <class F>
struct Alert {
    ClientId to = 0;
    std::variant<LocalJoin<F>, LocalLeave<F>, LocalExcludeSet<F>, JoinAlert<F>, Prune<F>,
                 WrongInterfaceReport<F>>
        what;
};

/// What each client has been told about memberships, if it has been told everything.
template <class F>
struct Wishes {
    /// (*,G), (*,G/len), (*,*): the clients for which the key is wanted.
    std::set<std::pair<SourceGroup<F>, ClientId>> wanted;
    /// (S,G): the interface towards S, its owner, and whether the key is wanted for that one.
    struct SourceSpecific {
        InterfaceId<F> towards;
        std::optional<ClientId> owner;
        bool wanted = false;
    };
    std::map<SourceGroup<F>, SourceSpecific> source_specific;
};

template <class F, class Rib>
Wishes<F> look_at(const State<F>& state, const Rib& rib) {
    Wishes<F> wishes;
    for (const SourceGroup<F>& key : state.membership_keys()) {
        if (key.has_source()) {
            const InterfaceId<F> towards = state.towards(rib.lookup(key.source));
            const auto owner = state.owner_of(towards);
            wishes.source_specific[key] = {towards, owner, owner && state.is_wanted(*owner, key)};
            continue;
        }
        for (const auto& [id, client] : state.clients) {
            if (state.is_wanted(id, key)) {
                wishes.wanted.insert({key, id});
            }
        }
    }
    return wishes;
}

/// Membership alerts by key, then in registration order. `taker`: the client that is taking an
/// interface, if that is the change; it enumerates instead of being told.
template <class F>
std::vector<Alert<F>> membership_alerts(const Wishes<F>& before, const Wishes<F>& after,
                                        std::optional<ClientId> taker);

}  // namespace mgmd::mgm::model
