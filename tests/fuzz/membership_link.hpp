// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "control/membership/link_router.hpp"
#include "tests/fuzz/require.hpp"

/// A link that a script of octets plays with, and what must hold of it at any time.
namespace mgmd::membership::fuzz {

using namespace std::chrono_literals;
using mgmd::test::require;

/// The script, octet by octet; zeros after its end.
class Script {
public:
    explicit Script(std::span<const std::uint8_t> octets) : octets_(octets) {}

    bool is_over() const { return octets_.empty(); }
    std::uint8_t next() {
        if (octets_.empty()) {
            return 0;
        }
        const auto octet = octets_.front();
        octets_ = octets_.subspan(1);
        return octet;
    }
    std::span<const std::uint8_t> take(std::size_t count) {
        const auto taken = octets_.first(std::min(count, octets_.size()));
        octets_ = octets_.subspan(taken.size());
        return taken;
    }

private:
    std::span<const std::uint8_t> octets_;
};

inline constexpr unsigned kSources = 4;
inline constexpr std::uint32_t kMaxGroups = 3;
inline constexpr std::uint32_t kMaxSources = 3;

template <class F>
typename F::Address make(std::uint8_t kind, unsigned number) {
    typename F::Address address{};
    address.bytes.front() = F::family == Family::ipv4 ? 10 : 0xfe;
    address.bytes[1] = 0x80;
    address.bytes[2] = kind;
    address.bytes.back() = static_cast<std::uint8_t>(number + 1);
    return address;
}
template <class F>
typename F::Address make_group(unsigned number) {
    typename F::Address group{};
    const bool specific = number % 4 == 3;
    group.bytes.front() = F::family == Family::ipv4 ? (specific ? 232 : 239) : 0xff;
    group.bytes[1] = F::family == Family::ipv4 ? 1 : (specific ? 0x3e : 0x1e);
    group.bytes.back() = static_cast<std::uint8_t>(number + 1);
    return group;
}
template <class F>
std::set<typename F::Address> make_sources(unsigned mask) {
    std::set<typename F::Address> sources;
    for (unsigned i = 0; i < kSources; ++i) {
        if ((mask >> i & 1u) != 0) {
            sources.insert(make<F>(3, i));
        }
    }
    return sources;
}

template <class F>
bool wants(const Wanted<F>& wanted, const typename F::Address& source) {
    const bool named = std::binary_search(wanted.sources.begin(), wanted.sources.end(), source);
    return named == (wanted.mode == FilterMode::include);
}

/// A link with its router, and what must hold of it at any time.
template <class F>
class Link : public LinkListener<F> {
public:
    using Address = typename F::Address;

    Link(bool immediate_leave, bool limited) {
        settings.query_interval = 20s;
        settings.query_response_interval = 4s;
        settings.immediate_leave = immediate_leave;
        settings.report_rate = 0;
        if (limited) {
            settings.max_groups = kMaxGroups;
            settings.max_sources_per_group = kMaxSources;
        }
        router = std::make_unique<LinkRouter<F>>("lan", settings, make<F>(1, 4), *this);
        router->link_up(now);
    }

    bool send(const Query<F>& query, const Address&) override {
        require(link_is_up, "nothing is sent on a link that is down");
        require(query.sources.empty() || !query.is_general(), "sources are of a group");
        sent.push_back(query);
        return true;
    }
    void on_wanted(const Address& group, const Wanted<F>& now_wanted) override {
        if (now_wanted.nothing()) {
            require(wanted.erase(group) == 1, "what ends had begun");
        } else {
            require(!(wanted[group] == now_wanted), "changes only are told");
            wanted[group] = now_wanted;
        }
    }

    void check() const {
        const auto& groups = router->groups();
        require(groups.size() <= settings.max_groups, "the limit of groups holds");
        require(router->deadlines().size() == groups.size(), "as many deadlines as groups");
        require(wanted.size() == groups.size(), "nothing is wanted of other groups");
        for (const auto& [address, member] : groups) {
            const auto& filter = member.group.filter();
            require(!filter.empty(), "a group without interest is gone");
            require(filter.sources().size() <= settings.max_sources_per_group,
                    "the limit of sources holds");
            require(router->deadlines().contains(address), "a group has a deadline");
            require(member.group.next_deadline().has_value(), "some timer of a group runs");
            const auto told = wanted.find(address);
            require(told != wanted.end() && told->second == filter.wanted(),
                    "what is wanted has been told");
            require(!is_ssm_group(address) || filter.mode() == FilterMode::include,
                    "source-specific groups are never joined without a source");
        }
    }

    /// Up to the next deadline, at most `longest`. False: there was none before that.
    bool step(Duration longest) {
        const auto next = router->next_deadline();
        const bool due = next && *next <= now + longest;
        now = due ? std::max(*next, now) : now + longest;
        router->run_timers(now);
        if (const auto later = router->next_deadline()) {
            require(*later > now, "what is due has been done");
        }
        return due;
    }

    /// RFC 9776 8.4.
    static constexpr Duration kMembershipInterval = 2 * 20s + 4s;

    MembershipProtocolSettings<F> settings;
    std::unique_ptr<LinkRouter<F>> router;
    TimePoint now{1000h};
    bool link_is_up = true;
    std::vector<Query<F>> sent;
    std::map<Address, Wanted<F>> wanted;
};

}  // namespace mgmd::membership::fuzz
