// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/btree_map.h>
#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <vector>

#include "control/mgm/client_registry.hpp"
#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// A route that a client installed (28).
template <class F>
struct Installed {
    InstalledRoute<F> route;
    ClientIndex client = kNobody;
    TimePoint created{};
};

/// The installed routes, in key order.
template <class F>
class InstalledTable {
public:
    using Key = SourceGroup<F>;

    Installed<F>* find(const Key& key);
    const Installed<F>* find(const Key& key) const;
    /// Adds or replaces.
    Installed<F>& put(Installed<F> installed);
    /// Precondition: it is there.
    Installed<F> take(const Key& key);
    void erase(const Key& key);

    std::size_t size() const { return routes_.size(); }
    /// The first after the key, or the very first one; nullptr: no more.
    const Installed<F>* after(const std::optional<Key>& key) const;
    std::vector<Key> of_client(ClientIndex client) const;

    /// Calls `matches(installed)` for those that cover the (S,G), in the order in which workers
    /// match, until it returns true. nullptr: none did.
    template <class Matches>
    const Installed<F>* covering(const Key& source_group, Matches&& matches) const {
        const auto try_key = [&](const Key& key) -> const Installed<F>* {
            const Installed<F>* installed = find(key);
            return installed != nullptr && matches(*installed) ? installed : nullptr;
        };
        if (routes_.empty()) {
            return nullptr;
        }
        if (const auto* exact = try_key(source_group); exact != nullptr) {
            return exact;
        }
        for (std::size_t length = by_length_.size(); length-- > 0;) {
            if (by_length_[length] == 0) {
                continue;
            }
            const auto bits = static_cast<std::uint8_t>(length);
            const Key key{.group = masked(source_group.group, bits), .group_length = bits};
            if (const auto* wildcard = try_key(key); wildcard != nullptr) {
                return wildcard;
            }
        }
        return nullptr;
    }

private:
    /// The order of the keys in numbers.
    struct Order {
        AddressPair<F> addresses;
        std::uint8_t group_length;

        explicit Order(const Key& key)
            : addresses(key.group, key.source), group_length(key.group_length) {}
        friend auto operator<=>(const Order&, const Order&) = default;
    };

    absl::btree_map<Order, std::unique_ptr<Installed<F>>> routes_;
    std::array<std::uint32_t, F::address_bits + 1> by_length_{};  // without a source
};

}  // namespace mgmd::mgm
