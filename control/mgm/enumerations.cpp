// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/enumerations.hpp"

#include <algorithm>

#include "control/mgm/failure.hpp"

namespace mgmd::mgm {

template <class F>
std::vector<SourceGroup<F>> Enumerations<F>::snapshot(EnumerationType type) const {
    std::vector<Key> keys;
    state_.memberships.visit([&](const KeyRecord<F>& record) {
        const bool visible = std::any_of(record.members.begin(), record.members.end(),
                                         [](const Member& member) { return member.visible(); });
        if (!visible) {
            return;
        }
        Key key = record.key;
        if (type == EnumerationType::any_source) {
            key.source = {};
        }
        keys.push_back(key);
    });
    // Ranges that begin with a group come between its (*,G) and its sources.
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

template <class F>
Result<EnumerationHandle> Enumerations<F>::start(ClientHandle client, EnumerationType type) {
    const auto owner = state_.clients.find(client);
    if (!owner) {
        return tl::make_unexpected(owner.error());
    }
    auto at = std::find_if(slots_.begin(), slots_.end(),
                           [](const auto& slot) { return slot.client == kNobody; });
    if (at == slots_.end()) {
        at = slots_.insert(at, Enumeration{});
    }
    *at = {.client = *owner, .generation = at->generation + 1, .keys = snapshot(type)};
    return EnumerationHandle{static_cast<std::uint32_t>(at - slots_.begin()), at->generation};
}

template <class F>
auto Enumerations<F>::find(EnumerationHandle handle) -> Result<Enumeration*> {
    if (handle.slot >= slots_.size() || slots_[handle.slot].client == kNobody ||
        slots_[handle.slot].generation != handle.generation) {
        return refuse(Errc::invalid_parameter, "enumeration handle {}.{} has ended", handle.slot,
                      handle.generation);
    }
    return &slots_[handle.slot];
}

template <class F>
Result<Page<SourceGroup<F>>> Enumerations<F>::next(EnumerationHandle handle,
                                                   std::size_t buffer_octets) {
    const auto enumeration = find(handle);
    if (!enumeration) {
        return tl::make_unexpected(enumeration.error());
    }
    auto& [client, generation, position, keys] = **enumeration;
    const std::size_t left = keys.size() - position;
    const std::size_t count = std::min(left, buffer_octets / source_group_octets<F>());
    if (count == 0 && left != 0) {
        return tl::make_unexpected(Failure{Errc::insufficient_buffer,
                                           "not even one group fits in the buffer",
                                           source_group_octets<F>()});
    }
    const auto first = keys.begin() + static_cast<std::ptrdiff_t>(position);
    position += count;
    return Page<Key>{count < left, {first, first + static_cast<std::ptrdiff_t>(count)}};
}

template <class F>
Result<> Enumerations<F>::end(EnumerationHandle handle) {
    const auto enumeration = find(handle);
    if (!enumeration) {
        return tl::make_unexpected(enumeration.error());
    }
    **enumeration = {.generation = handle.generation, .keys = {}};
    return {};
}

template <class F>
void Enumerations<F>::end_all(ClientIndex client) {
    for (Enumeration& enumeration : slots_) {
        if (enumeration.client == client) {
            enumeration = {.generation = enumeration.generation, .keys = {}};
        }
    }
}

template class Enumerations<V4>;
template class Enumerations<V6>;

}  // namespace mgmd::mgm
