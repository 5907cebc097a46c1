// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/mgm/protocol_client.hpp"
#include "tests/model/fake_table.hpp"
#include "tests/model/observation.hpp"
#include "tests/model/operation.hpp"
#include "tests/model/universe.hpp"

namespace mgmd::mgm::differential {

/// What all clients of one manager share: the record of everything that is seen, in order, and what
/// they have been told to answer.
template <class F>
class Stage {
public:
    explicit Stage(FakeTable<F>& table) : table_(table) {}

    void note(const std::string& line) { trace_.push_back(line); }

    /// Changes of the forwarding table become visible where everything has to be settled. Their
    /// order among entries is nobody's business.
    void note_settled() {
        for (const auto& [key, values] : table_.take_changes()) {
            for (const auto& value : values) {
                note("  table: " + (value ? describe(*value) : "removed " + describe(key)));
            }
        }
    }

    void arm(Who who, Callback callback, const Operation& answer) {
        answers_[{who, callback}].push_back(answer);
    }
    /// A standing answer to on_rpf or on_creation_alert, until another one is given.
    void arm_for_good(Who who, Callback callback, const Operation& answer) {
        standing_[{who, callback}] = answer;
    }
    std::optional<Operation> standing_answer(Who who, Callback callback) const {
        const auto found = standing_.find({who, callback});
        return found == standing_.end() ? std::nullopt : std::optional(found->second);
    }
    /// The next answer that has been prepared. Each is given once.
    std::optional<Operation> next_answer(Who who, Callback callback) {
        std::deque<Operation>& answers = answers_[{who, callback}];
        if (answers.empty()) {
            return std::nullopt;
        }
        Operation answer = answers.front();
        answers.pop_front();
        return answer;
    }

    std::vector<std::string> take_trace() { return std::exchange(trace_, {}); }

    /// Makes a call of the manager.
    std::function<void(const Operation&)> call;

private:
    FakeTable<F>& table_;
    std::vector<std::string> trace_;
    std::map<std::pair<Who, Callback>, std::deque<Operation>> answers_;
    std::map<std::pair<Who, Callback>, Operation> standing_;
};

/// A client that records what it is told and answers as it has been prepared.
template <class F>
class ScriptedClient final : public ProtocolClient<F> {
public:
    using Names = Universe<F>;

    ScriptedClient(Who who, Stage<F>& stage) : who_(who), stage_(stage) {}

    void on_rpf(RpfQuery<F>& query) override {
        say("on_rpf " + Names::name(query.key) + " arrival " + Names::name(query.arrival) +
            " header " + std::to_string(query.header.size()) + " incoming " +
            Names::name(query.incoming) + " upstream " + to_string(query.upstream) + " route " +
            to_string(query.route.network) + " by " + std::to_string(query.route.protocol));
        react(Callback::rpf);
        const auto answer = stage_.standing_answer(who_, Callback::rpf);
        if (!answer) {
            return;
        }
        query.upstream = Names::hop(answer->hop);
        query.route.protocol += 10;
        if (answer->where != Where::none) {
            query.incoming = Names::interface(answer->where);
        }
    }

    void on_creation_alert(const CreationAlert<F>& alert) override {
        std::string line = "on_creation_alert " + Names::name(alert.key) + " incoming " +
                           Names::name(alert.incoming) + " outgoing";
        for (const OutgoingChoice<F>& choice : alert.outgoing) {
            line += " " + Names::name(choice.interface) + (choice.igmp ? "(igmp)" : "") +
                    (choice.enabled ? "" : "(off)");
        }
        say(line);
        react(Callback::creation_alert);
        if (const auto answer = stage_.standing_answer(who_, Callback::creation_alert)) {
            for (OutgoingChoice<F>& choice : alert.outgoing) {
                choice.enabled &= choice.interface != Names::interface(answer->where);
            }
        }
    }

    void on_join_alert(const JoinAlert<F>& alert) override {
        told("on_join_alert " + Names::name(alert.key) + (alert.member_update ? " member" : ""));
        react(Callback::join_alert);
    }

    void on_prune_alert(PruneAlert<F>& alert) override {
        told("on_prune_alert " + Names::name(alert.key) + " on " + Names::name(alert.interface) +
             (alert.member_update ? " member"
                                  : " timeout " + std::to_string(alert.timeout.count())));
        const auto answer = stage_.next_answer(who_, Callback::prune_alert);
        if (answer && answer->verb == Verb::react) {
            stage_.call(*answer->call);
        } else if (answer) {
            alert.timeout = std::chrono::seconds(answer->number);
        }
    }

    void on_wrong_interface(const WrongInterface<F>& report) override {
        told("on_wrong_interface " + Names::name(report.key) + " on " +
             Names::name(report.interface) + " header " + std::to_string(report.header.size()) +
             " unreported " + std::to_string(report.unreported));
        react(Callback::wrong_interface);
    }

    void on_local_join(const LocalMembership<F>& membership) override {
        told("on_local_join " + where(membership));
        react(Callback::local_join);
    }

    void on_local_leave(const LocalMembership<F>& membership) override {
        told("on_local_leave " + where(membership));
        react(Callback::local_leave);
    }

    void on_local_exclude(const LocalExclude<F>& exclude) override {
        std::string line = "on_local_exclude " + where(exclude);
        for (const auto& source : exclude.sources) {
            line += " " + to_string(source);
        }
        told(line);
        react(Callback::local_exclude);
    }

    void on_disable_igmp(const InterfaceId<F>& interface) override {
        say("on_disable_igmp " + Names::name(interface));
        react(Callback::disable_igmp);
    }

    void on_enable_igmp(const InterfaceId<F>& interface) override {
        say("on_enable_igmp " + Names::name(interface));
        react(Callback::enable_igmp);
    }

private:
    template <class Told>
    static std::string where(const Told& told) {
        return Names::name(told.key) + " on " + Names::name(told.interface);
    }

    void say(const std::string& line) { stage_.note("  " + to_code(who_) + "." + line); }
    void told(const std::string& line) {
        stage_.note_settled();
        say(line);
    }

    void react(Callback callback) {
        if (const auto answer = stage_.next_answer(who_, callback)) {
            stage_.call(*answer->call);
        }
    }

    Who who_;
    Stage<F>& stage_;
};

}  // namespace mgmd::mgm::differential
