// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/group_manager.hpp"

#include <utility>

#include "control/mgm/engine.hpp"

namespace mgmd::mgm {

template <class F>
GroupManager<F>::GroupManager(const Dependencies<F>& dependencies, const Options& options,
                              std::vector<InterfaceConfig<F>> interfaces)
    : engine_(std::make_unique<Engine<F>>(dependencies, options, std::move(interfaces))) {}

template <class F>
GroupManager<F>::~GroupManager() = default;

template <class F>
Result<ClientHandle> GroupManager<F>::register_protocol(ProtocolName name,
                                                        ProtocolClient<F>& client) {
    return engine_->register_protocol(name, client);
}

template <class F>
Result<> GroupManager<F>::deregister_protocol(ClientHandle client) {
    return engine_->deregister_protocol(client);
}

template <class F>
Result<> GroupManager<F>::take_interface(ClientHandle client, Interface interface,
                                         LocalMode local) {
    return engine_->take_interface(client, interface, local);
}

template <class F>
Result<> GroupManager<F>::release_interface(ClientHandle client, Interface interface) {
    return engine_->release_interface(client, interface);
}

template <class F>
Result<> GroupManager<F>::set_local_mode(ClientHandle client, Interface interface,
                                         LocalMode local) {
    return engine_->set_local_mode(client, interface, local);
}

template <class F>
Result<> GroupManager<F>::rpf_changed(ClientHandle client, Interface interface) {
    return engine_->rpf_changed(client, interface);
}

template <class F>
Result<ProtocolName> GroupManager<F>::protocol_on_interface(Interface interface) const {
    return engine_->protocol_on_interface(interface);
}

template <class F>
Result<> GroupManager<F>::resync_done(ClientHandle client, Interface interface) {
    return engine_->resync_done(client, interface);
}

template <class F>
Result<> GroupManager<F>::add_membership(ClientHandle client, const Membership<F>& membership) {
    return engine_->add_membership(client, membership);
}

template <class F>
Result<> GroupManager<F>::delete_membership(ClientHandle client, const Membership<F>& membership) {
    return engine_->delete_membership(client, membership);
}

template <class F>
Result<> GroupManager<F>::set_mfe_upstream(ClientHandle client, const Key& key,
                                           const Address& upstream) {
    return engine_->set_mfe_upstream(client, key, upstream);
}

template <class F>
Result<> GroupManager<F>::end_mfe(const Key& key) {
    return engine_->end_mfe(key);
}

template <class F>
Result<> GroupManager<F>::install_route(ClientHandle client, const InstalledRoute<F>& route) {
    return engine_->install_route(client, route);
}

template <class F>
Result<> GroupManager<F>::remove_route(ClientHandle client, const Key& key) {
    return engine_->remove_route(client, key);
}

template <class F>
Result<MfeRecord<F>> GroupManager<F>::get_mfe(const Key& key, std::size_t buffer_octets) const {
    return engine_->retrieval().template get<MfeRecord<F>>(key, buffer_octets);
}

template <class F>
Result<MfeStats<F>> GroupManager<F>::get_mfe_stats(const Key& key, std::size_t buffer_octets,
                                                   StatsForm form) const {
    return engine_->retrieval().template get<MfeStats<F>>(key, buffer_octets, form);
}

template <class F>
Result<Page<MfeRecord<F>>> GroupManager<F>::first_mfes(std::size_t buffer_octets) const {
    return engine_->retrieval().template page<MfeRecord<F>>(std::nullopt, buffer_octets);
}

template <class F>
Result<Page<MfeRecord<F>>> GroupManager<F>::next_mfes(const Key& start,
                                                      std::size_t buffer_octets) const {
    return engine_->retrieval().template page<MfeRecord<F>>(start, buffer_octets);
}

template <class F>
Result<Page<MfeStats<F>>> GroupManager<F>::first_mfes_stats(std::size_t buffer_octets,
                                                            StatsForm form) const {
    return engine_->retrieval().template page<MfeStats<F>>(std::nullopt, buffer_octets, form);
}

template <class F>
Result<Page<MfeStats<F>>> GroupManager<F>::next_mfes_stats(const Key& start,
                                                           std::size_t buffer_octets,
                                                           StatsForm form) const {
    return engine_->retrieval().template page<MfeStats<F>>(start, buffer_octets, form);
}

template <class F>
PageRange<MfeRecord<F>> GroupManager<F>::mfes() const {
    return PageRange<MfeRecord<F>>([this](const std::optional<Key>& after) {
        return engine_->retrieval().template next<MfeRecord<F>>(after);
    });
}

template <class F>
PageRange<MfeStats<F>> GroupManager<F>::mfes_stats() const {
    return PageRange<MfeStats<F>>([this](const std::optional<Key>& after) {
        return engine_->retrieval().template next<MfeStats<F>>(after);
    });
}

template <class F>
Result<EnumerationHandle> GroupManager<F>::start_group_enumeration(ClientHandle client,
                                                                   EnumerationType type) {
    return engine_->enumerations().start(client, type);
}

template <class F>
auto GroupManager<F>::next_groups(EnumerationHandle enumeration, std::size_t buffer_octets)
    -> Result<Page<Key>> {
    return engine_->enumerations().next(enumeration, buffer_octets);
}

template <class F>
Result<> GroupManager<F>::end_group_enumeration(EnumerationHandle enumeration) {
    return engine_->enumerations().end(enumeration);
}

template <class F>
void GroupManager<F>::visit_memberships(
    const std::function<void(const MembershipRecord<F>&)>& visit) const {
    engine_->retrieval().visit_memberships(visit);
}

template <class F>
std::vector<MembershipRecord<F>> GroupManager<F>::memberships(const Key& key) const {
    return engine_->retrieval().memberships(key);
}

template <class F>
auto GroupManager<F>::next_membership_key(const std::optional<Key>& after) const
    -> std::optional<Key> {
    return engine_->retrieval().next_membership_key(after);
}

template <class F>
FlowOutlook<F> GroupManager<F>::outlook(const Key& key, InterfaceIndex arrival) const {
    return engine_->retrieval().outlook(key, arrival);
}

template <class F>
std::vector<ClientRecord<F>> GroupManager<F>::clients() const {
    return engine_->retrieval().clients();
}

template <class F>
Usage GroupManager<F>::usage() const {
    return engine_->retrieval().usage();
}

template <class F>
void GroupManager<F>::on_no_entry(const Event& event) {
    engine_->on_no_entry(event);
}

template <class F>
void GroupManager<F>::on_hold_overflow(const Event& event) {
    engine_->on_hold_overflow(event);
}

template <class F>
void GroupManager<F>::on_signal(const Event& event) {
    engine_->on_signal(event);
}

template <class F>
void GroupManager<F>::on_wrong_interface(const Event& event) {
    engine_->on_wrong_interface(event);
}

template <class F>
void GroupManager<F>::on_interface_state(InterfaceIndex interface, bool up) {
    engine_->on_interface_state(interface, up);
}

template <class F>
void GroupManager<F>::on_routes_changed(std::span<const Prefix<F>> prefixes) {
    engine_->on_routes_changed(prefixes);
}

template <class F>
Result<> GroupManager<F>::set_boundaries(Interface interface, std::vector<Prefix<F>> boundaries,
                                         std::uint8_t boundary_scope) {
    return engine_->set_boundaries(interface, std::move(boundaries), boundary_scope);
}

template <class F>
void GroupManager<F>::republish_leaving(const std::vector<InterfaceIndex>& interfaces) {
    engine_->republish_leaving(interfaces);
}

template <class F>
Result<> GroupManager<F>::set_local_sources(Interface interface,
                                            const MembershipFilter<F>& sources) {
    return engine_->set_local_sources(interface, sources);
}

template <class F>
void GroupManager<F>::set_limits(const LimitSettings& limits, const TimerSettings& timers) {
    engine_->set_limits(limits, timers);
}

template <class F>
std::optional<TimePoint> GroupManager<F>::next_deadline() const {
    return engine_->next_deadline();
}

template <class F>
void GroupManager<F>::run_timers(TimePoint now) {
    engine_->run_timers(now);
}

template class GroupManager<V4>;
template class GroupManager<V6>;

}  // namespace mgmd::mgm
