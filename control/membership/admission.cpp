// SPDX-License-Identifier: Apache-2.0
#include "control/membership/admission.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::membership {
namespace {

template <class F>
bool is_exclude(const Record<F>& record) {
    return record.type == RecordType::is_ex || record.type == RecordType::to_ex;
}

/// Whether the sources are such that a host asks for, not such that it does without.
template <class F>
bool asks_for_sources(const Record<F>& record) {
    return record.type == RecordType::is_in || record.type == RecordType::to_in ||
           record.type == RecordType::allow;
}

template <class Address>
void sort_distinct(std::vector<Address>& sources) {
    std::sort(sources.begin(), sources.end());
    sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
}

}  // namespace

template <class F>
std::optional<Admitted<F>> Admission<F>::admit(Record<F> record, Generation generation) {
    if (!admits_group(record.group)) {
        return std::nullopt;
    }
    Admitted<F> admitted{std::move(record), generation, false};
    const bool older = generation != Generation::third;
    const bool mapped = older && map(admitted);
    // RFC 4604 2.2.1 and 2.2.4: in the source-specific range, messages of older versions and
    // EXCLUDE records are ignored
    if (!mapped && is_ssm_group(admitted.record.group) && (older || is_exclude(admitted.record))) {
        counters_.add(LinkCount::ssm_range);
        return std::nullopt;
    }
    clean_sources(admitted.record);
    return admitted;
}

template <class F>
bool Admission<F>::admits_group(const typename F::Address& group) {
    std::optional<LinkCount> reason;
    if (!is_multicast(group)) {
        reason = LinkCount::bad_group;
    } else if (is_link_scope_group(group)) {
        reason = LinkCount::link_scope_group;  // RFC 9776 6: never reported on, nor forwarded
    } else if (!settings_.groups.admits(group)) {
        reason = LinkCount::group_denied;
    }
    if (reason) {
        counters_.add(*reason);
    }
    return !reason;
}

/// A report of an older version becomes IS_IN of the configured sources, a leave BLOCK of them.
template <class F>
bool Admission<F>::map(Admitted<F>& admitted) const {
    const auto found =
        std::find_if(settings_.ssm_mapping.begin(), settings_.ssm_mapping.end(),
                     [&](const auto& each) { return each.groups.contains(admitted.record.group); });
    if (found == settings_.ssm_mapping.end()) {
        return false;
    }
    auto& record = admitted.record;
    record.type = is_exclude(record) ? RecordType::is_in : RecordType::block;
    record.sources = found->sources;
    admitted.generation = Generation::third;
    admitted.mapped = true;
    return true;
}

template <class F>
void Admission<F>::clean_sources(Record<F>& record) {
    auto& sources = record.sources;
    const auto leave_out = [&](LinkCount reason, auto unwanted) {
        counters_.add(reason, std::erase_if(sources, unwanted));
    };
    leave_out(LinkCount::bad_source,
              [](const auto& source) { return is_unspecified(source) || is_multicast(source); });
    if (asks_for_sources(record)) {
        leave_out(LinkCount::source_denied,
                  [this](const auto& source) { return !settings_.sources.admits(source); });
    }
    sort_distinct(sources);
}

template <class F>
bool Admission<F>::has_room(std::size_t groups) {
    if (groups < settings_.max_groups) {
        return true;
    }
    counters_.add(LinkCount::group_limit);
    return false;
}

template <class F>
std::size_t Admission<F>::limit_sources(Record<F>& record, const FilterState<F>& known) {
    auto& sources = record.sources;
    const auto is_known = [&](const auto& source) { return known.sources().count(source) != 0; };
    // IS_EX and TO_EX replace the whole list; the others add to what is there.
    const std::size_t kept =
        is_exclude(record)
            ? static_cast<std::size_t>(std::count_if(sources.begin(), sources.end(), is_known))
            : known.sources().size();
    const std::size_t limit = settings_.max_sources_per_group;
    std::size_t room = limit - std::min(limit, kept);
    const auto left_out = std::erase_if(sources, [&](const auto& source) {
        if (is_known(source)) {
            return false;
        }
        const bool fits = room > 0;
        room -= fits ? 1 : 0;
        return !fits;
    });
    counters_.add(LinkCount::source_limit, left_out);
    return left_out;
}

template class Admission<V4>;
template class Admission<V6>;

}  // namespace mgmd::membership
