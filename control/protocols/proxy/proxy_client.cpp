// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/proxy/proxy_client.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "control/protocols/refusal.hpp"

namespace mgmd {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP proxy" : "MLD proxy";

}  // namespace

using mgm::LocalMode;

template <class F>
ProxyClient<F>::ProxyClient(mgm::GroupManager<F>& manager, const Rib<F>& rib,
                            const Settings& settings, TableId table, MembershipDoors doors)
    : manager_(manager),
      rib_(rib),
      settings_(settings),
      table_(table),
      proxy_(proxy_of(settings, table)),
      doors_(std::move(doors)),
      random_(std::random_device()()) {
    if (proxy_) {
        change_upstreams();
    }
}

template <class F>
ProxyClient<F>::~ProxyClient() {
    stop();
}

template <class F>
Expected<> ProxyClient<F>::start() {
    if (!proxy_) {
        return {};
    }
    const auto handle = manager_.register_protocol({kProxyProtocol, 0}, *this);
    if (!handle) {
        return refusal(kName<F>, handle.error());
    }
    handle_ = *handle;
    if (auto taken = take_interfaces(); !taken) {
        return taken;
    }
    join_for_others();
    use(best_upstream());
    return {};
}

template <class F>
Expected<> ProxyClient<F>::take_interfaces() {
    for (const auto index : proxy_->upstream) {
        if (auto taken = take(index, LocalMode::forward); !taken) {
            return taken;
        }
    }
    for (const auto index : proxy_->downstream) {
        if (auto taken = take(index, LocalMode::advise); !taken) {
            return taken;
        }
    }
    return {};
}

template <class F>
Expected<> ProxyClient<F>::take(InterfaceIndex interface, LocalMode local) {
    if (taken_.count(interface) != 0) {
        return {};
    }
    if (const auto taken = manager_.take_interface(*handle_, {interface, {}}, local); !taken) {
        return refusal(std::string(kName<F>) + " on " + settings_.interface(interface)->name,
                       taken.error());
    }
    taken_.emplace(interface, local);
    return {};
}

template <class F>
void ProxyClient<F>::stop() {
    if (!handle_) {
        return;
    }
    release_but({});
    check(manager_.deregister_protocol(*handle_));
    handle_.reset();
}

template <class F>
auto ProxyClient<F>::upstream(InterfaceIndex interface) const -> Upstream* {
    const auto found = std::find_if(upstreams_.begin(), upstreams_.end(),
                                    [&](const auto& each) { return each->index() == interface; });
    return found == upstreams_.end() ? nullptr : found->get();
}

template <class F>
auto ProxyClient<F>::best_upstream() const -> Upstream& {
    const auto up = std::find_if(upstreams_.begin(), upstreams_.end(),
                                 [](const auto& each) { return each->is_up(); });
    if (up != upstreams_.end()) {
        return **up;
    }
    const bool stays = in_use_ != nullptr && upstream(in_use_->index()) == in_use_;
    return stays ? *in_use_ : *upstreams_.front();
}

template <class F>
void ProxyClient<F>::want_everything(const Upstream& upstream, bool want) {
    mgm::Membership<F> everything;
    everything.key = mgm::SourceGroup<F>::any();
    everything.interface = {upstream.index(), {}};
    check(want ? manager_.add_membership(*handle_, everything)
               : manager_.delete_membership(*handle_, everything));
}

/// The new way is there before the old one goes, so that nothing from downstream is lost.
template <class F>
void ProxyClient<F>::use(Upstream& next) {
    Upstream* const before = std::exchange(in_use_, &next);
    if (before == &next) {
        return;
    }
    want_everything(next, true);
    next.want(database_.all());
    if (before == nullptr) {
        return;
    }
    doors_.reporter(NoticeKind::protocol, "upstream", [&](monitor::Notice& notice) {
        notice.family = F::family;
        notice.interface = next.index();
        notice.protocol = kProxyProtocol;
        notice.details = "instead of " + before->name();
    });
    switch_log_(doors_.clock.now(), [&](const std::string& more) {
        spdlog::warn("{}: upstream is {} now instead of {}{}", kName<F>, next.name(),
                     before->name(), more);
    });
    check(manager_.rpf_changed(*handle_, {before->index(), {}}));
    want_everything(*before, false);
    before->leave_all();
}

template <class F>
void ProxyClient<F>::on_packet(const ControlPacket& packet) {
    if (auto* on = upstream(packet.interface)) {
        on->receive(packet.content());
    }
}

template <class F>
void ProxyClient<F>::on_interface_state(InterfaceIndex interface, bool up) {
    if (up) {
        down_.erase(interface);
    } else {
        down_.insert(interface);
    }
    Upstream* const changed = upstream(interface);
    if (changed == nullptr || changed->is_up() == up) {
        return;
    }
    if (up) {
        changed->link_up();
    } else {
        changed->link_down();
    }
    if (!handle_) {
        return;
    }
    if (up && changed == in_use_) {
        changed->want(database_.all());
    }
    use(best_upstream());
}

template <class F>
void ProxyClient<F>::on_querier(InterfaceIndex interface, bool is_querier) {
    if (!proxy_ || (querier_on_.count(interface) != 0) == is_querier ||
        std::count(proxy_->downstream.begin(), proxy_->downstream.end(), interface) == 0) {
        return;
    }
    if (is_querier) {
        querier_on_.insert(interface);
    } else {
        querier_on_.erase(interface);
    }
    querier_log_(doors_.clock.now(), [&](const std::string& more) {
        spdlog::info("{}: members on {} are {}{}", kName<F>, settings_.interface(interface)->name,
                     is_querier ? "forwarded to" : "left to the other querier", more);
    });
    check(manager_.set_local_mode(*handle_, {interface, {}},
                                  is_querier ? LocalMode::forward : LocalMode::advise));
}

