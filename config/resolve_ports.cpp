// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// RTE_MAX_ETHPORTS of Debian's DPDK.
constexpr std::size_t kMaxPorts = 32;

/// The parts between commas; those in brackets belong to an argument's value.
std::vector<std::string_view> device_parts(std::string_view device) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < device.size(); ++i) {
        depth += device[i] == '[' ? 1 : device[i] == ']' ? -1 : 0;
        if (device[i] == ',' && depth <= 0) {
            parts.push_back(device.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    parts.push_back(device.substr(begin));
    return parts;
}

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return std::isalnum(octet) != 0 || c == '_' || c == '-' || c == '.' || c == ':';
    });
}

Rule device_rule(std::string_view device) {
    const auto parts = device_parts(device);
    if (!is_word(parts.front())) {
        return "must start with a PCI address or the name of a DPDK device like net_pcap0";
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i].find('\n') != std::string_view::npos ||
            !is_word(parts[i].substr(0, parts[i].find('='))) ||
            parts[i].find('=') == std::string_view::npos) {
            return "each part after a comma must be an argument like name=value; a path can't "
                   "contain a comma";
        }
    }
    return std::nullopt;
}

/// What two ports may not have in common: the device name, a PCI address with its domain.
std::string device_identity(std::string_view device) {
    std::string name(device_parts(device).front());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool is_short_pci = name.size() == 7 && name[2] == ':' && name[5] == '.';
    return is_short_pci ? "0000:" + name : name;
}

class DeviceCheck {
public:
    explicit DeviceCheck(Resolver& resolver) : resolver_(resolver) {}

    void check(const std::string& device, const Node& node) {
        if (device.empty()) {
            return;
        }
        if (const Rule rule = device_rule(device)) {
            resolver_.diagnostics.add(node, *rule);
            return;
        }
        const auto [first, is_new] = seen_.try_emplace(device_identity(device), &node);
        if (!is_new) {
            resolver_.diagnostics.add(node, "the device is already that of " +
                                                path(*first->second) + on_line(*first->second));
        }
        if (seen_.size() == kMaxPorts + 1 && is_new) {
            resolver_.diagnostics.add(
                node, "more than " + std::to_string(kMaxPorts) + " devices, kernel ports included");
        }
    }

private:
    Resolver& resolver_;
    std::map<std::string, const Node*> seen_;
};

void check_mac(Resolver& resolver, const MacAddress& mac, const Node& node) {
    if (is_group_mac(mac) || mac == MacAddress{}) {
        resolver.diagnostics.add(node, "must be an individual MAC address, not of a group or zero");
    }
}

}  // namespace

void resolve_ports(Resolver& resolver) {
    if (const auto& router_mac = resolver.draft.router_mac; router_mac.node != nullptr) {
        check_mac(resolver, router_mac.value, *router_mac.node);
        resolver.settings.router_mac = router_mac.value;
    }
    const Node* ports = child(*resolver.draft.node, "ports");
    if (ports != nullptr && ports->kind == Node::Kind::mapping && ports->children.empty()) {
        resolver.diagnostics.add(*ports, "a router needs at least one port");
    }
    DeviceCheck devices(resolver);
    for (const PortDraft& port : resolver.draft.ports) {
        devices.check(port.device, at(*port.node, "device"));
        if (port.kernel_port) {
            devices.check(*port.kernel_port, at(*port.node, "kernel_port"));
        }
        if (port.mac) {
            check_mac(resolver, *port.mac, at(*port.node, "mac"));
        }
        resolver.settings.ports.push_back(port);
    }
}

}  // namespace mgmd::config
