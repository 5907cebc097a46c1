// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <variant>

#include "config/address_rules.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

/// What hosts of one interface may ask for in one family.
template <class F>
class Policy {
public:
    Policy(Diagnostics& diagnostics, const MembershipDraft<F>& draft,
           MembershipProtocolSettings<F>& settings)
        : diagnostics_(diagnostics), draft_(draft), settings_(settings) {}

    void resolve() {
        settings_.groups.allow = prefixes(draft_.given_allow_groups, group_prefix_rule<F>);
        settings_.groups.deny = prefixes(draft_.given_deny_groups, group_prefix_rule<F>);
        settings_.sources.allow = prefixes(draft_.given_allow_sources, source_prefix_rule<F>);
        settings_.sources.deny = prefixes(draft_.given_deny_sources, source_prefix_rule<F>);
        for (const auto& mapping : draft_.given_mapping) {
            if (auto resolved = resolve(mapping)) {
                settings_.ssm_mapping.push_back(std::move(*resolved));
            }
        }
    }

private:
    using PrefixRule = Rule (*)(const Prefix<F>&);

    std::vector<Prefix<F>> prefixes(const std::vector<Located<AnyPrefix>>& given, PrefixRule rule) {
        std::vector<Prefix<F>> result;
        for (const auto& each : given) {
            if (const auto prefix = checked(each, rule)) {
                result.push_back(*prefix);
            }
        }
        return result;
    }

    std::optional<Prefix<F>> checked(const Located<AnyPrefix>& given, PrefixRule rule) {
        const auto* prefix = std::get_if<Prefix<F>>(&given.value);
        const Rule broken = prefix == nullptr ? Rule(kOtherFamily) : rule(*prefix);
        if (broken) {
            diagnostics_.add(*given.node, *broken);
            return std::nullopt;
        }
        return *prefix;
    }

    std::optional<SsmMapping<F>> resolve(const SsmMappingDraft<F>& draft) {
        if (draft.groups.node == nullptr) {
            return std::nullopt;  // reported
        }
        const auto groups = checked(draft.groups, group_prefix_rule<F>);
        if (!groups) {
            return std::nullopt;
        }
        SsmMapping<F> mapping{*groups, {}};
        for (const auto& given : draft.sources) {
            const auto* source = std::get_if<typename F::Address>(&given.value);
            const Rule broken = source == nullptr ? Rule(kOtherFamily) : host_rule(*source);
            if (broken) {
                diagnostics_.add(*given.node, *broken);
            } else {
                mapping.sources.push_back(*source);
            }
        }
        return mapping;
    }

    static constexpr const char* kOtherFamily =
        F::family == Family::ipv4 ? "must be of IPv4, as IGMP is" : "must be of IPv6, as MLD is";

    Diagnostics& diagnostics_;
    const MembershipDraft<F>& draft_;
    MembershipProtocolSettings<F>& settings_;
};

}  // namespace

void resolve_membership_policy(Resolver& resolver) {
    for (InterfaceSettings& interface : resolver.settings.interfaces) {
        const InterfaceDraft& draft = resolver.draft.interfaces[interface.index - 1];
        Policy<V4>(resolver.diagnostics, draft.igmp, interface.ipv4.membership).resolve();
        Policy<V6>(resolver.diagnostics, draft.mld, interface.ipv6.membership).resolve();
    }
}

}  // namespace mgmd::config
