// SPDX-License-Identifier: Apache-2.0
#include "control/membership/filter_state.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::membership {

template <class F>
Asked<F> FilterState<F>::receive(RecordType type, std::span<const Address> sources, TimePoint now,
                                 Duration interval) {
    return mode_ == FilterMode::include ? receive_in_include(type, sources, now, interval)
                                        : receive_in_exclude(type, sources, now, interval);
}

template <class F>
Asked<F> FilterState<F>::receive_in_include(RecordType type, std::span<const Address> sources,
                                            TimePoint now, Duration interval) {
    Asked<F> asked;
    switch (type) {
        case RecordType::is_in:
        case RecordType::allow:
            // INCLUDE (A), IS_IN (B) or ALLOW (B): INCLUDE (A+B); (B)=GMI
            start(sources, now + interval);
            break;
        case RecordType::to_in:
            // INCLUDE (A), TO_IN (B): INCLUDE (A+B); (B)=GMI, Send Q(G,A-B)
            asked.sources = running_but(sources);
            start(sources, now + interval);
            break;
        case RecordType::block:
            // INCLUDE (A), BLOCK (B): INCLUDE (A); Send Q(G,A*B)
            asked.sources = running_among(sources);
            break;
        case RecordType::to_ex:
            // INCLUDE (A), TO_EX (B): as IS_EX (B), and Send Q(G,A*B)
            asked.sources = running_among(sources);
            [[fallthrough]];
        case RecordType::is_ex:
            // INCLUDE (A), IS_EX (B): EXCLUDE (A*B,B-A); (B-A)=0, Delete (A-B), Group Timer=GMI
            exclude(sources, std::nullopt);
            group_ends_ = now + interval;
            break;
    }
    return asked;
}

template <class F>
Asked<F> FilterState<F>::receive_in_exclude(RecordType type, std::span<const Address> sources,
                                            TimePoint now, Duration interval) {
    Asked<F> asked;
    switch (type) {
        case RecordType::is_in:
        case RecordType::allow:
            // EXCLUDE (X,Y), IS_IN (A) or ALLOW (A): EXCLUDE (X+A,Y-A); (A)=GMI
            start(sources, now + interval);
            break;
        case RecordType::to_in:
            // EXCLUDE (X,Y), TO_IN (A): EXCLUDE (X+A,Y-A); (A)=GMI, Send Q(G,X-A), Send Q(G)
            asked = {true, running_but(sources)};
            start(sources, now + interval);
            break;
        case RecordType::block:
            // EXCLUDE (X,Y), BLOCK (A): EXCLUDE (X+(A-Y),Y); (A-X-Y)=Group Timer, Send Q(G,A-Y)
            for (const auto& source : sources) {
                sources_.try_emplace(source, group_ends_);
            }
            asked.sources = running_among(sources);
            break;
        case RecordType::is_ex:
            // EXCLUDE (X,Y), IS_EX (A): EXCLUDE (A-Y,Y*A); (A-X-Y)=GMI, Delete (X-A),
            // Delete (Y-A), Group Timer=GMI
            exclude(sources, now + interval);
            group_ends_ = now + interval;
            break;
        case RecordType::to_ex:
            // EXCLUDE (X,Y), TO_EX (A): EXCLUDE (A-Y,Y*A); (A-X-Y)=Group Timer, Delete (X-A),
            // Delete (Y-A), Send Q(G,A-Y), Group Timer=GMI
            exclude(sources, group_ends_);
            asked.sources = running_among(sources);
            group_ends_ = now + interval;
            break;
    }
    return asked;
}

/// (sources)=until
template <class F>
void FilterState<F>::start(std::span<const Address> sources, TimePoint until) {
    for (const auto& source : sources) {
        sources_[source] = until;
    }
}

