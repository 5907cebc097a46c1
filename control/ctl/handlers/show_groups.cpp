// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

using membership::FilterMode;

/// What the hosts of an interface have to do with a membership of IGMP's (MLD's).
template <class F>
class HostsOf {
public:
    HostsOf(const membership::Group<F>& group, const mgm::SourceGroup<F>& key, TimePoint now)
        : group_(group), key_(key), now_(now) {}

    void describe(Json& row) const {
        const auto& filter = group_.filter();
        row["filter"] = filter.mode() == FilterMode::include ? "include" : "exclude";
        if (const auto ends = timer()) {
            row["expires_s"] = std::max(0.0, in_seconds(*ends - now_));
        }
        row["oldest_version"] =
            static_cast<unsigned>(group_.compatibility()) - membership::kVersionGap<F>;
        Json hosts = Json::array();
        for (const auto& [address, host] : group_.hosts().hosts()) {
            if (key_.has_source() ? host.wants(key_.source) : host.mode == FilterMode::exclude) {
                hosts.push_back(to_string(address));
            }
        }
        if (!hosts.empty()) {
            row["hosts"] = std::move(hosts);
        }
    }

private:
    std::optional<TimePoint> timer() const {
        const auto& filter = group_.filter();
        if (!key_.has_source()) {
            return filter.mode() == FilterMode::exclude ? std::optional(filter.group_ends())
                                                        : std::nullopt;
        }
        const auto source = filter.sources().find(key_.source);
        return source == filter.sources().end() ? std::nullopt : source->second;
    }

    const membership::Group<F>& group_;
    const mgm::SourceGroup<F>& key_;
    TimePoint now_;
};

/// The memberships of one table and family that a client asks for.
template <class F>
class GroupsOf final : public Answer {
public:
    GroupsOf(const Context& context, TableId table, TableControl<F>& control,
             const FlowFilter<F>& filter)
        : context_(context),
          table_(table),
          control_(control),
          filter_(filter),
          last_(filter.before_first()) {}

    bool write(Rows& rows) override {
        while (rows.has_room()) {
            last_ = control_.manager().next_membership_key(last_);
            if (!last_ || filter_.is_past(*last_)) {
                return false;
            }
            rows.skip();
            if (!filter_.admits(*last_)) {
                continue;
            }
            for (const auto& membership : control_.manager().memberships(*last_)) {
                if (filter_.interface == kNoInterface ||
                    filter_.interface == membership.interface.index) {
                    rows.add(row_of(membership));
                }
            }
        }
        return true;
    }

private:
    Json row_of(const mgm::MembershipRecord<F>& membership) const {
        const auto interface = membership.interface.index;
        Json row{{"family", kFamilyName<F>},
                 {"table", table_},
                 {"group", group_text(membership.key)},
                 {"source", source_text(membership.key)},
                 {"interface", interface_name(context_.settings, interface)}};
        Json by = Json::array();
        if (membership.by_owner) {
            const auto owner = control_.manager().protocol_on_interface(membership.interface);
            by.push_back(owner ? protocol_name(context_, table_, owner->protocol) : "?");
        }
        if (membership.by_igmp) {
            by.push_back(protocol_name(context_, table_, mgm::kMembershipProtocol<F>));
        }
        row["by"] = std::move(by);
        row["active"] = !membership.inactive;
        Json excluded = Json::array();
        for (const auto& source : membership.exclude) {
            excluded.push_back(to_string(source));
        }
        row["excluded"] = std::move(excluded);
        if (membership.by_igmp) {
            describe_hosts(membership, row);
        }
        return row;
    }

    void describe_hosts(const mgm::MembershipRecord<F>& membership, Json& row) const {
        const auto* router = control_.membership().router(membership.interface.index);
        if (router == nullptr) {
            return;
        }
        const auto found = router->groups().find(membership.key.group);
        if (found != router->groups().end()) {
            HostsOf<F>(found->second.group, membership.key, context_.clock.now()).describe(row);
        }
    }

    const Context& context_;
    TableId table_;
    TableControl<F>& control_;
    FlowFilter<F> filter_;
    std::optional<mgm::SourceGroup<F>> last_;
};

}  // namespace

Outcome<AnswerPtr> show_groups(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    std::vector<AnswerPtr> parts;
    for_tables(context, arguments, [&]<class F>(TableId table, TableControl<F>& control) {
        if (const auto filter = FlowFilter<F>::of(arguments, *interface)) {
            parts.push_back(std::make_unique<GroupsOf<F>>(context, table, control, *filter));
        }
    });
    return std::make_unique<ChainedAnswer>(std::move(parts));
}

}  // namespace mgmd::ctl
