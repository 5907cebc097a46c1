// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/room.hpp"

#include "control/mgm/outgoing.hpp"

namespace mgmd::mgm {

template <class F>
std::uint64_t used_entries(const State<F>& state) {
    std::uint64_t used = state.mfes.size() + state.installed.size();
    if (const auto* any = state.installed.find(SourceGroup<F>::any()); any != nullptr) {
        used += forwarding_keys(state, *any).size();
        --used;  // counted as a route
    }
    return used;
}

template <class F>
bool has_room(const State<F>& state, std::uint64_t more) {
    const std::uint64_t used = used_entries(state);
    state.outside.share.set(used);
    return used + more <= state.options.limits.entries && state.outside.share.has_room(more);
}

template std::uint64_t used_entries(const State<V4>&);
template std::uint64_t used_entries(const State<V6>&);
template bool has_room(const State<V4>&, std::uint64_t);
template bool has_room(const State<V6>&, std::uint64_t);

}  // namespace mgmd::mgm
