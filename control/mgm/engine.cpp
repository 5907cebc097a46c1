// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/engine.hpp"

#include <algorithm>
#include <utility>

#include "control/mgm/failure.hpp"
#include "control/mgm/traffic_reports.hpp"

namespace mgmd::mgm {

namespace {
/// Calls put off during one build that are done before the entry is published.
constexpr std::size_t kBuildCalls = 1000;

template <class T>
tl::unexpected<Failure> pass_on(const Result<T>& failed) {
    return tl::make_unexpected(failed.error());
}

}  // namespace

template <class F>
Engine<F>::Engine(const Dependencies<F>& dependencies, const Options& options,
                  std::vector<InterfaceConfig<F>> interfaces)
    : state_(dependencies, options, std::move(interfaces)),
      alerts_(
          state_.clients, dependencies.clock, dependencies.post, GroupManager<F>::kAlertRounds,
          [this](const Alert<F>& alert, std::chrono::seconds timeout) {
              lifetimes_.set_negative_timeout(alert, timeout);
          },
          dependencies.reporter),
      gate_(dependencies.clock, kBuildCalls, [this] { continue_later(); }),
      settler_(state_, alerts_),
      lifetimes_(state_, settler_),
      memberships_(state_, settler_),
      builder_(state_, settler_, gate_),
      routes_(state_, settler_),
      ownership_(state_, settler_, memberships_, builder_, routes_),
      retrieval_(state_),
      enumerations_(state_),
      self_(std::make_shared<Engine*>(this)) {
    state_.outside.rib.set_listener(
        [this](std::span<const Prefix<F>> prefixes) { on_routes_changed(prefixes); });
}

template <class F>
Engine<F>::~Engine() {
    state_.outside.rib.set_listener({});
}

template <class F>
void Engine<F>::settle(Change<F>& change) {
    // Calls put off while entries were built come next; both are published at once (18).
    settler_.settle(change, gate_.is_draining()  ? Settling::inside_another
                            : gate_.is_waiting() ? Settling::to_be_continued
                                                 : Settling::complete);
    change = {};
    if (gate_.is_waiting()) {
        gate_.drain();
        settler_.settle(change, Settling::complete);
    }
}

template <class F>
void Engine<F>::continue_later() {
    state_.outside.post([alive = std::weak_ptr<Engine*>(self_)] {
        if (const auto self = alive.lock()) {
            (*self)->run([engine = *self](Change<F>* change) -> Result<> {
                if (change != nullptr) {
                    engine->gate_.resume();
                }
                return {};
            });
        }
    });
}

template <class F>
void Engine<F>::report_client(std::string_view what, ClientIndex client) const {
    state_.outside.reporter(NoticeKind::protocol, what, [&](monitor::Notice& notice) {
        notice.family = F::family;
        notice.protocol = state_.protocol(client);
    });
}

template <class F>
Result<ClientHandle> Engine<F>::register_protocol(ProtocolName name, ProtocolClient<F>& client) {
    auto handle = state_.clients.add(name, client);
    if (handle) {
        report_client("registers", handle->slot);
    }
    return handle;
}

template <class F>
Result<> Engine<F>::check_deregister(ClientHandle handle) {
    const auto client = state_.clients.find(handle);
    if (!client) {
        return pass_on(client);
    }
    if (state_.clients.open_interfaces(*client) != 0) {
        return refuse(Errc::can_not_complete, "the client still has {} interfaces",
                      state_.clients.open_interfaces(*client));
    }
    if (state_.clients.in_handover(*client) != 0) {
        return refuse(Errc::can_not_complete, "the client is taking or releasing an interface");
    }
    return {};
}

template <class F>
Result<> Engine<F>::deregister_protocol(ClientHandle client) {
    return run([=, this](Change<F>* change) {
        auto checked = check_deregister(client);
        if (checked && change != nullptr) {
            enumerations_.end_all(client.slot);
            routes_.remove_all(client.slot);
            report_client("deregisters", client.slot);
            state_.clients.remove(client.slot);
        }
        return checked;
    });
}

template <class F>
Result<> Engine<F>::add_membership(ClientHandle client, const Membership<F>& membership) {
    return run([=, this](Change<F>* change) {
        auto checked = memberships_.check_add(client, membership);
        return checked && change ? memberships_.add(client, membership, *change) : checked;
    });
}

template <class F>
Result<> Engine<F>::delete_membership(ClientHandle client, const Membership<F>& membership) {
    return run([=, this](Change<F>* change) {
        auto checked = memberships_.check_delete(client, membership);
        return checked && change ? memberships_.remove(client, membership, *change) : checked;
    });
}

template <class F>
Result<Mfe<F>*> Engine<F>::check_upstream(ClientHandle handle, const Key& key) {
    const auto client = state_.clients.find(handle);
    if (!client) {
        return pass_on(client);
    }
    if (state_.installed.find(key) != nullptr) {
        return refuse(Errc::invalid_parameter, "{} is an installed route", to_string(key));
    }
    Mfe<F>* mfe = state_.mfes.find(key);
    if (mfe == nullptr) {
        return refuse(Errc::not_found, "no entry {}", to_string(key));
    }
    if (state_.links.owner(mfe->incoming) != *client) {
        return refuse(Errc::invalid_parameter, "{} arrives on interface {}, not the client's",
                      to_string(key), to_string(state_.links.id(mfe->incoming)));
    }
    return mfe;
}

template <class F>
Result<> Engine<F>::set_mfe_upstream(ClientHandle client, const Key& key,
                                     const typename F::Address& upstream) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto mfe = check_upstream(client, key);
        if (!mfe) {
            return pass_on(mfe);
        }
        if (change != nullptr) {
            (*mfe)->upstream = upstream;
        }
        return {};
    });
}

