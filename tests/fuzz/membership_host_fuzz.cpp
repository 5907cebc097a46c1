// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "control/membership/host/link_host.hpp"
#include "tests/fuzz/membership_link.hpp"

/// Octets as a script of what a host on a link wants and hears: queries and reports of all
/// versions, and packets of any octets. Whatever comes, what it sends fits into a packet, no timer
/// is left behind, and in the end a query is answered with all that is wanted.
namespace {

using namespace mgmd;
using namespace mgmd::membership;
using namespace mgmd::membership::fuzz;

constexpr std::size_t kMtu = 576;

template <class F>
class Host final : public HostSender<F> {
public:
    using Address = typename F::Address;

    explicit Host(Script& script) : script_(script) {
        const HostSettings settings{script.next() % 4 == 0 ? Generation::second : Generation::third,
                                    static_cast<std::uint8_t>(1 + script.next() % 7), 1s};
        newest_ = settings.newest;
        const auto random = [this](Duration most) { return most * script_.next() / 255; };
        host_ = std::make_unique<LinkHost<F>>("wan", settings, kMtu, random, *this);
    }

    void run() {
        while (!script_.is_over()) {
            step();
            check();
        }
        settle();
    }

    bool send(const Report<F>& report) override {
        require(!report.records.empty(), "a report says something");
        require(encode(report, make<F>(1, 1)).octets.size() <= kMtu, "a report fits into a packet");
        require(report.generation == host_->generation(), "routers understand it");
        for (const auto& record : report.records) {
            require(is_multicast(record.group), "a record is about a group");
            if (record.type == RecordType::is_in || record.type == RecordType::is_ex) {
                told_[record.group] = {
                    record.type == RecordType::is_in ? FilterMode::include : FilterMode::exclude,
                    record.sources};
            }
        }
        return script_.next() % 8 != 0;
    }

private:
    void step() {
        const auto verb = script_.next();
        switch (verb % 8) {
            case 0:
            case 1:
                want(script_.next(), script_.next());
                break;
            case 2:
                hear(query());
                break;
            case 3:
                hear(Report<F>{generation(), {{RecordType::is_ex, group(script_.next()), {}}}, 0});
                break;
            case 4:
                host_->receive(script_.take(script_.next()), now_);
                break;
            case 5:
                if (verb >= 0xf0) {
                    host_->forget();
                    wanted_.clear();
                }
                break;
            default:
                pass(milliseconds(script_.next() * 20));
        }
    }

    Generation generation() {
        return static_cast<Generation>(kVersionGap<F> + 1 + script_.next() % (3 - kVersionGap<F>));
    }
    static Address group(std::uint8_t number) { return make_group<F>(number % 5); }

    void want(std::uint8_t which, std::uint8_t how) {
        const auto sources = make_sources<F>(how & 15u);
        Wanted<F> wanted{how >= 128 ? FilterMode::exclude : FilterMode::include,
                         {sources.begin(), sources.end()}};
        if (wanted.nothing()) {
            wanted_.erase(group(which));
        } else {
            wanted_[group(which)] = wanted;
        }
        host_->want({{group(which), std::move(wanted)}}, now_);
    }

    Query<F> query() {
        Query<F> query;
        query.generation = generation();
        const auto about = script_.next();
        if (about % 3 != 0 && query.generation != Generation::first) {
            query.group = group(about);
        }
        query.max_response = milliseconds(script_.next() * 40);
        if (query.generation == Generation::third) {
            query.robustness = script_.next() % 8;
            query.interval = seconds(script_.next());
            if (!query.is_general()) {
                const auto sources = make_sources<F>(script_.next() & 15u);
                query.sources.assign(sources.begin(), sources.end());
            }
        }
        return query;
    }

    void hear(std::variant<Query<F>, Report<F>> body) {
        Message<F> message;
        message.body = std::move(body);
        host_->receive(message, now_);
    }

    void pass(Duration duration) {
        const auto end = now_ + duration;
        while (host_->next_deadline() && *host_->next_deadline() <= end) {
            now_ = std::max(now_, *host_->next_deadline());
            for (int rounds = 0; host_->next_deadline() && *host_->next_deadline() <= now_;) {
                host_->run_timers(now_);
                require(++rounds < 1000, "what is due gets done");
            }
        }
        now_ = end;
    }

    void check() const {
        require(host_->wanted_groups() == wanted_.size(), "it wants what it was told to");
        for (const auto& [address, reports] : host_->groups()) {
            const auto found = wanted_.find(address);
            require(reports.wanted() == (found == wanted_.end() ? Wanted<F>{} : found->second),
                    "it wants it as it was told to");
            require(!reports.is_done(), "a group that is done is gone");
        }
    }

    /// Longer than any querier is remembered: 7 x 31744 s and as much for an answer.
    void settle() {
        pass(200h);
        require(host_->next_deadline() == std::nullopt, "no timer runs for ever");
        require(host_->groups().size() == wanted_.size(), "what has been left is gone");
        require(host_->generation() == newest_, "older queriers are forgotten");
        told_.clear();
        Query<F> query;
        query.max_response = 1s;
        hear(query);
        pass(2s);
        if (newest_ == Generation::third) {
            require(told_ == wanted_, "a query is answered with all that is wanted");
        }
    }

    Script& script_;
    Generation newest_ = Generation::third;
    std::unique_ptr<LinkHost<F>> host_;
    TimePoint now_{1000h};
    std::map<Address, Wanted<F>> wanted_;
    std::map<Address, Wanted<F>> told_;  ///< by current-state records
};

template <class F>
void run(std::span<const std::uint8_t> octets) {
    Script script(octets);
    Host<F>(script).run();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLongest = 2000;
    spdlog::set_level(spdlog::level::off);
    if (size == 0) {
        return 0;
    }
    const std::span octets(data + 1, std::min(size - 1, kLongest));
    if ((data[0] & 1) == 0) {
        run<V4>(octets);
    } else {
        run<V6>(octets);
    }
    return 0;
}
