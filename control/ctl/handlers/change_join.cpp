// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {
namespace {

template <class F>
Outcome<StaticJoin<F>> join_of(const Arguments& arguments, const Prefix<F>& groups) {
    bool fits = true;
    const auto source = prefix_of_family<F>(arguments, "source", fits);
    if (!fits) {
        return refuse(Refused::invalid_argument, "source: is not of the group's family");
    }
    if (groups.length != F::address_bits) {
        return refuse(Refused::invalid_argument,
                      "group: \"" + to_string(groups) + "\" must be a single group");
    }
    return StaticJoin<F>{groups.address, source ? source->address : typename F::Address{}};
}

/// Calls `change(client, interface, join)` with what the arguments name.
template <class Change>
Outcome<AnswerPtr> with_join(const Context& context, const Arguments& arguments, Change change) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    return std::visit(
        [&]<class F>(const Prefix<F>& groups) -> Outcome<AnswerPtr> {
            const auto join = join_of(arguments, groups);
            if (!join) {
                return tl::make_unexpected(join.error());
            }
            auto& client = context.control.tables<F>().at((*interface)->table)->static_protocol();
            auto done = done_or_refused(change(client, (*interface)->index, *join));
            if (!done) {  // MGM knows interfaces by number only
                done.error().message =
                    "interface \"" + (*interface)->name + "\": " + done.error().message;
            }
            return done;
        },
        *arguments.prefix("group"));
}

}  // namespace

Outcome<AnswerPtr> add_join(Context& context, const Arguments& arguments) {
    return with_join(context, arguments,
                     [](auto& client, InterfaceIndex interface, const auto& join) {
                         return client.add_join(interface, join);
                     });
}

Outcome<AnswerPtr> del_join(Context& context, const Arguments& arguments) {
    return with_join(context, arguments,
                     [](auto& client, InterfaceIndex interface, const auto& join) {
                         return client.remove_join(interface, join);
                     });
}

}  // namespace mgmd::ctl