template <class F>
std::optional<TimePoint> ProxyClient<F>::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto* list : {&upstreams_, &departing_}) {
        for (const auto& each : *list) {
            const auto deadline = each->next_deadline();
            if (deadline && (!next || *deadline < *next)) {
                next = deadline;
            }
        }
    }
    return next;
}

template <class F>
void ProxyClient<F>::run_timers(TimePoint now) {
    for (const auto* list : {&upstreams_, &departing_}) {
        for (const auto& each : *list) {
            each->run_timers(now);
        }
    }
    forget_departed();
}

/// MGM 20. A route decides between upstream and a downstream interface; without one, the packet
/// does.
template <class F>
void ProxyClient<F>::on_rpf(mgm::RpfQuery<F>& query) {
    const auto incoming = query.incoming.is_none() ? query.arrival : query.incoming;
    const bool is_upstream = upstream(incoming.index) != nullptr;
    // While it starts none is in use yet.
    const auto in_use = [this] { return in_use_ != nullptr ? in_use_ : &best_upstream(); };
    const mgm::InterfaceId<F> chosen =
        is_upstream ? mgm::InterfaceId<F>{in_use()->index(), {}} : incoming;
    if (chosen != query.incoming) {
        query.incoming = chosen;
        query.upstream = {};
        query.route = {};
    }
}

/// Other protocols of the table, and members on their interfaces, want what comes from upstream.
template <class F>
void ProxyClient<F>::on_join_alert(const mgm::JoinAlert<F>& alert) {
    if (alert.member_update && alert.key.is_single_group()) {
        database_.join(alert.key, kNoInterface);
        report_changes();
    }
}

template <class F>
void ProxyClient<F>::on_prune_alert(mgm::PruneAlert<F>& alert) {
    if (alert.member_update && alert.key.is_single_group()) {
        database_.leave(alert.key, kNoInterface);
        report_changes();
    }
}

template <class F>
void ProxyClient<F>::on_local_join(const mgm::LocalMembership<F>& membership) {
    database_.join(membership.key, membership.interface.index);
    report_changes();
}

template <class F>
void ProxyClient<F>::on_local_leave(const mgm::LocalMembership<F>& membership) {
    database_.leave(membership.key, membership.interface.index);
    report_changes();
}

template <class F>
void ProxyClient<F>::on_local_exclude(const mgm::LocalExclude<F>& exclude) {
    database_.exclude(exclude.key.group, exclude.interface.index, exclude.sources);
    report_changes();
}

/// A change of filter mode comes in several steps: what they come to is reported, once.
template <class F>
void ProxyClient<F>::report_changes() {
    if (std::exchange(update_posted_, true)) {
        return;
    }
    doors_.post([this, alive = std::weak_ptr<const bool>(alive_)] {
        if (!alive.expired()) {
            update();
        }
    });
}

template <class F>
void ProxyClient<F>::update() {
    update_posted_ = false;
    const auto changes = database_.take_changes();
    if (handle_) {
        in_use_->want(changes);
    }
}

template <class F>
void ProxyClient<F>::check(const mgm::Result<>& result) {
    if (!result) {
        refusal_log_(doors_.clock.now(), [&](const std::string& more) {
            spdlog::error("{}: {}{}", kName<F>, result.error().message, more);
        });
    }
}

template <class F>
ProxySummary ProxyClient<F>::summary(InterfaceIndex interface) const {
    ProxySummary summary;
    summary.table = proxy_->table;
    summary.family = F::family == Family::ipv4 ? "ipv4" : "ipv6";
    summary.interface = settings_.interface(interface)->name;
    summary.side = "downstream";
    summary.state = querier_on_.count(interface) != 0 ? "forwarding" : "not querier";
    summary.groups = database_.groups_on(interface);
    return summary;
}

template <class F>
ProxySummary ProxyClient<F>::summary(const Upstream& upstream) const {
    ProxySummary summary = this->summary(upstream.index());
    const auto& host = upstream.host();
    summary.side = "upstream";
    summary.state = !upstream.is_up() ? "no link" : &upstream == in_use_ ? "in use" : "standby";
    summary.reports = (F::family == Family::ipv4 ? "igmpv" : "mldv") +
                      std::to_string(membership::version_of<F>(host.generation()));
    summary.groups = host.wanted_groups();
    const auto add = [&](std::string_view name, std::uint64_t value) {
        if (value > 0) {
            summary.counters.emplace_back(name, value);
        }
    };
    for (const auto& text : membership::kHostCounterTexts) {
        add(text.name, host.counters().*text.counter);
    }
    for (const auto& text : membership::kMalformedTexts) {
        add(text.name, host.counters().malformed[static_cast<std::size_t>(text.reason)]);
    }
    return summary;
}

template <class F>
void ProxyClient<F>::append_summaries(std::vector<ProxySummary>& summaries) const {
    if (!proxy_) {
        return;
    }
    for (const auto& each : upstreams_) {
        summaries.push_back(summary(*each));
    }
    for (const auto interface : proxy_->downstream) {
        summaries.push_back(summary(interface));
    }
}

template class ProxyClient<V4>;
template class ProxyClient<V6>;

}  // namespace mgmd
