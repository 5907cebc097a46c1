// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tests/model/world.hpp"

/// How a World makes the calls of clients and readers.
namespace mgmd::mgm::differential {

template <class F, class Side>
World<F, Side>::World(const Options& options)
    : table_id_(options.table),
      manager_(typename Side::template Dependencies<F>{clock_, rib_, table_,
                                                       [this](std::function<void()> task) {
                                                           posted_.push_back(std::move(task));
                                                       }},
               options, Names::configuration()) {
    stage_.call = [this](const Operation& call) { execute(call); };
    for (std::size_t who = 0; who < clients_.size(); ++who) {
        clients_[who] = std::make_unique<ScriptedClient<F>>(static_cast<Who>(who), stage_);
    }
}

template <class F, class Side>
std::vector<std::string> World<F, Side>::run(const Operation& operation) {
    execute(operation);
    stage_.note_settled();
    for (; !posted_.empty(); posted_.pop_front()) {
        posted_.front()();
        stage_.note_settled();
    }
    return stage_.take_trace();
}

template <class F, class Side>
Look<F> World<F, Side>::look() const {
    constexpr std::size_t all = GroupManager<F>::kUnlimited;
    Look<F> look{manager_.first_mfes(all).value().records,
                 manager_.first_mfes_stats(all).value().records,
                 {},
                 manager_.usage(),
                 manager_.next_deadline()};
    manager_.visit_memberships(
        [&](const MembershipRecord<F>& record) { look.memberships.push_back(record); });
    return look;
}

template <class F, class Side>
void World<F, Side>::execute(const Operation& op) {
    switch (op.verb) {
        case Verb::register_protocol:
            register_client(op.who);
            break;
        case Verb::protocol_on_interface: {
            const auto name = manager_.protocol_on_interface(Names::interface(op.where));
            note_answer(
                op, name ? std::to_string(name->protocol) + "/" + std::to_string(name->component)
                         : outcome(name));
            break;
        }
        case Verb::first_mfes:
        case Verb::next_mfes:
        case Verb::start_enumeration:
        case Verb::next_groups:
        case Verb::end_enumeration:
            execute_read(op);
            break;
        case Verb::answer_rpf:
            stage_.arm_for_good(op.who, Callback::rpf, op);
            break;
        case Verb::answer_creation_alert:
            stage_.arm_for_good(op.who, Callback::creation_alert, op);
            break;
        case Verb::answer_prune_alert:
            stage_.arm(op.who, Callback::prune_alert, op);
            break;
        case Verb::react:
            stage_.arm(op.who, op.callback, op);
            break;
        case Verb::set_boundaries:
        case Verb::deregister_protocol:
        case Verb::take_interface:
        case Verb::release_interface:
        case Verb::set_local_mode:
        case Verb::rpf_changed:
        case Verb::resync_done:
        case Verb::add_membership:
        case Verb::delete_membership:
        case Verb::set_mfe_upstream:
        case Verb::install_route:
        case Verb::install_route_anywhere:
        case Verb::remove_route:
            note_answer(op, outcome(call(op)));
            break;
        default:
            execute_event(op);
    }
}

template <class F, class Side>
Result<> World<F, Side>::call(const Operation& op) {
    const ClientHandle client = handle(op.who);
    const SourceGroup<F> key = Names::key(op.flow);
    const InterfaceId<F> interface = Names::interface(op.where);
    std::vector<typename F::Address> exclude;
    for (const From from : op.exclude) {
        exclude.push_back(Names::source(from));
    }
    switch (op.verb) {
        case Verb::deregister_protocol:
            return manager_.deregister_protocol(client);
        case Verb::take_interface:
            return manager_.take_interface(client, interface, op.local);
        case Verb::release_interface:
            return manager_.release_interface(client, interface);
        case Verb::set_local_mode:
            return manager_.set_local_mode(client, interface, op.local);
        case Verb::rpf_changed:
            return manager_.rpf_changed(client, interface);
        case Verb::resync_done:
            return manager_.resync_done(client, interface);
        case Verb::add_membership:
            return manager_.add_membership(client, {key, interface, op.flags, exclude});
        case Verb::delete_membership:
            return manager_.delete_membership(client, {key, interface, op.flags, exclude});
        case Verb::set_mfe_upstream:
            return manager_.set_mfe_upstream(client, key, Names::hop(op.hop));
        case Verb::remove_route:
            return manager_.remove_route(client, key);
        case Verb::set_boundaries: {
            std::vector<Prefix<F>> boundaries;
            for (const To to : op.boundaries) {
                boundaries.push_back(Names::group(to));
            }
            return manager_.set_boundaries(interface, boundaries, 0);
        }
        default:
            return manager_.install_route(client, installed_route(op));
    }
}

template <class F, class Side>
InstalledRoute<F> World<F, Side>::installed_route(const Operation& op) const {
    InstalledRoute<F> route;
    route.key = Names::key(op.flow);
    route.accept_any = op.verb == Verb::install_route_anywhere;
    for (const Where where : op.accept) {
        route.accept.push_back(Names::interface(where));
    }
    for (const Where where : op.outgoing) {
        const bool unicast = where == Where::link2 || where == Where::tunnel_a;
        route.outgoing.push_back(
            {Names::interface(where), std::uint8_t{7},
             unicast ? std::optional(MacAddress{{2, 0, 0, 0, 0, 0xc}}) : std::nullopt});
    }
    route.action = op.action;
    return route;
}

template <class F, class Side>
void World<F, Side>::register_client(Who who) {
    const auto index = static_cast<std::size_t>(who);
    const auto given = manager_.register_protocol(Names::protocol(who), *clients_[index]);
    note_answer(register_protocol(who), outcome(given));
    if (given) {
        handles_[index] = *given;
    }
}

template <class F, class Side>
void World<F, Side>::execute_read(const Operation& op) {
    const auto octets = static_cast<std::size_t>(op.number);
    const SourceGroup<F> start = Names::key(op.flow);
    if (op.verb == Verb::first_mfes) {
        note_page(to_code(op), manager_.first_mfes(octets));
        note_page("... statistics", manager_.first_mfes_stats(octets));
    } else if (op.verb == Verb::next_mfes) {
        note_page(to_code(op), manager_.next_mfes(start, octets));
        note_page("... statistics", manager_.next_mfes_stats(start, octets));
        const auto one = manager_.get_mfe(start, octets);
        stage_.note("... get_mfe -> " + (one ? describe(*one) : outcome(one)));
        const auto stats = manager_.get_mfe_stats(start, octets);
        stage_.note("... get_mfe_stats -> " + (stats ? describe(*stats) : outcome(stats)));
    } else {
        enumerate(op);
    }
}

template <class F, class Side>
template <class Record>
void World<F, Side>::note_page(const std::string& what, const Result<Page<Record>>& page) {
    if (!page) {
        stage_.note(what + " -> " + outcome(page) + " needed " +
                    std::to_string(page.error().needed));
        return;
    }
    stage_.note(what + " -> " + describe(page->status()));
    for (const Record& record : page->records) {
        stage_.note("  " + describe(record));
    }
}

/// Items come in no particular order: they are compared when there are no more.
template <class F, class Side>
void World<F, Side>::enumerate(const Operation& op) {
    if (op.verb == Verb::start_enumeration) {
        const auto given = manager_.start_group_enumeration(
            handle(op.who), static_cast<EnumerationType>(op.number));
        note_answer(op, outcome(given));
        if (given) {
            (void)manager_.end_group_enumeration(enumeration_);
            enumeration_ = *given;
            enumerated_.clear();
        }
        return;
    }
    if (op.verb == Verb::end_enumeration) {
        note_answer(op, outcome(manager_.end_group_enumeration(enumeration_)));
        return;
    }
    const auto page = manager_.next_groups(enumeration_, static_cast<std::size_t>(op.number));
    note_answer(op,
                page ? describe(page->status()) + " after " + std::to_string(page->records.size())
                     : outcome(page));
    if (page) {
        enumerated_.insert(enumerated_.end(), page->records.begin(), page->records.end());
        if (!page->more) {
            std::sort(enumerated_.begin(), enumerated_.end());
            for (const SourceGroup<F>& key : enumerated_) {
                stage_.note("  joined " + Names::name(key));
            }
        }
    }
}

}  // namespace mgmd::mgm::differential
