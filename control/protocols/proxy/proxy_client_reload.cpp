// SPDX-License-Identifier: Apache-2.0
// How a proxy becomes another one while it runs.
#include <algorithm>
#include <utility>

#include "control/protocols/proxy/proxy_client.hpp"

namespace mgmd {

using mgm::LocalMode;

template <class F>
std::optional<ProxySettings> ProxyClient<F>::proxy_of(const Settings& settings, TableId table) {
    const auto has_members = [&](InterfaceIndex index) {
        return settings.interface(index)->template family<F>().membership.enabled;
    };
    for (const auto& proxy : settings.proxies) {
        if (proxy.table == table &&
            std::any_of(proxy.downstream.begin(), proxy.downstream.end(), has_members)) {
            return proxy;
        }
    }
    return std::nullopt;
}

template <class F>
Expected<> ProxyClient<F>::reconfigure() {
    const auto wanted = proxy_of(settings_, table_);
    if (wanted) {
        return become(*wanted);
    }
    if (proxy_) {
        end();
    }
    return {};
}

template <class F>
bool ProxyClient<F>::is(const ProxySettings& wanted) const {
    return handle_ && proxy_ == wanted && taken_ == places_in(wanted);
}

template <class F>
Expected<> ProxyClient<F>::become(const ProxySettings& wanted) {
    if (is(wanted)) {
        change_upstreams();  // their MTUs may be others
        return {};
    }
    proxy_ = wanted;
    if (!handle_) {
        change_upstreams();
        return start();
    }
    release_what_becomes_upstream();
    if (auto taken = take_interfaces(); !taken) {
        return taken;
    }
    change_upstreams();
    join_for_others();
    use(best_upstream());
    examine_standby();
    release_but(places_in(wanted));
    forget_departed();
    return take_interfaces();  // what has become downstream
}

/// What was made to arrive there arrives on the one in use.
template <class F>
void ProxyClient<F>::examine_standby() {
    for (const auto& each : upstreams_) {
        if (each.get() != in_use_) {
            check(manager_.rpf_changed(*handle_, {each->index(), {}}));
        }
    }
}

template <class F>
void ProxyClient<F>::join_for_others() {
    manager_.visit_memberships([this](const mgm::MembershipRecord<F>& membership) {
        const auto& key = membership.key;
        const auto is_ours = [this](InterfaceIndex interface) {
            return taken_.count(interface) != 0;
        };
        if (!key.is_single_group() || is_ours(membership.interface.index)) {
            return;
        }
        // Of a source the protocol towards it is told, and no other.
        const auto route = key.has_source() ? rib_.lookup(key.source) : std::nullopt;
        if (!key.has_source() || (route && is_ours(route->interface))) {
            database_.join(key, kNoInterface);
        }
    });
    report_changes();
}

/// What it has been as a downstream interface it is not any more.
template <class F>
void ProxyClient<F>::release_what_becomes_upstream() {
    Taken stays = taken_;
    for (const auto index : proxy_->upstream) {
        const auto at = stays.find(index);
        if (at != stays.end() && at->second == LocalMode::advise) {
            stays.erase(at);
        }
    }
    release_but(stays);
}

template <class F>
void ProxyClient<F>::release_but(const Taken& wanted) {
    for (auto at = taken_.begin(); at != taken_.end();) {
        const auto [interface, local] = *at;
        const auto found = wanted.find(interface);
        if (found != wanted.end() && found->second == local) {
            ++at;
            continue;
        }
        at = taken_.erase(at);
        check(manager_.release_interface(*handle_, {interface, {}}));
        database_.leave_all(interface);
        querier_on_.erase(interface);
    }
}

template <class F>
std::uint16_t ProxyClient<F>::mtu_of(const InterfaceSettings& interface) const {
    return interface.mtu.value_or(settings_.ports[interface.port].mtu);
}

template <class F>
auto ProxyClient<F>::make_upstream(InterfaceIndex index) -> std::unique_ptr<Upstream> {
    const auto random = [this](Duration most) {
        return Duration(std::uniform_int_distribution<Duration::rep>(0, most.count())(random_));
    };
    // What was joined there before is joined again, and no leave may come after that.
    std::erase_if(departing_, [&](const auto& each) { return each->index() == index; });
    const auto& interface = *settings_.interface(index);
    auto made = std::make_unique<Upstream>(*proxy_, interface, mtu_of(interface), doors_, random);
    if (down_.count(index) != 0) {
        made->link_down();
    }
    return made;
}

/// Those of `proxy_`, in its order. Others depart.
template <class F>
void ProxyClient<F>::change_upstreams() {
    auto before = std::exchange(upstreams_, {});
    for (const auto index : proxy_->upstream) {
        const auto old = std::find_if(before.begin(), before.end(), [&](const auto& each) {
            return each != nullptr && each->index() == index;
        });
        if (old == before.end()) {
            upstreams_.push_back(make_upstream(index));
        } else {
            (*old)->reconfigure(*proxy_, mtu_of(*settings_.interface(index)));
            upstreams_.push_back(std::move(*old));
        }
    }
    for (auto& old : before) {
        if (old != nullptr) {
            departing_.push_back(std::move(old));
        }
    }
}

template <class F>
auto ProxyClient<F>::places_in(const ProxySettings& proxy) -> Taken {
    Taken places;
    for (const auto index : proxy.upstream) {
        places.emplace(index, LocalMode::forward);
    }
    for (const auto index : proxy.downstream) {
        places.emplace(index, LocalMode::advise);
    }
    return places;
}

template <class F>
void ProxyClient<F>::forget_departed() {
    std::erase_if(departing_, [](const auto& each) { return !each->next_deadline(); });
}

template <class F>
void ProxyClient<F>::end() {
    if (in_use_ != nullptr) {
        in_use_->leave_all();
        in_use_ = nullptr;
    }
    // First: while it stops it is asked where flows come from.
    for (auto& each : std::exchange(upstreams_, {})) {
        departing_.push_back(std::move(each));
    }
    stop();
    proxy_.reset();
    database_ = MembershipDatabase<F>();
    forget_departed();
}

template <class F>
std::vector<InterfaceIndex> ProxyClient<F>::downstream() const {
    return proxy_ ? proxy_->downstream : std::vector<InterfaceIndex>();
}

template class ProxyClient<V4>;
template class ProxyClient<V6>;

}  // namespace mgmd
