// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/membership/host/link_host.hpp"
#include "tests/support/fake_clock.hpp"

namespace mgmd::membership::test {

using namespace std::chrono_literals;

/// A host on one link, routers and other hosts that say what the test wants, and time. What it
/// sends goes to one log of readable lines: "+0.5s TO_EX(G1,{S1,S2}) IS_IN(G2,{S1})", the time
/// since the last look first, the records of one message on one line; "v2 report G1", "v2 leave G1"
/// of the second generation.
template <class F>
class HostLink : public testing::Test, public HostSender<F> {
public:
    using Address = typename F::Address;

    void start() {
        const auto random = [this](Duration most) { return Duration(most / 1000 * permille); };
        host = std::make_unique<LinkHost<F>>("wan", settings, 1500, random, *this);
        looked_at = clock.now();
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
            result.push_back(*parse_address<F>(F::family == Family::ipv4
                                                   ? "10.9.0." + std::to_string(number)
                                                   : "fd00::" + std::to_string(number)));
        }
        return result;
    }
    static Wanted<F> only(const std::set<int>& numbers) {
        return {FilterMode::include, sources(numbers)};
    }
    static Wanted<F> all_but(const std::set<int>& numbers) {
        return {FilterMode::exclude, sources(numbers)};
    }

    void want(int number, Wanted<F> wanted) {
        host->want({{group(number), std::move(wanted)}}, clock.now());
    }
    /// A query of the third generation; group 0: a general one.
    void ask(int number = 0, const std::set<int>& which = {}, milliseconds max_response = 10s) {
        Query<F> query;
        query.group = number == 0 ? Address{} : group(number);
        query.sources = sources(which);
        query.max_response = max_response;
        hear(std::move(query));
    }
    void ask_older(Generation generation, int number = 0, milliseconds max_response = 10s) {
        Query<F> query;
        query.generation = generation;
        query.group = number == 0 ? Address{} : group(number);
        query.max_response = max_response;
        hear(std::move(query));
    }
    void hear(std::variant<Query<F>, Report<F>> body) {
        Message<F> message;
        message.body = std::move(body);
        host->receive(message, clock.now());
    }

    /// Time goes by, with everything that is due at its time.
    void pass(Duration duration) {
        const auto end = clock.now() + duration;
        while (host->next_deadline() && *host->next_deadline() <= end) {
            clock.set(std::max(clock.now(), *host->next_deadline()));
            host->run_timers(clock.now());
        }
        clock.set(end);
    }

    bool send(const Report<F>& report) override {
        std::string line = '+' + seconds_since() + 's';
        for (const auto& record : report.records) {
            line += ' ' + (report.generation == Generation::third
                               ? text(record)
                               : older_text(report.generation, record));
        }
        log.push_back(std::move(line));
        return can_send;
    }
    /// What was sent since the last look.
    std::vector<std::string> sent() {
        looked_at = clock.now();
        return std::exchange(log, {});
    }

    HostSettings settings{Generation::third, 2, 1s};
    mgmd::test::FakeClock clock;
    int permille = 500;  ///< of the longest delay, what chance gives
    std::unique_ptr<LinkHost<F>> host;
    bool can_send = true;

private:
    std::string seconds_since() const {
        const auto tenths =
            std::chrono::duration_cast<milliseconds>(clock.now() - looked_at).count() / 100;
        return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
    }
    static std::string name(const Address& about) {
        return (is_ssm_group(about) ? "SSM" : "G") + std::to_string(about.bytes.back());
    }
    static std::string text(const Record<F>& record) {
        static constexpr const char* kTypes[] = {"",      "IS_IN", "IS_EX", "TO_IN",
                                                 "TO_EX", "ALLOW", "BLOCK"};
        std::string line = kTypes[static_cast<std::size_t>(record.type)];
        line += '(' + name(record.group) + ",{";
        for (const auto& source : record.sources) {
            line += (line.back() == '{' ? "S" : ",S") + std::to_string(source.bytes.back());
        }
        return line + "})";
    }
    static std::string older_text(Generation generation, const Record<F>& record) {
        return 'v' + std::to_string(static_cast<int>(generation)) +
               (record.type == RecordType::to_in ? " leave " : " report ") + name(record.group);
    }

    std::vector<std::string> log;
    TimePoint looked_at{};
};

using Families = ::testing::Types<V4, V6>;

}  // namespace mgmd::membership::test