template <class F>
Result<> Engine<F>::install_route(ClientHandle client, const InstalledRoute<F>& route) {
    return run([=, this](Change<F>* change) {
        auto checked = routes_.check_install(client, route);
        return checked && change ? routes_.install(client.slot, route) : checked;
    });
}

template <class F>
Result<> Engine<F>::remove_route(ClientHandle client, const Key& key) {
    return run([=, this](Change<F>* change) {
        auto checked = routes_.check_remove(client, key);
        return checked && change ? routes_.remove(key) : checked;
    });
}

template <class F>
void Engine<F>::on_no_entry(const Event& event) {
    run([=, this](Change<F>* change) -> Result<> {
        if (change != nullptr) {
            builder_.on_no_entry(event);
            gate_.drain();
            settle(*change);
            builder_.answer(event);
        }
        return {};
    });
}

template <class F>
void Engine<F>::on_wrong_interface(const Event& event) {
    auto alert = wrong_interface_alert(state_, event);
    const Key key{.group = event.group.template as<F>(), .source = event.source.template as<F>()};
    state_.report(NoticeKind::wrong_interface, "arrival", key, [&](monitor::Notice& notice) {
        notice.interface = event.interface;
        notice.protocol = alert ? state_.protocol(alert->recipient) : 0;
        notice.count = 1 + event.unreported;
        if (const Mfe<F>* mfe = state_.mfes.find(key)) {
            notice.incoming = state_.links.id(mfe->incoming).index;
        }
    });
    tell(std::move(alert));
}

template <class F>
void Engine<F>::on_signal(const Event& event) {
    tell(signal_alert(state_, event));
}

template <class F>
void Engine<F>::tell(std::optional<Alert<F>> alert) {
    if (alert) {
        alerts_.push({std::move(*alert)});
    }
    if (depth_ == 0) {
        alerts_.deliver();
    }
}

template <class F>
void Engine<F>::on_interface_state(InterfaceIndex interface, bool up) {
    state_.outside.rib.set_interface_state(interface, up);
}

template <class F>
void Engine<F>::on_routes_changed(std::span<const Prefix<F>> prefixes) {
    const std::vector<Prefix<F>> changed(prefixes.begin(), prefixes.end());
    run([=, this](Change<F>* change) -> Result<> {
        if (change != nullptr) {
            for (const Prefix<F>& sources : changed) {
                move_sources(sources, *change);
            }
            builder_.routes_changed(changed);
        }
        return {};
    });
}

