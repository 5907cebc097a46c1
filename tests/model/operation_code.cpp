// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include "tests/model/operation.hpp"

/// Operations as the C++ code that makes them.
namespace mgmd::mgm::differential {
namespace {

template <class Enum, std::size_t N>
std::string name(Enum value, const std::array<std::string_view, N>& names) {
    return std::string(names.at(static_cast<std::size_t>(value)));
}

constexpr std::array<std::string_view, 34> kVerbs = {"register_protocol",
                                                     "deregister_protocol",
                                                     "take_interface",
                                                     "release_interface",
                                                     "set_local_mode",
                                                     "rpf_changed",
                                                     "protocol_on_interface",
                                                     "resync_done",
                                                     "add_membership",
                                                     "delete_membership",
                                                     "set_mfe_upstream",
                                                     "install_route",
                                                     "install_route_anywhere",
                                                     "remove_route",
                                                     "packets",
                                                     "no_entry",
                                                     "wrong_interface",
                                                     "interface_state",
                                                     "add_unicast",
                                                     "add_multicast",
                                                     "remove_unicast",
                                                     "remove_multicast",
                                                     "set_boundaries",
                                                     "advance",
                                                     "wait",
                                                     "first_mfes",
                                                     "next_mfes",
                                                     "start_enumeration",
                                                     "next_groups",
                                                     "end_enumeration",
                                                     "answer_rpf",
                                                     "answer_creation_alert",
                                                     "answer_prune_alert",
                                                     "react"};
static_assert(kVerbs.size() == static_cast<std::size_t>(Verb::react) + 1);

std::string to_code(From from) {
    return name(from, std::array<std::string_view, 5>{"any", "s1", "s2", "s3", "odd"});
}
std::string to_code(To to) {
    return name(to, std::array<std::string_view, 9>{"g1", "g2", "g3", "ssm", "range", "all",
                                                    "link_scope", "unicast", "host_bits"});
}
std::string to_code(Net net) {
    return name(net, std::array<std::string_view, 4>{"only_s1", "only_s3", "lan", "wide"});
}
std::string to_code(Hop hop) {
    return name(hop, std::array<std::string_view, 3>{"connected", "router_a", "router_b"});
}
std::string to_code(Callback callback) {
    return "Callback::" + name(callback, std::array<std::string_view, 10>{
                                             "rpf", "creation_alert", "join_alert", "prune_alert",
                                             "wrong_interface", "local_join", "local_leave",
                                             "local_exclude", "disable_igmp", "enable_igmp"});
}
std::string to_code(MembershipFlags flags) {
    return "MembershipFlags::" + name(flags, std::array<std::string_view, 4>{
                                                 "none", "join", "forward", "join_and_forward"});
}
std::string to_code(LocalMode local) {
    return local == LocalMode::forward ? "LocalMode::forward" : "LocalMode::advise";
}
std::string to_code(Action action) {
    return "Action::" + name(action, std::array<std::string_view, 4>{"forward", "forward_and_copy",
                                                                     "hand_over", "drop"});
}
std::string to_code(int number) {
    return std::to_string(number);
}

template <class Item>
std::string to_code(const std::vector<Item>& items) {
    std::string code;
    for (const Item& item : items) {
        code += (code.empty() ? "" : ", ") + to_code(item);
    }
    return "{" + code + "}";
}

template <class... Arguments>
std::string list(const Arguments&... arguments) {
    std::string code;
    ((code += (code.empty() ? "" : ", ") + to_code(arguments)), ...);
    return "(" + code + ")";
}

std::string arguments_of_reader(const Operation& op) {
    switch (op.verb) {
        case Verb::protocol_on_interface:
            return list(op.where);
        case Verb::next_mfes:
            return list(op.flow, op.number);
        case Verb::start_enumeration:
            return "(" + to_code(op.who) +
                   (op.number == 0 ? ", EnumerationType::any_source)"
                                   : ", EnumerationType::all_sources)");
        case Verb::end_enumeration:
            return "()";
        default:
            return list(op.number);
    }
}

std::string arguments_of_world(const Operation& op) {
    switch (op.verb) {
        case Verb::packets:
            return list(op.flow, op.where, op.number);
        case Verb::no_entry:
        case Verb::wrong_interface:
            return list(op.flow, op.where);
        case Verb::interface_state:
            return "(" + to_code(op.where) + (op.number != 0 ? ", true)" : ", false)");
        case Verb::add_unicast:
        case Verb::add_multicast:
            return list(op.net, op.where, op.hop, op.number);
        case Verb::remove_unicast:
        case Verb::remove_multicast:
            return list(op.net, op.where, op.hop);
        case Verb::set_boundaries:
            return list(op.where, op.boundaries);
        case Verb::answer_rpf:
            return list(op.who, op.where, op.hop);
        case Verb::answer_creation_alert:
            return list(op.who, op.where);
        case Verb::answer_prune_alert:
            return list(op.who, op.number);
        case Verb::react:
            return list(op.who, op.callback, *op.call);
        default:
            return arguments_of_reader(op);
    }
}

std::string arguments(const Operation& op) {
    switch (op.verb) {
        case Verb::register_protocol:
        case Verb::deregister_protocol:
            return list(op.who);
        case Verb::take_interface:
        case Verb::set_local_mode:
            return list(op.who, op.where, op.local);
        case Verb::release_interface:
        case Verb::rpf_changed:
        case Verb::resync_done:
            return list(op.who, op.where);
        case Verb::add_membership:
            return op.exclude.empty() ? list(op.who, op.flow, op.where, op.flags)
                                      : list(op.who, op.flow, op.where, op.flags, op.exclude);
        case Verb::delete_membership:
            return list(op.who, op.flow, op.where, op.flags);
        case Verb::set_mfe_upstream:
            return list(op.who, op.flow, op.hop);
        case Verb::install_route:
            return list(op.who, op.flow, op.accept, op.outgoing, op.action);
        case Verb::install_route_anywhere:
            return list(op.who, op.flow, op.outgoing);
        case Verb::remove_route:
            return list(op.who, op.flow);
        default:
            return arguments_of_world(op);
    }
}

}  // namespace

std::string to_code(Who who) {
    return name(who, std::array<std::string_view, 5>{"igmp", "pim", "pim_b", "dvmrp", "igmp_b"});
}
std::string to_code(Where where) {
    return name(where, std::array<std::string_view, 8>{"link1", "link2", "link3", "link4",
                                                       "tunnel_a", "tunnel_b", "nowhere", "none"});
}
std::string to_code(Flow flow) {
    return "{" + to_code(flow.from) + ", " + to_code(flow.to) + "}";
}

std::string to_code(const Operation& operation) {
    return name(operation.verb, kVerbs) + arguments(operation);
}

std::string to_code(const Script& script) {
    std::string code = "const Script script = {\n";
    for (const Operation& operation : script) {
        code += "    " + to_code(operation) + ",\n";
    }
    return code + "};\n";
}

}  // namespace mgmd::mgm::differential
