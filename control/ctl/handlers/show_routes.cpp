// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

std::string route_protocol(std::uint32_t protocol) {
    return protocol == kRouteProtocolLocal    ? "connected"
           : protocol == kRouteProtocolStatic ? "static"
                                              : std::to_string(protocol);
}

/// The routes of one view of one table and family, longest prefixes first: the order in which they
/// are looked up.
template <class F>
class RoutesOf final : public Answer {
public:
    RoutesOf(const Context& context, TableId table, const Rib<F>& rib, RouteView view,
             const FlowFilter<F>& filter)
        : context_(context), table_(table), rib_(rib), view_(view), filter_(filter) {}

    bool write(Rows& rows) override {
        while (rows.has_room()) {
            if (next_ == routes_.size()) {
                if (length_ < 0) {
                    return false;
                }
                routes_ = rib_.routes(view_, static_cast<std::uint8_t>(length_--));
                next_ = 0;
                rows.skip();
                continue;
            }
            add(routes_[next_++], rows);
        }
        return true;
    }

private:
    void add(const Route<F>& route, Rows& rows) const {
        const bool concerns =
            (filter_.interface == kNoInterface || filter_.interface == route.interface) &&
            (!filter_.sources || route.prefix.contains(filter_.sources->address));
        if (!concerns) {
            rows.skip();
            return;
        }
        Json row{{"family", kFamilyName<F>},
                 {"table", table_},
                 {"view", view_ == RouteView::multicast ? "multicast" : "unicast"},
                 {"prefix", to_string(route.prefix)},
                 {"interface", interface_name(context_.settings, route.interface)},
                 {"up", rib_.is_up(route.interface)},
                 {"metric", route.metric},
                 {"protocol", route_protocol(route.protocol)}};
        if (!is_unspecified(route.next_hop)) {
            row["next_hop"] = to_string(route.next_hop);
        }
        rows.add(std::move(row));
    }

    const Context& context_;
    TableId table_;
    const Rib<F>& rib_;
    RouteView view_;
    FlowFilter<F> filter_;
    int length_ = F::address_bits;  ///< the next to fetch
    std::vector<Route<F>> routes_;  ///< of one length
    std::size_t next_ = 0;
};

}  // namespace

Outcome<AnswerPtr> show_routes(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    std::vector<AnswerPtr> parts;
    for_tables(context, arguments, [&]<class F>(TableId table, TableControl<F>& control) {
        if (const auto filter = FlowFilter<F>::of(arguments, *interface)) {
            for (const auto view : {RouteView::multicast, RouteView::unicast}) {
                parts.push_back(
                    std::make_unique<RoutesOf<F>>(context, table, control.rib(), view, *filter));
            }
        }
    });
    return std::make_unique<ChainedAnswer>(std::move(parts));
}

}  // namespace mgmd::ctl