template <class F>
void Engine<F>::move_sources(const Prefix<F>& sources, Change<F>& change) {
    for (const Key& key : state_.memberships.keys_of_sources(sources)) {
        KeyRecord<F>& record = *state_.memberships.find(key);
        const auto route = state_.outside.rib.lookup(key.source);
        const Slot towards =
            route ? state_.links.towards(route->interface, route->next_hop) : kNoSlot;
        if (towards != record.towards) {
            KeyWatch<F> watch(state_);
            watch.watch(key);
            state_.memberships.set_towards(record, towards);
            watch.finish(change);
        }
    }
}

template <class F>
Result<> Engine<F>::set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                                   std::uint8_t boundary_scope) {
    return run([=, this](Change<F>* change) -> Result<> {
        const Slot slot = state_.links.find(interface);
        if (slot == kNoSlot) {
            return refuse(Errc::not_found, "interface {} is not configured", to_string(interface));
        }
        if (change != nullptr) {
            state_.links[slot].config.boundaries = boundaries;
            state_.links[slot].config.boundary_scope = boundary_scope;
            memberships_.update_covered(Key::any(), slot);
        }
        return {};
    });
}

template <class F>
void Engine<F>::republish_leaving(const std::vector<InterfaceIndex>& interfaces) {
    auto sorted = interfaces;
    std::sort(sorted.begin(), sorted.end());
    run([sorted = std::move(sorted), this](Change<F>* change) -> Result<> {
        if (change != nullptr) {
            touch_leaving(sorted);
            routes_.republish_leaving(sorted);
        }
        return {};
    });
}

template <class F>
void Engine<F>::touch_leaving(const std::vector<InterfaceIndex>& interfaces) {
    for (Mfe<F>* mfe : state_.mfes.covered_by(Key::any())) {
        const bool leaves = std::any_of(mfe->outgoing.begin(), mfe->outgoing.end(), [&](Slot slot) {
            return std::binary_search(interfaces.begin(), interfaces.end(),
                                      state_.links.id(slot).index);
        });
        if (leaves) {
            settler_.touch(*mfe);
        }
    }
}

template <class F>
Result<> Engine<F>::set_local_sources(Interface interface, const MembershipFilter<F>& sources) {
    return run([=, this](Change<F>* change) -> Result<> {
        const Slot slot = state_.links.find(interface);
        if (slot == kNoSlot) {
            return refuse(Errc::not_found, "interface {} is not configured", to_string(interface));
        }
        if (change != nullptr) {
            state_.links[slot].config.local_sources = sources;
            memberships_.update_covered(Key::any(), slot);
        }
        return {};
    });
}

template <class F>
void Engine<F>::set_limits(const LimitSettings& limits, const TimerSettings& timers) {
    const auto idle_before = std::exchange(state_.options.timers, timers).mfe_idle_timeout;
    const auto entries = state_.options.limits.entries;
    state_.options.limits = limits;
    state_.options.limits.entries = entries;
    if (idle_before != timers.mfe_idle_timeout) {
        lifetimes_.idle_timeout_changed();
    }
}

template <class F>
std::optional<TimePoint> Engine<F>::next_deadline() const {
    const Mfe<F>* due = state_.mfes.next_due();
    std::optional<TimePoint> next = due == nullptr ? std::nullopt : std::optional(due->deadline);
    for (const auto& other : {ownership_.next_window_end(), settler_.retry_at()}) {
        if (other && (!next || *other < *next)) {
            next = other;
        }
    }
    return next;
}

template <class F>
void Engine<F>::run_timers(TimePoint now) {
    run([=, this](Change<F>* change) -> Result<> {
        if (change == nullptr) {
            return {};
        }
        settler_.retry(now);
        std::size_t left = GroupManager<F>::kTimerSlice;
        for (;;) {
            // An entry that ended before a window does not become negative when the window ends.
            const TimePoint due = std::min(ownership_.next_window_end().value_or(now), now);
            left -= lifetimes_.run(due, now, left);
            if (left == 0 || !ownership_.close_expired_window(now, *change)) {
                break;
            }
            settle(*change);
        }
        return {};
    });
}

template class Engine<V4>;
template class Engine<V6>;

}  // namespace mgmd::mgm
