// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "common/ids.hpp"
#include "common/ip_address.hpp"

namespace mgmd::dataplane {

/// What an address is to the router.
enum class LocalKind : std::uint8_t {
    none,
    own,        ///< an address of one of its interfaces in the table
    broadcast,  ///< the broadcast address of a subnet of the arrival interface
};

/// The router's own addresses, and the broadcast addresses of its subnets, in a hash table of at
/// most a quarter full: nearly always one probe. Immutable once built; any thread.
template <class F>
class LocalAddresses {
public:
    struct Item {
        typename F::Address address{};
        TableId table = 0;
        InterfaceIndex interface = kNoInterface;  ///< broadcast on this one; kNoInterface: own
    };

    LocalAddresses() : LocalAddresses(std::vector<Item>{}) {}

    /// Unspecified addresses are left out: they mark free slots.
    explicit LocalAddresses(const std::vector<Item>& items)
        : slots_(std::bit_ceil(items.size() * 4 + 16)), mask_(slots_.size() - 1) {
        for (const auto& item : items) {
            if (is_unspecified(item.address)) {
                continue;
            }
            auto at = hash(item.address) & mask_;
            while (!is_unspecified(slots_[at].address)) {
                at = (at + 1) & mask_;
            }
            slots_[at] = item;
        }
    }

    /// False: it is none of them, in any table and on any interface.
    [[gnu::always_inline]] bool may_know(const typename F::Address& address) const {
        return !is_unspecified(slots_[hash(address) & mask_].address);
    }

    LocalKind find(TableId table, InterfaceIndex arrival,
                   const typename F::Address& address) const {
        for (auto at = hash(address) & mask_;; at = (at + 1) & mask_) {
            const Item& slot = slots_[at];
            if (is_unspecified(slot.address)) {
                return LocalKind::none;
            }
            if (slot.address == address && slot.table == table) {
                if (slot.interface == kNoInterface) {
                    return LocalKind::own;
                }
                if (slot.interface == arrival) {
                    return LocalKind::broadcast;
                }
            }
        }
    }

private:
    static std::size_t hash(const typename F::Address& address) {
        constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15;
        if constexpr (F::family == Family::ipv4) {
            return (std::bit_cast<std::uint32_t>(address.bytes) * kGolden) >> 32;
        } else {
            const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(address.bytes);
            return ((words[0] ^ std::rotl(words[1], 29)) * kGolden) >> 32;
        }
    }

    std::vector<Item> slots_;
    std::size_t mask_;
};

}  // namespace mgmd::dataplane
