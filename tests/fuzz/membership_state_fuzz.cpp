// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "tests/fuzz/membership_link.hpp"

/// Octets as a script of what happens on a link. Two kinds: hosts that do as the RFCs say, whose
/// interest is never lost; and anybody who sends anything, which leaves nothing behind.
namespace {

using namespace mgmd;
using namespace mgmd::membership;
using namespace mgmd::membership::fuzz;

/// Hosts as in RFC 9776 5 (RFC 9777 6), whose packets all arrive.
template <class F>
class Hosts {
public:
    using Address = typename F::Address;

    explicit Hosts(Link<F>& link) : link_(link) {}

    /// A host's interest in a group changes: RFC 9776 5.1.
    void change(unsigned host, unsigned group_number, bool exclude, unsigned mask) {
        const auto group = make_group<F>(group_number);
        auto& state = states_[host][group];
        Wanted<F> goal{exclude && !is_ssm_group(group) ? FilterMode::exclude : FilterMode::include,
                       to_vector(make_sources<F>(mask))};
        const auto old = std::exchange(state, goal);
        if (old.mode != goal.mode) {
            report(host, goal.mode == FilterMode::exclude ? RecordType::to_ex : RecordType::to_in,
                   group, goal.sources);
        } else {
            const auto gone = minus(old.sources, goal.sources);
            const auto come = minus(goal.sources, old.sources);
            const bool include = goal.mode == FilterMode::include;
            report_some(host, RecordType::allow, group, include ? come : gone);
            report_some(host, RecordType::block, group, include ? gone : come);
        }
        answer();
    }

    void crash(unsigned host) { states_.erase(host); }

    void pass(Duration duration) {
        const auto end = link_.now + duration;
        while (link_.now < end) {
            link_.step(end - link_.now);
            answer();
            check();
        }
    }

    void check() const {
        link_.check();
        for (const auto& [host, groups] : states_) {
            for (const auto& [group, state] : groups) {
                const auto found = link_.wanted.find(group);
                const auto wanted = found == link_.wanted.end() ? Wanted<F>{} : found->second;
                for (unsigned i = 0; i <= kSources; ++i) {  // one more than any record names
                    const auto source = make<F>(3, i);
                    require(!wants(state, source) || wants(wanted, source), "no interest is lost");
                }
            }
        }
    }

private:
    using Addresses = std::vector<Address>;

    static Addresses to_vector(const std::set<Address>& set) { return {set.begin(), set.end()}; }
    static Addresses minus(const Addresses& a, const Addresses& b) {
        Addresses result;
        std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
        return result;
    }
    static Addresses common(const Addresses& a, const Addresses& b) {
        Addresses result;
        std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
        return result;
    }

    void report(unsigned host, RecordType type, const Address& group, Addresses sources) {
        Message<F> message;
        message.source = make<F>(2, host);
        message.body = Report<F>{Generation::third, {{type, group, std::move(sources)}}};
        link_.router->receive(message, link_.now);
    }
    void report_some(unsigned host, RecordType type, const Address& group, Addresses sources) {
        if (!sources.empty()) {
            report(host, type, group, std::move(sources));
        }
    }

    /// RFC 9776 5.2, without the delay.
    void answer() {
        for (const auto& query : std::exchange(link_.sent, {})) {
            for (const auto& [host, groups] : states_) {
                for (const auto& [group, state] : groups) {
                    if (query.is_general() || query.group == group) {
                        answer(host, group, state, query);
                    }
                }
            }
        }
        require(link_.sent.empty(), "an answer asks nothing");
    }

    void answer(unsigned host, const Address& group, const Wanted<F>& state,
                const Query<F>& query) {
        const bool include = state.mode == FilterMode::include;
        if (!query.sources.empty()) {
            report_some(host, RecordType::is_in, group,
                        include ? common(state.sources, query.sources)
                                : minus(query.sources, state.sources));
        } else if (!include) {
            report(host, RecordType::is_ex, group, state.sources);
        } else {
            report_some(host, RecordType::is_in, group, state.sources);
        }
    }

