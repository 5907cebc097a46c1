// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

Json row_of(const ProxySummary& proxy) {
    Json row{{"family", proxy.family},       {"table", proxy.table}, {"side", proxy.side},
             {"interface", proxy.interface}, {"state", proxy.state}, {"groups", proxy.groups}};
    if (!proxy.reports.empty()) {
        row["reports"] = proxy.reports;
    }
    if (!proxy.counters.empty()) {
        Json counters = Json::object();
        for (const auto& [name, value] : proxy.counters) {
            counters[std::string(name)] = value;
        }
        row["counters"] = std::move(counters);
    }
    return row;
}

}  // namespace

Outcome<AnswerPtr> show_proxies(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    const auto only = *interface == nullptr ? std::string() : (*interface)->name;
    std::vector<ProxySummary> proxies;
    for_tables(context, arguments, [&]<class F>(TableId /*table*/, TableControl<F>& control) {
        control.append_proxies(proxies);
    });
    std::vector<Json> rows;
    for (const auto& proxy : proxies) {
        if (only.empty() || only == proxy.interface) {
            rows.push_back(row_of(proxy));
        }
    }
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
