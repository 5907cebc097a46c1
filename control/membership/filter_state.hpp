// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "control/membership/message.hpp"

namespace mgmd::membership {

enum class FilterMode : std::uint8_t { include, exclude };

/// What is to be forwarded of a group, as its hosts want it: `sources` alone, or all but `sources`.
template <class F>
struct Wanted {
    FilterMode mode = FilterMode::include;
    std::vector<typename F::Address> sources;  ///< ascending
    bool nothing() const { return mode == FilterMode::include && sources.empty(); }
    friend bool operator==(const Wanted&, const Wanted&) = default;
};

/// From where: "any", "any but 10.1.0.10", "10.1.0.10, 10.1.0.11", "none". A long list is cut.
template <class F>
std::string to_string(const Wanted<F>& wanted);

/// The queries that a transition asks for: "Send Q(G)", "Send Q(G,X)".
template <class F>
struct Asked {
    bool group = false;
    std::vector<typename F::Address> sources;  ///< X, ascending
    bool nothing() const { return !group && sources.empty(); }
};

/// A router's record of one group on one link (RFC 9776 6.2, RFC 9777 7.2): the filter mode, the
/// group timer, and the sources with their timers. The transitions are those of the tables in
/// RFC 9776 6.4 and RFC 9777 7.4, with their names for the sets: A in INCLUDE mode; in EXCLUDE mode
/// X, whose timers run, and Y, whose timers are 0.
template <class F>
class FilterState {
public:
    using Address = typename F::Address;
    /// When the source's timer ends; nullopt: the timer is 0.
    using Sources = std::map<Address, std::optional<TimePoint>>;

    /// A record of this group. `sources`: ascending, each once. `interval`: GMI.
    Asked<F> receive(RecordType type, std::span<const Address> sources, TimePoint now,
                     Duration interval);

    /// Timers that are up: RFC 9776 6.3 and 6.5, RFC 9777 7.3 and 7.5.
    void expire(TimePoint now);

    /// The source's timer runs at least until then.
    void start_source(const Address& source, TimePoint until);
    /// Timers that would run longer end at `at`.
    void lower_group(TimePoint at);
    void lower_sources(std::span<const Address> sources, TimePoint at);

    /// No record would be kept.
    bool empty() const { return mode_ == FilterMode::include && sources_.empty(); }
    Wanted<F> wanted() const;
    std::optional<TimePoint> next_deadline() const;

    FilterMode mode() const { return mode_; }
    /// Precondition: EXCLUDE mode.
    TimePoint group_ends() const { return group_ends_; }
    const Sources& sources() const { return sources_; }

private:
    Asked<F> receive_in_include(RecordType type, std::span<const Address> sources, TimePoint now,
                                Duration interval);
    Asked<F> receive_in_exclude(RecordType type, std::span<const Address> sources, TimePoint now,
                                Duration interval);
    void start(std::span<const Address> sources, TimePoint until);
    void exclude(std::span<const Address> sources, std::optional<TimePoint> others);
    bool runs(const Address& source) const;
    std::vector<Address> running_among(std::span<const Address> sources) const;
    std::vector<Address> running_but(std::span<const Address> sources) const;

    FilterMode mode_ = FilterMode::include;
    TimePoint group_ends_{};
    Sources sources_;
};

}  // namespace mgmd::membership
