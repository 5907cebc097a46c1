// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/ip_address.hpp"
#include "common/multicast_scope.hpp"
#include "common/settings.hpp"

namespace mgmd::dataplane {

/// Which groups do not cross an interface, in or out (RFC 2365, RFC 4007 9). Any thread.
template <class F>
class Boundaries {
public:
    Boundaries() = default;
    Boundaries(std::vector<Prefix<F>> prefixes, std::uint8_t scope)
        : prefixes_(std::move(prefixes)), scope_(scope) {}

    bool empty() const { return prefixes_.empty() && scope_ == 0; }

    bool blocks(const typename F::Address& group) const {
        if constexpr (F::family == Family::ipv6) {
            // RFC 4007 5: a zone's boundary is one for all smaller scopes as well.
            if (effective_scope(group) <= scope_) {
                return true;
            }
        }
        return std::any_of(prefixes_.begin(), prefixes_.end(),
                           [&](const Prefix<F>& prefix) { return prefix.contains(group); });
    }

    /// Whether some group of the range may be blocked; of a single one that is known.
    bool may_block(const Prefix<F>& groups) const {
        return groups.length == F::address_bits ? blocks(groups.address) : !empty();
    }

private:
    std::vector<Prefix<F>> prefixes_;
    std::uint8_t scope_ = 0;  ///< IPv6 only; 0: no zone ends here
};

template <class F>
Boundaries<F> boundaries_of(const BoundarySettings& settings) {
    if constexpr (F::family == Family::ipv4) {
        return {settings.ipv4, 0};
    } else {
        return {settings.ipv6, effective_scope(settings.ipv6_scope)};
    }
}

}  // namespace mgmd::dataplane