    Link<F>& link_;
    std::map<unsigned, std::map<Address, Wanted<F>>> states_;
};

template <class F>
void run_honest(Script script, bool immediate_leave) {
    Link<F> link(immediate_leave, false);
    Hosts<F> hosts(link);
    hosts.pass(1s);
    while (!script.is_over()) {
        const auto operation = script.next();
        const auto detail = script.next();
        const unsigned host = operation >> 2 & 3u;
        switch (operation & 3u) {
            case 0:
            case 1:
                hosts.change(host, operation >> 4 & 3u, (detail & 16u) != 0, detail & 15u);
                break;
            case 2:
                hosts.pass(detail * 100ms);
                break;
            case 3:
                hosts.crash(host);
                break;
        }
        hosts.check();
    }
    for (unsigned host = 0; host < 4; ++host) {
        hosts.crash(host);
    }
    hosts.pass(2 * Link<F>::kMembershipInterval);
    require(link.router->groups().empty(), "hosts that are gone leave nothing behind");
}

/// Messages of any content, from anybody, of any version.
template <class F>
class Anybody {
public:
    Anybody(Link<F>& link, Script& script) : link_(link), script_(script) {}

    void act() {
        const auto operation = script_.next();
        const auto detail = script_.next();
        switch (operation & 7u) {
            case 0:
            case 1:
                report(operation, detail, Generation::third);
                break;
            case 2:
                report(operation, detail,
                       F::family == Family::ipv4 && (detail & 1u) != 0 ? Generation::first
                                                                       : Generation::second);
                break;
            case 3:
                query(operation, detail);
                break;
            case 4:
                link_.router->receive(script_.take(detail), link_.now);
                break;
            case 5:
                set_link((detail & 1u) != 0);
                break;
            default:
                pass(detail * 200ms);
                break;
        }
        link_.sent.clear();
    }

    void set_link(bool up) {
        link_.link_is_up = up;
        if (up) {
            link_.router->link_up(link_.now);
        } else {
            link_.router->link_down();
        }
    }

    void pass(Duration duration) {
        const auto end = link_.now + duration;
        while (link_.now < end) {
            link_.step(end - link_.now);
            link_.check();
        }
    }

private:
    void report(std::uint8_t operation, std::uint8_t detail, Generation generation) {
        Record<F> record{
            static_cast<RecordType>(1 + (operation >> 3) % 6), make_group<F>(detail & 7u), {}};
        if (generation == Generation::third) {
            const auto sources = make_sources<F>(script_.next());
            record.sources.assign(sources.rbegin(), sources.rend());
        } else {
            record.type = (operation & 8u) != 0 && generation == Generation::second
                              ? RecordType::to_in
                              : RecordType::is_ex;
        }
        hear((detail >> 3 & 7u) == 7 ? typename F::Address{} : make<F>(2, detail >> 3 & 7u),
             Report<F>{generation, {std::move(record)}});
    }

    void query(std::uint8_t operation, std::uint8_t detail) {
        Query<F> query;
        query.generation = (operation & 8u) != 0 ? Generation::second : Generation::third;
        query.group = (detail & 1u) != 0 ? make_group<F>(detail >> 1 & 7u) : typename F::Address{};
        query.max_response = detail * 10ms;
        query.suppress = (operation & 16u) != 0;
        query.robustness = detail & 7u;
        query.interval = seconds(operation);
        if (!query.is_general() && (operation & 32u) != 0) {
            const auto sources = make_sources<F>(script_.next());
            query.sources.assign(sources.begin(), sources.end());
        }
        hear(make<F>(1, detail >> 4 & 7u), std::move(query));
    }

    void hear(const typename F::Address& from, std::variant<Query<F>, Report<F>> body) {
        Message<F> message;
        message.source = from;
        message.body = std::move(body);
        link_.router->receive(message, link_.now);
    }

    Link<F>& link_;
    Script& script_;
};

template <class F>
void run_hostile(Script script, bool immediate_leave) {
    Link<F> link(immediate_leave, true);
    Anybody<F> anybody(link, script);
    while (!script.is_over()) {
        anybody.act();
        link.check();
    }
    // Other routers may have told of intervals of hours, as often as the robustness variable.
    const auto end = link.now + 4 * 7 * 32'000s;
    while (!link.router->groups().empty() || link.router->querier().role() != Role::querier) {
        require(link.now < end, "what nobody repeats is forgotten");
        anybody.pass(100s);
    }
}

template <class F>
void run(std::uint8_t kind, Script script) {
    const bool immediate_leave = (kind & 2u) != 0;
    if ((kind & 4u) == 0) {
        run_honest<F>(script, immediate_leave);
    } else {
        run_hostile<F>(script, immediate_leave);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLongest = 400;
    spdlog::set_level(spdlog::level::off);
    if (size != 0) {
        const Script script({data + 1, std::min(size - 1, kLongest)});
        (data[0] & 1u) == 0 ? run<V4>(data[0], script) : run<V6>(data[0], script);
    }
    return 0;
}
