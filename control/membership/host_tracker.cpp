// SPDX-License-Identifier: Apache-2.0
#include "control/membership/host_tracker.hpp"

#include <algorithm>

namespace mgmd::membership {

template <class F>
void HostTracker<F>::receive(const Address& host, RecordType type, std::span<const Address> sources,
                             TimePoint until) {
    if (hosts_.size() >= kMostHosts && hosts_.count(host) == 0) {
        receive_unknown(until);
        return;
    }
    Host& known = hosts_[host];
    known.until = until;
    apply(known, type, sources);
    if (known.mode == FilterMode::include && known.sources.empty()) {
        hosts_.erase(host);
    }
}

/// A host may need several records, or messages, for all its sources: what it said before stays
/// unless it is taken back, or its filter mode is another now.
template <class F>
void HostTracker<F>::apply(Host& host, RecordType type, std::span<const Address> sources) {
    const auto add = [&] { host.sources.insert(sources.begin(), sources.end()); };
    const auto remove = [&] {
        for (const auto& source : sources) {
            host.sources.erase(source);
        }
    };
    switch (type) {
        case RecordType::to_in:
            if (sources.empty() || host.mode == FilterMode::exclude) {
                host.mode = FilterMode::include;
                host.sources.clear();
            }
            add();
            break;
        case RecordType::is_ex:
        case RecordType::to_ex:
            // RFC 9776 4.2.16: an exclude record is never split, and so says it all
            host.mode = FilterMode::exclude;
            host.sources = {sources.begin(), sources.end()};
            break;
        case RecordType::is_in:  // also of a host in EXCLUDE mode, about single sources: 5.2
        case RecordType::allow:
            host.mode == FilterMode::include ? add() : remove();
            break;
        case RecordType::block:
            host.mode == FilterMode::include ? remove() : add();
            break;
    }
}

template <class F>
void HostTracker<F>::receive_unknown(TimePoint until) {
    unknown_until_ = std::max(unknown_until_.value_or(until), until);
}

template <class F>
void HostTracker<F>::expire(TimePoint now) {
    std::erase_if(hosts_, [&](const auto& host) { return host.second.until <= now; });
    if (unknown_until_ && *unknown_until_ <= now) {
        unknown_until_.reset();
    }
}

template <class F>
std::optional<TimePoint> HostTracker<F>::next_deadline() const {
    auto next = unknown_until_;
    for (const auto& [address, host] : hosts_) {
        next = std::min(next.value_or(host.until), host.until);
    }
    return next;
}

template <class F>
bool HostTracker<F>::anybody_wants_all() const {
    return std::any_of(hosts_.begin(), hosts_.end(),
                       [](const auto& host) { return host.second.mode == FilterMode::exclude; });
}

template <class F>
auto HostTracker<F>::wanted_by_name() const -> std::map<Address, TimePoint> {
    std::map<Address, TimePoint> result;
    for (const auto& [address, host] : hosts_) {
        if (host.mode == FilterMode::include) {
            for (const auto& source : host.sources) {
                auto& until = result[source];
                until = std::max(until, host.until);
            }
        }
    }
    return result;
}

template <class F>
bool HostTracker<F>::anybody_wants(const Address& source) const {
    return std::any_of(hosts_.begin(), hosts_.end(),
                       [&](const auto& host) { return host.second.wants(source); });
}

template class HostTracker<V4>;
template class HostTracker<V6>;

}  // namespace mgmd::membership
