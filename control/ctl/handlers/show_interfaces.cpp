// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

template <class F>
Json membership_of(const membership::LinkRouter<F>& router) {
    using membership::Role;
    const auto& querier = router.querier();
    Json described{{"role", querier.role() == Role::querier       ? "querier"
                            : querier.role() == Role::non_querier ? "non-querier"
                                                                  : "listener"},
                   {"groups", router.groups().size()}};
    if (const auto elected = querier.elected()) {
        described["querier"] = to_string(*elected);
    }
    return described;
}

/// Addresses, the owner in MGM, and IGMP or MLD, under the family's name.
template <class F>
void describe_family(Context& context, const InterfaceSettings& interface, Json& row) {
    Json described = Json::object();
    Json addresses = Json::array();
    for (const auto& address : interface.family<F>().addresses) {
        addresses.push_back(to_string(address));
    }
    described["addresses"] = std::move(addresses);
    auto& control = *context.control.tables<F>().at(interface.table);
    if (const auto owner = control.manager().protocol_on_interface({interface.index, {}})) {
        described["owner"] = protocol_name(context, interface.table, owner->protocol);
    }
    if (const auto* router = control.membership().router(interface.index)) {
        described[protocol_name(context, interface.table, mgm::kMembershipProtocol<F>)] =
            membership_of(*router);
    }
    row[kFamilyName<F>] = std::move(described);
}

void describe_link(const Context& context, const InterfaceSettings& interface, Json& row) {
    const auto& port_settings = context.settings.ports[interface.port];
    row["port"] = port_settings.name;
    if (interface.outer_vlan != 0) {
        row["outer_vlan"] = interface.outer_vlan;
    }
    if (interface.vlan != 0) {
        row["vlan"] = interface.vlan;
    }
    row["table"] = interface.table;
    const auto ports = context.view.ports();
    if (interface.port < ports.size()) {
        const auto& port = ports[interface.port];
        row["link"] = port.link_up ? "up" : "down";
        row["mac"] = to_string(port.mac);
        row["mtu"] = interface.mtu.value_or(port.mtu);
        row["driver"] = port.driver;
    }
}

void describe_packets(const Context& context, const InterfaceSettings& interface, Json& row) {
    const auto counters = context.view.interface_counters(interface.index);
    row["rx_packets"] = counters.rx_packets;
    row["rx_octets"] = counters.rx_octets;
    row["tx_packets"] = counters.tx_packets;
    row["tx_octets"] = counters.tx_octets;
    row["ttl_too_low"] = counters.ttl_too_low;
    row["too_big"] = counters.too_big;
    row["discarded"] = counters.discarded;
}

/// One row for each interface that is asked for.
class InterfacesAnswer final : public Answer {
public:
    InterfacesAnswer(Context& context, InterfaceIndex only) : context_(context), only_(only) {}

    bool write(Rows& rows) override {
        const auto& interfaces = context_.settings.interfaces;
        for (; next_ < interfaces.size() && rows.has_room(); ++next_) {
            if (only_ == kNoInterface || only_ == interfaces[next_].index) {
                rows.add(row_of(interfaces[next_]));
            }
        }
        return next_ < interfaces.size();
    }

private:
    Json row_of(const InterfaceSettings& interface) {
        Json row{{"interface", interface.name}, {"index", interface.index}};
        describe_link(context_, interface, row);
        describe_family<V4>(context_, interface, row);
        describe_family<V6>(context_, interface, row);
        describe_packets(context_, interface, row);
        return row;
    }

    Context& context_;
    InterfaceIndex only_;
    std::size_t next_ = 0;
};

}  // namespace

Outcome<AnswerPtr> show_interfaces(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    return std::make_unique<InterfacesAnswer>(
        context, *interface == nullptr ? kNoInterface : (*interface)->index);
}

}  // namespace mgmd::ctl
