// SPDX-License-Identifier: Apache-2.0
// Why an outgoing interface gets a copy, or none.
#include <algorithm>

#include <fmt/format.h>

#include "control/ctl/handlers/explain_steps.hpp"

namespace mgmd::ctl {
namespace {

/// So many interfaces that nobody wants the flow on are told of one by one.
constexpr std::size_t kMostUnwanted = 16;

template <class F>
class Links {
public:
    Links(Context& context, const Explained& explained, const FlowExplanation<F>& flow,
          const mgm::FlowOutlook<F>& outlook, std::vector<Json>& rows)
        : context_(context),
          explained_(explained),
          flow_(flow),
          outlook_(outlook),
          control_(*context.control.template tables<F>().at(flow.flow.table)),
          rows_(rows) {}

    void append() {
        for (const auto& link : outlook_.links) {
            if (is_asked_for(link.interface.index)) {
                append(link);
            }
        }
        if (unwanted_ > kMostUnwanted) {
            rows_.push_back(
                step_row("outgoing", "not listed",
                         fmt::format("nobody wants {} on {} more interfaces",
                                     to_string(flow_.flow.group), unwanted_ - kMostUnwanted)));
        }
    }

private:
    using Link = mgm::LinkOutlook<F>;

    bool is_asked_for(InterfaceIndex interface) const {
        return explained_.out == nullptr || explained_.out->index == interface;
    }
    std::string name(const Link& link) const {
        return interface_name(context_.settings, link.interface.index);
    }
    std::string group() const { return to_string(flow_.flow.group); }
    bool is_installed() const { return outlook_.installed && flow_.entry.has_value(); }

    const CopyExplanation* copy_of(const Link& link) const {
        if (!flow_.entry) {
            return nullptr;
        }
        const auto& copies = flow_.entry->copies;
        const auto found =
            std::ranges::find(copies, link.interface.index, &CopyExplanation::interface);
        return found == copies.end() ? nullptr : &*found;
    }

    void append(const Link& link) {
        if (const auto* copy = copy_of(link)) {
            append_copy(link, *copy);
        } else if (is_installed()) {
            append_row(link,
                       step_row("outgoing", "not listed", "the installed route does not list it"));
        } else if (link.listed) {
            const bool would = !flow_.entry;
            append_row(link,
                       step_row("outgoing", would ? "would be sent" : "listed",
                                wishes_of(link) + (would ? "" : "; the packet gets not so far")));
        } else if (link.bar && (link.wanted || *link.bar == mgm::OutgoingBar::vetoed ||
                                *link.bar == mgm::OutgoingBar::boundary)) {
            append_barred(link, *link.bar);
        } else if (!link.bar && link.wanted) {
            append_row(link, step_row("outgoing", "not listed",
                                      "the entry has as many interfaces as it can have"));
        } else if (!link.memberships.empty()) {
            append_unheeded(link);
        } else if (link.bar != mgm::OutgoingBar::incoming) {
            append_unwanted(link);
        }
    }

    void append_row(const Link& link, Json row) {
        row["interface"] = name(link);
        Json wanted_by = Json::array();
        for (const auto& membership : link.memberships) {
            for (const auto& protocol : protocols_of(link, membership)) {
                wanted_by.push_back({{"protocol", protocol},
                                     {"source", source_text(membership.key)},
                                     {"group", group_text(membership.key)}});
            }
        }
        row["wanted_by"] = std::move(wanted_by);
        rows_.push_back(std::move(row));
    }

    // --- wishes ---

    static std::vector<std::string> protocols_of(const Link& link,
                                                 const mgm::MembershipRecord<F>& membership) {
        std::vector<std::string> names;
        if (membership.by_owner) {
            names.push_back(link.owner ? protocol_name(link.owner->protocol) : "?");
        }
        if (membership.by_igmp) {
            names.push_back(protocol_name(mgm::kMembershipProtocol<F>));
        }
        return names;
    }

    /// "static wants (*, 239.1.1.1), igmp (*, 239.1.1.1) for 10.2.0.11"
    std::string wishes_of(const Link& link) const {
        std::string text;
        for (const auto& membership : link.memberships) {
            for (const auto& protocol : protocols_of(link, membership)) {
                text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", protocol,
                                    text.empty() ? "wants " : "", flow_text(membership.key));
            }
            if (membership.by_igmp) {
                text += hosts_of(link, membership.key);
            }
        }
        if (link.forced) {
            text += std::string(text.empty() ? "" : "; ") + "its owner added it to this entry";
        }
        return text;
    }

