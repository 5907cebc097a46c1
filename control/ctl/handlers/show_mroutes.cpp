// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/mfe_walk.hpp"
#include "control/ctl/negative_reason.hpp"

namespace mgmd::ctl {
namespace {

template <class F>
Json outgoing_of(const Settings& settings, const mgm::MfeStats<F>& stats) {
    Json list = Json::array();
    for (const auto& out : stats.outgoing) {
        list.push_back({{"interface", interface_name(settings, out.interface.index)},
                        {"packets", out.out_packets},
                        {"ttl_too_low", out.ttl_too_low},
                        {"too_big", out.too_big},
                        {"discarded", out.out_discards}});
    }
    return list;
}

/// The entries of one table and family that a client asks for.
template <class F>
class MroutesOf final : public Answer {
public:
    MroutesOf(const Context& context, TableId table, TableControl<F>& control,
              const MfeFilter<F>& filter)
        : context_(context), table_(table), control_(control), walk_(control.manager(), filter) {}

    bool write(Rows& rows) override {
        return walk_.step(rows, [&](const mgm::MfeRecord<F>& mfe) { add(mfe, rows); });
    }

private:
    void add(const mgm::MfeRecord<F>& mfe, Rows& rows) const {
        const auto stats = control_.manager().get_mfe_stats(mfe.key);
        if (!stats) {
            return;  // gone since the page was read
        }
        Json row{{"family", kFamilyName<F>},
                 {"table", table_},
                 {"source", source_text(mfe.key)},
                 {"group", group_text(mfe.key)},
                 {"state", state_of(mfe.installed, mfe.negative)}};
        describe_arrival(mfe, row);
        row["age_s"] = in_seconds(stats->up_time);
        if (!mfe.installed) {
            row["expires_s"] = in_seconds(stats->expiry_time);
        }
        row["packets"] = stats->packets;
        row["octets"] = stats->octets;
        row["wrong_interface"] = stats->wrong_interface;
        row["negative_hits"] = stats->negative_hits;
        row["ttl_expired"] = stats->header_errors;
        row["no_room_to_wait"] = stats->queue_overflow;
        row["copies"] = stats->total_out;
        row["copies_discarded"] = stats->discards;
        row["outgoing"] = outgoing_of(context_.settings, *stats);
        if (mfe.negative) {
            row["why"] = negative_reason(context_.settings, control_.manager(), mfe);
        }
        rows.add(std::move(row));
    }

    void describe_arrival(const mgm::MfeRecord<F>& mfe, Json& row) const {
        Json incoming = Json::array();
        for (const auto interface : mfe.accept.interfaces) {
            incoming.push_back(interface_name(context_.settings, interface));
        }
        row["incoming"] = mfe.accept.any ? Json::array({"any"}) : std::move(incoming);
        if (mfe.incoming_protocol != 0) {
            row["owner"] = protocol_name(context_, table_, mfe.incoming_protocol);
        }
        if (!is_unspecified(mfe.upstream)) {
            row["upstream"] = to_string(mfe.upstream);
        }
        if (mfe.route.protocol != 0) {
            row["route"] = to_string(mfe.route.network);
        }
    }

    const Context& context_;
    TableId table_;
    TableControl<F>& control_;
    MfeWalk<F> walk_;
};

}  // namespace

Outcome<AnswerPtr> show_mroutes(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    std::vector<AnswerPtr> parts;
    for_tables(context, arguments, [&]<class F>(TableId table, TableControl<F>& control) {
        if (const auto flows = FlowFilter<F>::of(arguments, *interface)) {
            parts.push_back(std::make_unique<MroutesOf<F>>(
                context, table, control, MfeFilter<F>{*flows, arguments.text("state")}));
        }
    });
    return std::make_unique<ChainedAnswer>(std::move(parts));
}

}  // namespace mgmd::ctl