/// EXCLUDE mode with these sources: those known keep their timers, the others get `others`.
template <class F>
void FilterState<F>::exclude(std::span<const Address> sources, std::optional<TimePoint> others) {
    Sources kept;
    for (const auto& source : sources) {
        const auto known = sources_.find(source);
        kept.emplace_hint(kept.end(), source, known == sources_.end() ? others : known->second);
    }
    sources_ = std::move(kept);
    mode_ = FilterMode::exclude;
}

template <class F>
bool FilterState<F>::runs(const Address& source) const {
    const auto known = sources_.find(source);
    return known != sources_.end() && known->second.has_value();
}

template <class F>
auto FilterState<F>::running_among(std::span<const Address> sources) const -> std::vector<Address> {
    std::vector<Address> result;
    std::copy_if(sources.begin(), sources.end(), std::back_inserter(result),
                 [this](const Address& source) { return runs(source); });
    return result;
}

template <class F>
auto FilterState<F>::running_but(std::span<const Address> sources) const -> std::vector<Address> {
    std::vector<Address> result;
    for (const auto& [source, ends] : sources_) {
        if (ends && !std::binary_search(sources.begin(), sources.end(), source)) {
            result.push_back(source);
        }
    }
    return result;
}

template <class F>
void FilterState<F>::expire(TimePoint now) {
    if (mode_ == FilterMode::include) {
        // 6.3: no more data of this source is wanted
        std::erase_if(sources_, [&](const auto& source) { return *source.second <= now; });
        return;
    }
    for (auto& [source, ends] : sources_) {
        if (ends && *ends <= now) {
            ends.reset();  // 6.3: from X to Y
        }
    }
    if (group_ends_ <= now) {
        // 6.5: no host wants all sources any more: those whose timers run stay, in INCLUDE mode
        std::erase_if(sources_, [](const auto& source) { return !source.second; });
        mode_ = FilterMode::include;
    }
}

template <class F>
void FilterState<F>::start_source(const Address& source, TimePoint until) {
    auto& ends = sources_[source];
    ends = std::max(ends.value_or(until), until);
}

template <class F>
void FilterState<F>::lower_group(TimePoint at) {
    group_ends_ = std::min(group_ends_, at);
}

template <class F>
void FilterState<F>::lower_sources(std::span<const Address> sources, TimePoint at) {
    for (const auto& source : sources) {
        const auto known = sources_.find(source);
        if (known != sources_.end() && known->second) {
            known->second = std::min(*known->second, at);
        }
    }
}

template <class F>
Wanted<F> FilterState<F>::wanted() const {
    Wanted<F> wanted{mode_, {}};
    for (const auto& [source, ends] : sources_) {
        if (ends.has_value() == (mode_ == FilterMode::include)) {
            wanted.sources.push_back(source);
        }
    }
    return wanted;
}

template <class F>
std::optional<TimePoint> FilterState<F>::next_deadline() const {
    std::optional<TimePoint> next;
    if (mode_ == FilterMode::exclude) {
        next = group_ends_;
    }
    for (const auto& [source, ends] : sources_) {
        if (ends && (!next || *ends < *next)) {
            next = ends;
        }
    }
    return next;
}

template <class F>
std::string to_string(const Wanted<F>& wanted) {
    constexpr std::size_t kShown = 8;
    const bool exclude = wanted.mode == FilterMode::exclude;
    if (wanted.sources.empty()) {
        return exclude ? "any" : "none";
    }
    std::string list;
    for (std::size_t i = 0; i < wanted.sources.size() && i < kShown; ++i) {
        list += (i == 0 ? "" : ", ") + mgmd::to_string(wanted.sources[i]);
    }
    if (wanted.sources.size() > kShown) {
        list += " and " + std::to_string(wanted.sources.size() - kShown) + " more";
    }
    return exclude ? "any but " + list : list;
}

template class FilterState<V4>;
template class FilterState<V6>;
template std::string to_string(const Wanted<V4>&);
template std::string to_string(const Wanted<V6>&);

}  // namespace mgmd::membership
