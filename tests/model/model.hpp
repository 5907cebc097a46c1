// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "common/clock.hpp"
#include "common/event_ring.hpp"
#include "common/forwarding_table.hpp"
#include "control/mgm/group_manager.hpp"
#include "tests/model/model_alerts.hpp"
#include "tests/model/model_rib.hpp"
#include "tests/model/model_state.hpp"

namespace mgmd::mgm::model {

template <class F>
struct ModelDependencies {
    const Clock& clock;
    ModelRib<F>& rib;
    ForwardingTable<F>& table;
    std::function<void(std::function<void()>)> post;
};

/// An executable specification of the Multicast Group Manager: the calls of GroupManager, answered
/// by the sentences of the design page, one after the other, without an index, a cache or a
/// shortcut. After each change everything is looked at anew and the difference to the last look is
/// what clients and forwarding table get to know.
template <class F>
class Model {
public:
    using Address = typename F::Address;
    using Key = SourceGroup<F>;
    using Interface = InterfaceId<F>;

    Model(const ModelDependencies<F>& dependencies, const Options& options,
          std::vector<InterfaceConfig<F>> interfaces);

    Result<ClientHandle> register_protocol(ProtocolName name, ProtocolClient<F>& client);
    Result<> deregister_protocol(ClientHandle client);
    Result<> take_interface(ClientHandle client, Interface interface,
                            LocalMode local = LocalMode::forward);
    Result<> release_interface(ClientHandle client, Interface interface);
    Result<> set_local_mode(ClientHandle client, Interface interface, LocalMode local);
    Result<> rpf_changed(ClientHandle client, Interface interface);
    Result<ProtocolName> protocol_on_interface(Interface interface) const;
    Result<> resync_done(ClientHandle client, Interface interface);

    Result<> add_membership(ClientHandle client, const Membership<F>& membership);
    Result<> delete_membership(ClientHandle client, const Membership<F>& membership);

    Result<> set_mfe_upstream(ClientHandle client, const Key& key, const Address& upstream);
    Result<> install_route(ClientHandle client, const InstalledRoute<F>& route);
    Result<> remove_route(ClientHandle client, const Key& key);

    Result<MfeRecord<F>> get_mfe(const Key& key, std::size_t buffer_octets = kUnlimited) const;
    Result<MfeStats<F>> get_mfe_stats(const Key& key, std::size_t buffer_octets = kUnlimited) const;
    Result<Page<MfeRecord<F>>> first_mfes(std::size_t buffer_octets) const;
    Result<Page<MfeRecord<F>>> next_mfes(const Key& start, std::size_t buffer_octets) const;
    Result<Page<MfeStats<F>>> first_mfes_stats(std::size_t buffer_octets) const;
    Result<Page<MfeStats<F>>> next_mfes_stats(const Key& start, std::size_t buffer_octets) const;

    Result<EnumerationHandle> start_group_enumeration(ClientHandle client, EnumerationType type);
    Result<Page<Key>> next_groups(EnumerationHandle enumeration, std::size_t buffer_octets);
    Result<> end_group_enumeration(EnumerationHandle enumeration);

    void visit_memberships(const std::function<void(const MembershipRecord<F>&)>& visit) const;
    Usage usage() const;

    void on_no_entry(const Event& event);
    void on_wrong_interface(const Event& event);
    void on_interface_state(InterfaceIndex interface, bool up);
    /// Unlike the real one the model looks at all routes again, whatever changed.
    void on_routes_changed();
    Result<> set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                            std::uint8_t boundary_scope);
    std::optional<TimePoint> next_deadline() const;
    void run_timers(TimePoint now);

    static constexpr std::size_t kUnlimited = GroupManager<F>::kUnlimited;

private:
    using Installs = std::map<RouteKey<F>, ForwardingEntry<F>>;
    using Accepting = std::map<Key, std::set<Interface>>;

    /// Whose own doing a change is.
    struct Cause {
        std::optional<ClientId> component;  ///< hears nothing of entries arriving on its interfaces
        std::optional<ClientId> taker;      ///< enumerates instead of being told (S,G) JOINs
    };
    struct Enumeration {
        ClientId client = 0;
        std::vector<Key> left;
    };
    /// Alerts are delivered when the outermost call returns (17).
    class Call {
    public:
        explicit Call(Model& model) : model_(model) { ++model_.depth_; }
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call() {
            if (--model_.depth_ == 0) {
                model_.deliver();
            }
        }

    private:
        Model& model_;
    };

    /// Something that ends at a time of its own.
    struct Deadline {
        std::optional<TimePoint> at;
        std::optional<Key> entry;
        std::optional<Interface> window;
    };

