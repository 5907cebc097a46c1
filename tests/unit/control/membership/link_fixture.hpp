// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "control/membership/link_router.hpp"
#include "tests/support/fake_clock.hpp"

namespace mgmd::membership::test {

using namespace std::chrono_literals;

/// A router on one link, hosts and other routers that say what the test wants, and time.
/// Addresses are made from small numbers: router(1) is the one under test.
template <class F>
class Link : public LinkListener<F> {
public:
    using Address = typename F::Address;

    Link() {
        settings.query_interval = 100s;
        settings.query_response_interval = 10s;
        settings.last_member_query_interval = 1s;
    }

    /// After `settings` is as it has to be. `address` 0: the router has none.
    void start(int address = 1) {
        under_test = std::make_unique<LinkRouter<F>>(
            "lan", settings, address == 0 ? std::nullopt : std::optional(router(address)), *this,
            reporter);
        under_test->link_up(clock.now());
        run();
    }

    static Address router(int number) {
        return with_last(F::family == Family::ipv4 ? 0 : 1, number);
    }
    static Address host(int number) { return with_last(F::family == Family::ipv4 ? 1 : 2, number); }
    static Address source(int number) {
        return with_last(F::family == Family::ipv4 ? 2 : 3, number);
    }
    static Address group(int number) {
        return *parse_address<F>(F::family == Family::ipv4 ? "239.1.1." + std::to_string(number)
                                                           : "ff1e::" + std::to_string(number));
    }
    static Address ssm_group(int number) {
        return *parse_address<F>(F::family == Family::ipv4 ? "232.1.1." + std::to_string(number)
                                                           : "ff3e::" + std::to_string(number));
    }
    static std::vector<Address> sources(const std::set<int>& numbers) {
        std::vector<Address> result;
        for (const int number : numbers) {
            result.push_back(source(number));
        }
        return result;
    }

    /// Reports of the current version.
    void report(int from, RecordType type, const Address& about, std::set<int> which = {}) {
        report(from, Record<F>{type, about, sources(which)});
    }
    void report(int from, Record<F> record) {
        hear(host(from), Report<F>{Generation::third, {std::move(record)}});
    }
    void old_report(int from, const Address& about, Generation generation = Generation::second) {
        hear(host(from), Report<F>{generation, {{RecordType::is_ex, about, {}}}});
    }
    void leave(int from, const Address& about) {
        hear(host(from), Report<F>{Generation::second, {{RecordType::to_in, about, {}}}});
    }
    void query(int from, Query<F> query = {}) {
        if (query.max_response.count() == 0) {
            query.max_response = 10s;
        }
        hear(router(from), std::move(query));
    }
    void hear(const Address& from, std::variant<Query<F>, Report<F>> body) {
        Message<F> message;
        message.source = from;
        message.destination = all_nodes<F>();
        message.body = std::move(body);
        under_test->receive(message, clock.now());
    }

    /// Time goes by, with everything that is due at its time.
    void pass(Duration duration) {
        const auto end = clock.now() + duration;
        while (const auto next = under_test->next_deadline()) {
            if (*next > end) {
                break;
            }
            clock.set(std::max(*next, clock.now()));
            run();
        }
        clock.set(end);
        run();
    }
    void run() { under_test->run_timers(clock.now()); }

    bool send(const Query<F>& query, const Address& from) override {
        EXPECT_EQ(from, under_test->querier().address());
        sent.push_back(query);
        return can_send;
    }
    void on_wanted(const Address& about, const Wanted<F>& now_wanted) override {
        if (now_wanted.nothing()) {
            wanted.erase(about);
        } else {
            wanted[about] = now_wanted;
        }
    }

    static Wanted<F> all_but(const std::set<int>& numbers) {
        return {FilterMode::exclude, sources(numbers)};
    }
    static Wanted<F> only(const std::set<int>& numbers) {
        return {FilterMode::include, sources(numbers)};
    }
    Wanted<F> wanted_of(const Address& about) const {
        const auto found = wanted.find(about);
        return found == wanted.end() ? Wanted<F>{} : found->second;
    }
    std::vector<Query<F>> take_sent() { return std::exchange(sent, {}); }
    std::uint64_t count(LinkCount counter) const { return under_test->counters()[counter]; }
    /// RFC 9776 8.4.
    Duration membership_interval() const { return 2 * 100s + 10s; }

    MembershipProtocolSettings<F> settings;
    mgmd::test::FakeClock clock;
    monitor::Reporter reporter;
    std::unique_ptr<LinkRouter<F>> under_test;
    std::vector<Query<F>> sent;
    std::map<Address, Wanted<F>> wanted;
    bool can_send = true;

private:
    static Address with_last(int kind, int number) {
        Address address{};
        if constexpr (F::family == Family::ipv4) {
            address = {{10, 2, static_cast<std::uint8_t>(kind), static_cast<std::uint8_t>(number)}};
        } else {
            address.bytes = {0xfe, 0x80};
            address.bytes[14] = static_cast<std::uint8_t>(kind);
            address.bytes[15] = static_cast<std::uint8_t>(number);
        }
        return address;
    }
};

template <class F>
class LinkTest : public ::testing::Test, public Link<F> {
protected:
    /// The specific queries since the last look, without the general ones.
    std::vector<Query<F>> specific() {
        auto queries = this->take_sent();
        std::erase_if(queries, [](const auto& query) { return query.is_general(); });
        return queries;
    }
    Query<F> about_group(int number, bool suppress = false) {
        return {Generation::third, this->group(number), {}, 1s, suppress, 2, 100s};
    }
    Query<F> about_sources(int number, const std::set<int>& numbers, bool suppress = false) {
        auto query = about_group(number, suppress);
        query.sources = this->sources(numbers);
        return query;
    }
};

using Families = ::testing::Types<V4, V6>;

}  // namespace mgmd::membership::test
