// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

template <class F>
bool has(const mgm::ClientRecord<F>& client, InterfaceIndex interface) {
    return std::any_of(client.interfaces.begin(), client.interfaces.end(),
                       [&](const auto& id) { return id.index == interface; });
}

template <class F>
Json row_of(const Context& context, TableId table, const mgm::ClientRecord<F>& client) {
    Json interfaces = Json::array();
    for (const auto& id : client.interfaces) {
        interfaces.push_back(interface_name(context.settings, id.index));
    }
    Json row{{"family", kFamilyName<F>},
             {"table", table},
             {"protocol", protocol_name(context, table, client.name.protocol)},
             {"id", fmt::format("{:#010x}", client.name.protocol)},
             {"component", client.name.component},
             {"interfaces", std::move(interfaces)}};
    if (const auto* plugin = context.control.plugins().find<F>(table, client.name)) {
        row["protocol"] = plugin->name();
        row["plugin"] = plugin->settings().path;
        row["refused_calls"] = plugin->refused_calls();
    }
    return row;
}

}  // namespace

Outcome<AnswerPtr> show_protocols(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    std::vector<Json> rows;
    for_tables(context, arguments, [&]<class F>(TableId table, TableControl<F>& control) {
        for (const auto& client : control.manager().clients()) {
            if (*interface == nullptr || has(client, (*interface)->index)) {
                rows.push_back(row_of(context, table, client));
            }
        }
    });
    return answer(std::move(rows));
}

}  // namespace mgmd::ctl