    /// " for 10.2.0.11, 10.2.0.12": where hosts are followed.
    std::string hosts_of(const Link& link, const mgm::SourceGroup<F>& key) const {
        const auto* router = control_.membership().router(link.interface.index);
        if (router == nullptr) {
            return {};
        }
        const auto found = router->groups().find(key.group);
        std::string text;
        if (found != router->groups().end()) {
            for (const auto& [address, host] : found->second.group.hosts().hosts()) {
                if (key.has_source() ? host.wants(key.source)
                                     : host.mode == membership::FilterMode::exclude) {
                    text += (text.empty() ? " for " : ", ") + to_string(address);
                }
            }
        }
        return text;
    }

    // --- listed ---

    void append_copy(const Link& link, const CopyExplanation& copy) {
        auto wishes = is_installed() ? "the installed route lists it" : wishes_of(link);
        Json row = copy.frame ? sent_row(copy, wishes) : unsent_row(link, copy, wishes);
        row["rewrite_class"] = copy.rewrite_class;
        row["ttl_threshold"] = copy.ttl_threshold;
        row["mtu"] = copy.mtu;
        append_row(link, std::move(row));
    }

    static Json sent_row(const CopyExplanation& copy, const std::string& wishes) {
        const auto& frame = *copy.frame;
        const auto tags = frame.outer_vlan != 0
                              ? fmt::format(", VLAN {} in {}", frame.vlan, frame.outer_vlan)
                          : frame.vlan != 0 ? fmt::format(", VLAN {}", frame.vlan)
                                            : std::string();
        const auto frames = frame.frames > 1 ? fmt::format(" in {} fragments, for the MTU is {}",
                                                           frame.frames, copy.mtu)
                                             : std::string();
        Json row = step_row("outgoing", copy.fate == CopyFate::fragmented ? "fragmented" : "sent",
                            fmt::format("{}; {} octets{} to {}{}, TTL {}", wishes, frame.octets,
                                        frames, to_string(frame.destination), tags, frame.ttl));
        row["frame"] = {{"destination", to_string(frame.destination)},
                        {"source", to_string(frame.source)},
                        {"outer_vlan", frame.outer_vlan},
                        {"vlan", frame.vlan},
                        {"ttl", frame.ttl},
                        {"frames", frame.frames},
                        {"octets", frame.octets}};
        return row;
    }

    Json unsent_row(const Link& link, const CopyExplanation& copy,
                    const std::string& wishes) const {
        const auto interface = name(link);
        switch (copy.fate) {
            case CopyFate::arrival_link:
                return step_row("outgoing", "left out",
                                wishes + "; but the packet came from there");
            case CopyFate::boundary:
                return step_row("outgoing", "left out", wishes + "; but " + boundary_of(link),
                                "another group, or another boundary");
            case CopyFate::ttl_too_low:
                return step_row(
                    "outgoing", "ttl too low",
                    fmt::format("{}; but the TTL as received, {}, is not greater than "
                                "the threshold {}",
                                wishes, flow_.ttl, copy.ttl_threshold),
                    "a greater TTL at the sender, or a lower ttl_threshold of " + interface);
            case CopyFate::too_big:
                return step_row(
                    "outgoing", "too big",
                    fmt::format("{}; but {} octets are more than the MTU, {}, and {}", wishes,
                                flow_.ip_length, copy.mtu,
                                F::family == Family::ipv4 ? "Don't Fragment is set"
                                                          : "IPv6 routers do not fragment"),
                    "shorter packets, or a greater mtu of " + interface);
            case CopyFate::disabled:
                return step_row("outgoing", "disabled", wishes + "; but it is disabled",
                                "enabling " + interface);
            case CopyFate::link_down:
                return step_row("outgoing", "link down", wishes + "; but its link is down",
                                "a link on " + interface);
            default:
                return step_row("outgoing", "discarded", wishes + "; but no buffer is free",
                                "more buffers: see mgmctl show memory");
        }
    }

    // --- not listed ---

