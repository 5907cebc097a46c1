// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>

#include "common/clock.hpp"
#include "control/membership/filter_state.hpp"

namespace mgmd::membership {

/// What each host of a link wants of one group, so that the last one's leave can be told from
/// another's (explicit host tracking). It knows everybody while every reporter has an address of
/// its own and speaks a version that does not keep silent when it hears another's report.
template <class F>
class HostTracker {
public:
    using Address = typename F::Address;

    /// More hosts of one group than this are not told apart.
    static constexpr std::size_t kMostHosts = 1024;

    /// `host` sent this record; what it wants is forgotten at `until` unless it reports again.
    void receive(const Address& host, RecordType type, std::span<const Address> sources,
                 TimePoint until);
    /// Somebody reported who can't be followed: nobody is known for sure until then.
    void receive_unknown(TimePoint until);

    void expire(TimePoint now);
    std::optional<TimePoint> next_deadline() const;

    /// Whether "nobody" can be believed.
    bool is_complete() const { return !unknown_until_; }
    bool anybody_wants_all() const;
    bool anybody_wants(const Address& source) const;
    /// What hosts in INCLUDE mode want, and until when.
    std::map<Address, TimePoint> wanted_by_name() const;

    struct Host {
        FilterMode mode = FilterMode::include;
        std::set<Address> sources;
        TimePoint until{};
        bool wants(const Address& source) const {
            return (mode == FilterMode::include) == (sources.count(source) != 0);
        }
    };
    const std::map<Address, Host>& hosts() const { return hosts_; }

private:
    static void apply(Host& host, RecordType type, std::span<const Address> sources);

    std::map<Address, Host> hosts_;
    std::optional<TimePoint> unknown_until_;
};

}  // namespace mgmd::membership
