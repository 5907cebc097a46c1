// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

Action action_of(const std::string& name) {
    return name == "forward_and_copy" ? Action::forward_and_copy
           : name == "hand_over"      ? Action::hand_over
           : name == "drop"           ? Action::drop
                                      : Action::forward;
}

/// Interfaces that an argument lists: ascending, each once.
Outcome<std::vector<const InterfaceSettings*>> interfaces_of(const Context& context,
                                                             const Arguments& arguments,
                                                             std::string_view name) {
    std::vector<const InterfaceSettings*> interfaces;
    for (const auto& each : arguments.list(name)) {
        const auto found = find_interface(context.settings, each);
        if (!found) {
            return tl::make_unexpected(found.error());
        }
        interfaces.push_back(*found);
    }
    const auto by_index = [](const auto* a, const auto* b) { return a->index < b->index; };
    std::sort(interfaces.begin(), interfaces.end(), by_index);
    interfaces.erase(std::unique(interfaces.begin(), interfaces.end()), interfaces.end());
    return interfaces;
}

struct Ends {
    std::vector<const InterfaceSettings*> in;
    std::vector<const InterfaceSettings*> out;
};

Outcome<Ends> ends_of(const Context& context, const Arguments& arguments) {
    auto in = interfaces_of(context, arguments, "in");
    if (!in) {
        return tl::make_unexpected(std::move(in.error()));
    }
    auto out = interfaces_of(context, arguments, "out");
    if (!out) {
        return tl::make_unexpected(std::move(out.error()));
    }
    return Ends{std::move(*in), std::move(*out)};
}

/// The table of the arguments, else that of the interfaces, which all have to be of one.
Outcome<TableId> table_of(const Arguments& arguments, const Ends& ends) {
    auto table = arguments.number("table");
    for (const auto* list : {&ends.in, &ends.out}) {
        for (const auto* interface : *list) {
            if (table && *table != interface->table) {
                return refuse(Refused::invalid_argument, "interface " + interface->name +
                                                             ": is of table " +
                                                             std::to_string(interface->table) +
                                                             ", not " + std::to_string(*table));
            }
            table = interface->table;
        }
    }
    return static_cast<TableId>(table.value_or(0));
}

template <class F>
Outcome<RouteKey<F>> key_of(const Arguments& arguments, const Prefix<F>& groups, TableId table) {
    bool fits = true;
    const auto source = prefix_of_family<F>(arguments, "source", fits);
    if (!fits) {
        return refuse(Refused::invalid_argument, "source: is not of the group's family");
    }
    if (groups.network() != groups) {
        return refuse(Refused::invalid_argument,
                      "group: \"" + to_string(groups) + "\" has host bits");
    }
    RouteKey<F> key;
    key.table = table;
    key.group = groups.address;
    key.group_length = groups.length;
    key.source = source ? source->address : typename F::Address{};
    return key;
}

template <class F>
Outcome<StaticClient<F>*> client_of(const Context& context, TableId table) {
    const auto& tables = context.control.tables<F>();
    const auto found = tables.find(table);
    if (found == tables.end()) {
        return refuse(Refused::not_found, "table " + std::to_string(table) + ": there is none");
    }
    return &found->second->static_protocol();
}

template <class F>
StaticMroute<F> mroute_of(const Arguments& arguments, const RouteKey<F>& key, const Ends& ends) {
    StaticMroute<F> mroute;
    mroute.key = key;
    mroute.action = action_of(arguments.text("action").value_or("forward"));
    mroute.accept.any = ends.in.empty() && mroute.action != Action::drop;
    for (const auto* interface : ends.in) {
        mroute.accept.interfaces.push_back(interface->index);
    }
    for (const auto* interface : ends.out) {
        mroute.outgoing.push_back({interface->index, std::nullopt, std::nullopt});
    }
    return mroute;
}

/// Calls `change(client, key)` with what the arguments name.
template <class Change>
Outcome<AnswerPtr> with_key(const Context& context, const Arguments& arguments, TableId table,
                            Change change) {
    return std::visit(
        [&]<class F>(const Prefix<F>& groups) -> Outcome<AnswerPtr> {
            const auto key = key_of<F>(arguments, groups, table);
            if (!key) {
                return tl::make_unexpected(key.error());
            }
            const auto client = client_of<F>(context, table);
            if (!client) {
                return tl::make_unexpected(client.error());
            }
            return done_or_refused(change(**client, *key));
        },
        *arguments.prefix("group"));
}

}  // namespace

Outcome<AnswerPtr> add_mroute(Context& context, const Arguments& arguments) {
    const auto ends = ends_of(context, arguments);
    if (!ends) {
        return tl::make_unexpected(ends.error());
    }
    const auto table = table_of(arguments, *ends);
    if (!table) {
        return tl::make_unexpected(table.error());
    }
    return with_key(context, arguments, *table,
                    [&]<class F>(StaticClient<F>& client, const RouteKey<F>& key) {
                        return client.add_mroute(mroute_of(arguments, key, *ends));
                    });
}

Outcome<AnswerPtr> del_mroute(Context& context, const Arguments& arguments) {
    const auto table = static_cast<TableId>(arguments.number("table").value_or(0));
    return with_key(context, arguments, table,
                    []<class F>(StaticClient<F>& client, const RouteKey<F>& key) {
                        return client.remove_mroute(key);
                    });
}

}  // namespace mgmd::ctl