    void append_barred(const Link& link, mgm::OutgoingBar bar) {
        const auto wishes = link.wanted ? wishes_of(link) + "; but " : std::string();
        switch (bar) {
            case mgm::OutgoingBar::no_incoming:
                append_row(link,
                           step_row("outgoing", "not listed",
                                    wishes + "there is no route to " + to_string(flow_.flow.source),
                                    "a route to it"));
                return;
            case mgm::OutgoingBar::incoming:
                append_row(link, step_row("outgoing", "not listed",
                                          wishes + "the packets come from there"));
                return;
            case mgm::OutgoingBar::vetoed:
                append_row(link, step_row("outgoing", "not listed",
                                          wishes + owner_of(link) + " keeps this flow from it"));
                return;
            case mgm::OutgoingBar::boundary:
                append_row(link, step_row("outgoing", "not listed", wishes + boundary_of(link),
                                          "another group, or another boundary"));
        }
    }

    std::string owner_of(const Link& link) const {
        return link.owner ? protocol_name(link.owner->protocol)
                          : protocol_name(mgm::kMembershipProtocol<F>);
    }

    /// "boundary 239.0.0.0/8 of right covers 239.1.1.1"
    std::string boundary_of(const Link& link) const {
        const auto& boundaries = context_.settings.interfaces[link.interface.index - 1u].boundaries;
        const auto& prefixes = [&]() -> const auto& {
            if constexpr (F::family == Family::ipv4) {
                return boundaries.ipv4;
            } else {
                return boundaries.ipv6;
            }
        }
        ();
        const auto covers = [&](const Prefix<F>& prefix) {
            return prefix.contains(flow_.flow.group);
        };
        const auto found = std::ranges::find_if(prefixes, covers);
        const auto which = found != prefixes.end()
                               ? to_string(*found)
                               : fmt::format("of scope {}", boundaries.ipv6_scope);
        return fmt::format("boundary {} of {} covers {}", which, name(link), group());
    }

    /// Hosts want the group, but it does not count for this source.
    void append_unheeded(const Link& link) {
        const auto& source = flow_.flow.source;
        const bool excluded = std::ranges::any_of(link.memberships, [&](const auto& membership) {
            return std::ranges::binary_search(membership.exclude, source);
        });
        const auto why =
            link.owner && link.local == mgm::LocalMode::advise
                ? wishes_of(link) + "; but " + owner_of(link) + ", which owns it, decides there"
            : excluded
                ? wishes_of(link) + "; but the hosts exclude " + to_string(source)
                : wishes_of(link) + "; but its filter of sources denies " + to_string(source);
        const auto change =
            excluded ? std::string("a host there that asks for this source") : std::string();
        append_row(link, step_row("outgoing", "not listed", why, change));
    }

    void append_unwanted(const Link& link) {
        if (++unwanted_ > kMostUnwanted && explained_.out == nullptr) {
            return;
        }
        const auto interface = name(link);
        const auto host = fmt::format("a host there that joins {}", group());
        const auto join = fmt::format("mgmctl add join {} --interface {}", group(), interface);
        const bool has_static = link.owner && link.owner->protocol == kStaticProtocol;
        const auto protocol = protocol_name(mgm::kMembershipProtocol<F>);
        const auto why = fmt::format("nobody wants {} there{}", group(),
                                     link.igmp ? "" : ", and " + protocol + " is not enabled");
        const auto change = link.igmp && has_static ? host + ", or " + join
                            : link.igmp             ? host
                            : has_static            ? join
                                                    : protocol + ", or protocol: static and a join";
        append_row(link, step_row("outgoing", "not listed", why, change));
    }

    Context& context_;
    const Explained& explained_;
    const FlowExplanation<F>& flow_;
    const mgm::FlowOutlook<F>& outlook_;
    TableControl<F>& control_;
    std::vector<Json>& rows_;
    std::size_t unwanted_ = 0;
};

}  // namespace

template <class F>
void append_outgoing(Context& context, const Explained& explained, const FlowExplanation<F>& flow,
                     const mgm::FlowOutlook<F>& outlook, std::vector<Json>& rows) {
    Links<F>(context, explained, flow, outlook, rows).append();
}

template void append_outgoing(Context&, const Explained&, const FlowExplanation<V4>&,
                              const mgm::FlowOutlook<V4>&, std::vector<Json>&);
template void append_outgoing(Context&, const Explained&, const FlowExplanation<V6>&,
                              const mgm::FlowOutlook<V6>&, std::vector<Json>&);

}  // namespace mgmd::ctl
