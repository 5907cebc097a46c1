// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "control/busiest_flows.hpp"
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

/// Describes the entries of one table and family.
template <class F>
class MrouteRows {
public:
    MrouteRows(const Context& context, TableId table, TableControl<F>& control)
        : context_(context), table_(table), control_(control) {}

    Json row(const mgm::MfeRecord<F>& mfe, const mgm::MfeStats<F>& stats) const {
        Json row{{"family", kFamilyName<F>},
                 {"table", table_},
                 {"source", source_text(mfe.key)},
                 {"group", group_text(mfe.key)},
                 {"state", state_of(mfe.installed, mfe.negative)}};
        describe_arrival(mfe, row);
        row["age_s"] = in_seconds(stats.up_time);
        if (!mfe.installed) {
            row["expires_s"] = in_seconds(stats.expiry_time);
        }
        row["packets"] = stats.packets;
        row["octets"] = stats.octets;
        row["wrong_interface"] = stats.wrong_interface;
        row["negative_hits"] = stats.negative_hits;
        row["ttl_expired"] = stats.header_errors;
        row["no_room_to_wait"] = stats.queue_overflow;
        row["copies"] = stats.total_out;
        row["copies_discarded"] = stats.discards;
        row["outgoing"] = outgoing_of(context_.settings, stats);
        if (mfe.negative) {
            row["why"] = negative_reason(context_.settings, control_.manager(), mfe);
        }
        return row;
    }
    /// nullopt: the entry is gone since its page was read.
    std::optional<mgm::MfeStats<F>> stats(const mgm::MfeRecord<F>& mfe) const {
        auto stats = control_.manager().get_mfe_stats(mfe.key);
        return stats ? std::optional(std::move(*stats)) : std::nullopt;
    }

private:
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
};

/// The entries of one table and family that a client asks for.
template <class F>
class MroutesOf final : public Answer {
public:
    MroutesOf(const MrouteRows<F>& entries, MfeWalk<F> walk)
        : entries_(entries), walk_(std::move(walk)) {}

    bool write(Rows& rows) override {
        return walk_.step(rows, [&](const mgm::MfeRecord<F>& mfe) {
            if (const auto stats = entries_.stats(mfe)) {
                rows.add(entries_.row(mfe, *stats));
            }
        });
    }

private:
    MrouteRows<F> entries_;
    MfeWalk<F> walk_;
};

/// Looks through the entries of one table and family for busy ones; writes nothing.
template <class F>
class BusyMroutesOf final : public Answer {
public:
    /// `busiest` outlives it.
    BusyMroutesOf(const MrouteRows<F>& entries, MfeWalk<F> walk, Busiest<Json>& busiest)
        : entries_(entries), walk_(std::move(walk)), busiest_(busiest) {}

    bool write(Rows& rows) override {
        return walk_.step(rows, [&](const mgm::MfeRecord<F>& mfe) {
            if (const auto stats = entries_.stats(mfe)) {
                rows.skip(kStatsCost);
                busiest_.add(rate_of(*stats), [&] { return entries_.row(mfe, *stats); });
            }
        });
    }

private:
    static constexpr std::size_t kStatsCost = 3;

    /// Packets in 1000 s, over the entry's life: idle entries end, so that it tells who is busy,
    /// and neither the old nor the new have an advantage.
    static std::uint64_t rate_of(const mgm::MfeStats<F>& stats) {
        const auto packets = stats.packets + stats.negative_hits + stats.wrong_interface;
        const auto age = std::max<std::int64_t>(1, stats.up_time.count());
        return packets * 100'000 / static_cast<std::uint64_t>(age);
    }

    MrouteRows<F> entries_;
    MfeWalk<F> walk_;
    Busiest<Json>& busiest_;
};

/// The busiest entries of all, once all have been looked at.
class BusiestMroutes final : public Answer {
public:
    explicit BusiestMroutes(std::size_t most) : busiest_(most) {}

    Busiest<Json>& busiest() { return busiest_; }
    void search(std::vector<AnswerPtr> parts) { search_.emplace(std::move(parts)); }

    bool write(Rows& rows) override {
        if (!found_ && !search_->write(rows)) {
            found_.emplace(busiest_.take_by_score());
        }
        return !found_ || found_->write(rows);
    }

private:
    Busiest<Json> busiest_;
    std::optional<ChainedAnswer> search_;
    std::optional<FixedAnswer> found_;
};

}  // namespace

Outcome<AnswerPtr> show_mroutes(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    const auto top = arguments.number("top");
    auto busiest = std::make_unique<BusiestMroutes>(top.value_or(0));
    std::vector<AnswerPtr> parts;
    for_tables(context, arguments, [&]<class F>(TableId table, TableControl<F>& control) {
        const auto flows = FlowFilter<F>::of(arguments, *interface);
        if (!flows) {
            return;
        }
        const MrouteRows<F> entries(context, table, control);
        MfeWalk<F> walk(control.manager(), MfeFilter<F>{*flows, arguments.text("state")});
        if (top) {
            parts.push_back(
                std::make_unique<BusyMroutesOf<F>>(entries, std::move(walk), busiest->busiest()));
        } else {
            parts.push_back(std::make_unique<MroutesOf<F>>(entries, std::move(walk)));
        }
    });
    if (!top) {
        return std::make_unique<ChainedAnswer>(std::move(parts));
    }
    busiest->search(std::move(parts));
    return busiest;
}

}  // namespace mgmd::ctl
