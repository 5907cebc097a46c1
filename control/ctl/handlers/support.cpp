// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mgmd::ctl {

std::string interface_name(const Settings& settings, InterfaceIndex interface) {
    const auto* found = settings.interface(interface);
    return found == nullptr ? std::string() : found->name;
}

Outcome<const InterfaceSettings*> find_interface(const Settings& settings,
                                                 const std::string& name) {
    const auto found = std::find_if(settings.interfaces.begin(), settings.interfaces.end(),
                                    [&](const auto& each) { return each.name == name; });
    if (found == settings.interfaces.end()) {
        return refuse(Refused::not_found, "interface \"" + name + "\": there is none of that name");
    }
    return &*found;
}

Outcome<const InterfaceSettings*> interface_argument(const Context& context,
                                                     const Arguments& arguments) {
    const auto name = arguments.text("interface");
    return name ? find_interface(context.settings, *name)
                : Outcome<const InterfaceSettings*>(nullptr);
}

std::string protocol_name(mgm::ProtocolId protocol) {
    switch (protocol) {
        case kStaticProtocol:
            return "static";
        case kProxyProtocol:
            return "proxy";
        case mgm::kIgmpProtocol:
            return "igmp";
        case mgm::kMldProtocol:
            return "mld";
        default:
            return fmt::format("{:#010x}", protocol);
    }
}

std::string protocol_name(const Context& context, TableId table, mgm::ProtocolId protocol) {
    const auto plugin = context.control.plugins().name_of(table, protocol);
    return plugin.empty() ? protocol_name(protocol) : plugin;
}

Outcome<AnswerPtr> done_or_refused(const mgm::Result<>& result) {
    if (result) {
        return done();
    }
    const auto code = [&] {
        switch (result.error().code) {
            case mgm::Errc::not_found:
                return Refused::not_found;
            case mgm::Errc::already_exists:
                return Refused::already_exists;
            case mgm::Errc::not_enough_memory:
                return Refused::limit;
            case mgm::Errc::invalid_parameter:
                return Refused::invalid_argument;
            default:
                return Refused::conflict;
        }
    }();
    return refuse(code, result.error().message);
}

}  // namespace mgmd::ctl
