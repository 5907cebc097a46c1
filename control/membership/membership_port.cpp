// SPDX-License-Identifier: Apache-2.0
#include "control/membership/membership_port.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "control/membership/query_address.hpp"

namespace mgmd {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP" : "MLD";

}  // namespace

using membership::kLinkCountTexts;
using membership::kMalformedTexts;
using membership::LinkCount;
using membership::Query;
using membership::Role;

template <class F>
MembershipPort<F>::MembershipPort(mgm::GroupManager<F>& manager, mgm::ClientHandle client,
                                  const InterfaceSettings& interface, const PortSettings& port,
                                  const MembershipDoors& doors)
    : interface_(interface),
      port_(port),
      doors_(doors),
      subscription_(manager, client, {interface.index, {}},
                    interface.family<F>().membership.static_joins),
      router_(interface.name, interface.family<F>().membership,
              membership::query_address<F>(interface, doors.port_mac(interface.port)), *this,
              doors.reporter.on_interface(interface.index)) {}

template <class F>
bool MembershipPort<F>::send(const Query<F>& query, const Address& source) {
    // RFC 9776 4.1.8: the sources that a packet has no room for go into another
    const std::size_t room = membership::sources_per_query<F>(interface_.mtu.value_or(port_.mtu));
    if (query.sources.size() <= room) {
        return mgmd::send<F>(doors_, interface_.index, encode(query, source));
    }
    bool sent = room > 0;
    auto part = query;
    for (auto rest = std::span(query.sources); sent && !rest.empty();) {
        const auto some = rest.first(std::min(room, rest.size()));
        part.sources.assign(some.begin(), some.end());
        sent = mgmd::send<F>(doors_, interface_.index, encode(part, source));
        rest = rest.subspan(some.size());
    }
    return sent;
}

template <class F>
void MembershipPort<F>::on_wanted(const Address& group, const membership::Wanted<F>& wanted) {
    if (spdlog::should_log(spdlog::level::debug)) {
        spdlog::debug("{} on {}: {} wanted from {}", kName<F>, interface_.name, to_string(group),
                      to_string(wanted));
    }
    check(subscription_.want(group, wanted));
}

template <class F>
mgm::Result<> MembershipPort<F>::reconfigure() {
    router_.reconfigure(doors_.clock.now());
    return subscription_.set_static_joins(interface_.family<F>().membership.static_joins);
}

template <class F>
void MembershipPort<F>::resync() {
    check(subscription_.resync());
}

template <class F>
void MembershipPort<F>::check(const mgm::Result<>& result) {
    if (result) {
        return;
    }
    router_.counters().add(LinkCount::refused_by_mgm);
    refusal_log_(doors_.clock.now(), [&](const std::string& more) {
        spdlog::error("{} on {}: {}{}", kName<F>, interface_.name, result.error().message, more);
    });
}

template <class F>
MembershipSummary MembershipPort<F>::summary() const {
    MembershipSummary summary;
    summary.interface = interface_.name;
    summary.protocol = F::family == Family::ipv4 ? "igmp" : "mld";
    summary.version = interface_.family<F>().membership.version;
    const auto& querier = router_.querier();
    summary.role = querier.role() == Role::querier       ? "querier"
                   : querier.role() == Role::non_querier ? "non-querier"
                                                         : "listener";
    summary.querier = querier.elected() ? to_string(*querier.elected()) : "";
    summary.groups = router_.groups().size();
    summary.hosts = router_.hosts();
    const auto add = [&](std::string_view name, std::uint64_t value) {
        if (value > 0) {
            summary.counters.emplace_back(name, value);
        }
    };
    for (const auto& text : kLinkCountTexts) {
        add(text.name, router_.counters()[text.counter]);
    }
    for (const auto& text : kMalformedTexts) {
        add(text.name, router_.counters()[text.reason]);
    }
    return summary;
}

template class MembershipPort<V4>;
template class MembershipPort<V6>;

}  // namespace mgmd