    static tl::unexpected<Failure> refuse(Errc code) {
        return tl::unexpected(Failure{code, {}, 0});
    }

    // Clients, interfaces, memberships.
    std::optional<ClientId> client_of(ClientHandle handle) const;
    bool is_igmp(ClientId client) const { return state_.igmp() == client; }
    bool has_link(ClientId client, const Link<F>& link) const;
    Result<> check_owner(ClientHandle handle, const Interface& interface) const;
    void change_owner(ClientId client, const Interface& interface, std::optional<LocalMode> take);
    void move_ownership(ClientId client, const Interface& interface, std::optional<LocalMode> take);
    void end_overrides(const Interface& interface);
    void leave_installed(ClientId client, const Interface& interface);
    void open_window(const Interface& interface);
    void close_window(const Interface& interface, const Cause& cause);
    void release_igmp(const Interface& interface);
    Result<ClientId> check_membership(ClientHandle handle, const Membership<F>& membership,
                                      bool adding) const;
    bool is_past_limit(const Membership<F>& membership) const;
    bool exists(ClientId client, const Membership<F>& membership) const;
    Cause cause_of(const Membership<F>& membership) const;
    void join(ClientId client, const Membership<F>& membership);
    void join_local(const Membership<F>& membership);
    void leave(ClientId client, const Membership<F>& membership);
    Result<> force(const Membership<F>& membership, bool on);
    void tell_owner_locally(const typename State<F>::Member& member, bool joined);
    void tell_excludes(const typename State<F>::Member& member);

    // Entries and installed routes.
    void make_entry(const Key& key, const Interface& arrival, const Event& event);
    void build(Entry<F>& entry, const Event* event);
    void run_deferred();
    void ask_rpf(Entry<F>& entry, const Event* event);
    void ask_vetoes(Entry<F>& entry);
    void build_on(Entry<F>& entry, bool anew);
    void remake(Entry<F>& entry);
    void examine_again(Entry<F>& entry, const Cause& cause);
    void begin_life(Entry<F>& entry);
    void look_after(const Key& key, TimePoint now);
    Deadline earliest() const;
    bool is_well_formed(ClientId client, const InstalledRoute<F>& route) const;
    Accepting accepting() const;
    void erase_covered(const Accepting& before, std::optional<Key> touched = {});
    void erase_covered(const Key& key, const std::set<Interface>& accepted);

    // What follows from a change.
    /// Looks at everything again, tells who has to know, publishes. Entries in `anew` are made
    /// anew; those in `again`, and whose route is another than before, are examined again.
    void settle(const Cause& cause, const std::set<Key>& anew = {},
                const std::set<Key>& again = {});
    void settle_entry(Entry<F>& entry, const Cause& cause, bool created);
    RouteKey<F> route_key(const Key& key, InterfaceIndex arrival = kNoInterface) const;
    std::vector<Outgoing> outgoing(const std::vector<RouteOutgoing<F>>& links) const;
    AcceptSet accept_set(const Installed<F>& installed) const;
    ForwardingEntry<F> forwarding(const Entry<F>& entry) const;
    std::vector<ForwardingEntry<F>> forwarding(const Installed<F>& installed) const;
    Installs wanted_installs() const;
    Installs installs_so_far() const;
    void publish(const Installs& wanted);
    void deliver();
    void deliver(const Alert<F>& alert);
    void tell(ProtocolClient<F>& client, const Prune<F>& prune);

    // Reading.
    ProtocolId protocol_on(const Interface& interface) const;
    MfeRecord<F> record(const Entry<F>& entry) const;
    MfeRecord<F> record(const Installed<F>& installed) const;
    std::vector<MfeRecord<F>> records() const;
    MfeStats<F> stats(const MfeRecord<F>& record) const;
    std::vector<MfeStats<F>> all_stats() const;
    void read_times(MfeStats<F>& stats) const;

    ModelDependencies<F> deps_;
    Options options_;
    State<F> state_;
    Wishes<F> told_;                              ///< what clients know or will be told
    std::map<Key, Alert<F>> entry_alerts_;        ///< of the change that is being settled
    std::deque<Alert<F>> queue_;                  ///< not delivered yet
    std::deque<std::function<void()>> deferred_;  ///< asked for while an entry is built (18)
    bool running_deferred_ = false;
    Installs published_;
    std::set<RouteKey<F>> published_routes_;  ///< among them
    std::map<std::uint32_t, Enumeration> enumerations_;
    ClientId next_client_ = 1;
    std::uint32_t next_enumeration_ = 1;
    std::uint64_t lives_ = 0;
    Usage refusals_;
    int depth_ = 0;
    bool building_ = false;
    bool delivering_ = false;
};

}  // namespace mgmd::mgm::model
