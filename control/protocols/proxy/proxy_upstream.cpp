// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/proxy/proxy_upstream.hpp"

#include <utility>

#include "control/membership/query_address.hpp"
#include "control/protocols/proxy/proxy_client.hpp"

namespace mgmd {
namespace {

using membership::LinkHost;

template <class F>
membership::HostSettings host_settings(const ProxySettings& proxy) {
    const auto version = F::family == Family::ipv4 ? proxy.igmp_version : proxy.mld_version;
    return {membership::generation_of<F>(version), proxy.robustness_variable,
            proxy.unsolicited_report_interval};
}

/// Packets cross a ring of fixed places.
std::size_t packet_octets(std::uint16_t mtu) {
    return std::min<std::size_t>(mtu, kInjectBytes);
}

}  // namespace

template <class F>
ProxyUpstream<F>::ProxyUpstream(const ProxySettings& proxy, const InterfaceSettings& interface,
                                std::uint16_t mtu, const MembershipDoors& doors,
                                typename LinkHost<F>::Random random)
    : interface_(interface),
      doors_(doors),
      address_(membership::query_address<F>(interface, doors.port_mac(interface.port))
                   .value_or(Address{})),
      host_(interface.name, host_settings<F>(proxy), packet_octets(mtu), std::move(random), *this) {
}

template <class F>
void ProxyUpstream<F>::reconfigure(const ProxySettings& proxy, std::uint16_t mtu) {
    host_.reconfigure(host_settings<F>(proxy), packet_octets(mtu), doors_.clock.now());
}

template <class F>
void ProxyUpstream<F>::link_down() {
    up_ = false;
    host_.forget();
}

template <class F>
void ProxyUpstream<F>::want(const Records& records) {
    if (!up_) {
        return;
    }
    for (const auto& [group, wanted] : records) {
        report(group, wanted);
    }
    host_.want(records, doors_.clock.now());
}

template <class F>
void ProxyUpstream<F>::report(const Address& group, const membership::Wanted<F>& wanted) const {
    const auto what = wanted.nothing() ? "leaves" : "joins";
    doors_.reporter.on_interface(interface_.index)(
        NoticeKind::protocol, what, [&](monitor::Notice& notice) {
            notice.set_flow<F>(group, {});
            notice.protocol = kProxyProtocol;
            notice.details = "upstream, from " + to_string(wanted);
        });
}

template <class F>
void ProxyUpstream<F>::leave_all() {
    Records nothing;
    for (const auto& [group, reports] : host_.groups()) {
        nothing.emplace(group, membership::Wanted<F>{});
    }
    want(nothing);
}

template <class F>
bool ProxyUpstream<F>::send(const membership::Report<F>& report) {
    return mgmd::send<F>(doors_, interface_.index, encode(report, address_));
}

template class ProxyUpstream<V4>;
template class ProxyUpstream<V6>;

}  // namespace mgmd
