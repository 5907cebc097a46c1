// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "control/mgm/alert_queue.hpp"
#include "control/mgm/build_gate.hpp"
#include "control/mgm/entry_builder.hpp"
#include "control/mgm/enumerations.hpp"
#include "control/mgm/installed_routes.hpp"
#include "control/mgm/lifetimes.hpp"
#include "control/mgm/membership_service.hpp"
#include "control/mgm/ownership_service.hpp"
#include "control/mgm/retrieval.hpp"
#include "control/mgm/room.hpp"
#include "control/mgm/settler.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// What is behind a GroupManager: the state, the services that work on it, and the frame that every
/// change runs in: check → (put off while an entry is built) → apply → settle → deliver.
template <class F>
class Engine {
public:
    using Key = SourceGroup<F>;
    using Interface = InterfaceId<F>;

    Engine(const Dependencies<F>& dependencies, const Options& options,
           std::vector<InterfaceConfig<F>> interfaces);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    Result<ClientHandle> register_protocol(ProtocolName name, ProtocolClient<F>& client);
    Result<> deregister_protocol(ClientHandle client);
    Result<> take_interface(ClientHandle client, Interface interface, LocalMode local);
    Result<> release_interface(ClientHandle client, Interface interface);
    Result<> set_local_mode(ClientHandle client, Interface interface, LocalMode local);
    Result<> rpf_changed(ClientHandle client, Interface interface);
    Result<ProtocolName> protocol_on_interface(Interface interface) const;
    Result<> resync_done(ClientHandle client, Interface interface);

    Result<> add_membership(ClientHandle client, const Membership<F>& membership);
    Result<> delete_membership(ClientHandle client, const Membership<F>& membership);
    Result<> set_mfe_upstream(ClientHandle client, const Key& key,
                              const typename F::Address& upstream);
    Result<> install_route(ClientHandle client, const InstalledRoute<F>& route);
    Result<> remove_route(ClientHandle client, const Key& key);

    Result<> end_mfe(const Key& key) { return lifetimes_.end(key); }
    const Retrieval<F>& retrieval() const { return retrieval_; }
    Enumerations<F>& enumerations() { return enumerations_; }

    void on_no_entry(const Event& event);
    void on_hold_overflow(const Event& event) { builder_.on_hold_overflow(event); }
    void on_wrong_interface(const Event& event);
    void on_signal(const Event& event);
    void on_interface_state(InterfaceIndex interface, bool up);
    void on_routes_changed(std::span<const Prefix<F>> prefixes);
    Result<> set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                            std::uint8_t boundary_scope);
    void republish_leaving(const std::vector<InterfaceIndex>& interfaces);
    Result<> set_local_sources(Interface interface, const MembershipFilter<F>& sources);
    void set_limits(const LimitSettings& limits, const TimerSettings& timers);
    std::optional<TimePoint> next_deadline() const;
    void run_timers(TimePoint now);

private:
    /// `call(nullptr)` checks; `call(&change)` checks and, if that succeeds, applies.
    template <class Call>
    Result<> run(Call call);
    /// Sends out what the change has done so far, and empties it.
    void settle(Change<F>& change);
    /// Applies in between on_disable_igmp and on_enable_igmp, if the client's take or release of
    /// the link needs them.
    template <class Apply>
    void hand_over(ClientIndex client, Slot slot, Change<F>& change, Apply apply);
    void report_hand_over(std::string_view what, const Interface& interface) const;
    Result<> check_deregister(ClientHandle client);
    Result<Mfe<F>*> check_upstream(ClientHandle client, const Key& key);
    void move_sources(const Prefix<F>& sources, Change<F>& change);
    void touch_leaving(const std::vector<InterfaceIndex>& interfaces);
    void continue_later();
    void report_client(std::string_view what, ClientIndex client) const;
    void tell(std::optional<Alert<F>> alert);

    State<F> state_;
    AlertQueue<F> alerts_;
    BuildGate gate_;
    Settler<F> settler_;
    Lifetimes<F> lifetimes_;
    MembershipService<F> memberships_;
    EntryBuilder<F> builder_;
    InstalledRoutes<F> routes_;
    OwnershipService<F> ownership_;
    Retrieval<F> retrieval_;
    Enumerations<F> enumerations_;
    unsigned depth_ = 0;  ///< changes in progress, one inside the other
    /// Posted tasks look at it, so that they do nothing once the engine is gone.
    std::shared_ptr<Engine*> self_;
};

template <class F>
template <class Call>
Result<> Engine<F>::run(Call call) {
    if (gate_.is_asking()) {
        auto checked = call(nullptr);
        if (checked) {
            gate_.put_off([this, call] { return run(call); });
        }
        return checked;
    }
    ++depth_;
    Change<F> change;
    auto result = call(&change);
    settle(change);
    --depth_;
    if (depth_ == 0) {
        alerts_.deliver();
        state_.outside.share.set(used_entries(state_));
    }
    return result;
}

}  // namespace mgmd::mgm
