// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/forwarding_table.hpp"
#include "common/headers.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"

namespace mgmd::dataplane {

/// A RouteKey as words that compare and hash quickly.
template <class F>
struct PackedKey {
    static constexpr std::size_t kAddressWords = F::address_bits * 2 / 64;
    static_assert(kNoInterface == 0);  // the arrival of most keys

    std::array<std::uint64_t, kAddressWords + 1> words;

    static PackedKey from(TableId table, const typename F::Address& source,
                          const typename F::Address& group, std::uint8_t group_length,
                          InterfaceIndex arrival) {
        PackedKey key;
        auto* octets = reinterpret_cast<std::byte*>(key.words.data());
        std::memcpy(octets, source.bytes.data(), sizeof source);
        std::memcpy(octets + sizeof source, group.bytes.data(), sizeof group);
        key.words[kAddressWords] =
            table | std::uint64_t{arrival} << 16 | std::uint64_t{group_length} << 32;
        return key;
    }
    static PackedKey from(const RouteKey<F>& key) {
        return from(key.table, key.source, key.group, key.group_length, key.arrival);
    }
    /// That of a flow's (S,G) entry. Source and group stand one behind the other in both.
    static PackedKey from(const FlowKey<F>& flow) {
        static_assert(offsetof(FlowKey<F>, group) == kFlowSource + sizeof flow.source);
        return of_addresses(flow.table, reinterpret_cast<const std::byte*>(&flow) + kFlowSource);
    }
    /// The same of a packet's source and group, which stand one behind the other in its header.
    [[gnu::always_inline]] static PackedKey from(TableId table, const IpHeader<F>& header) {
        constexpr auto kSource = offsetof(IpHeader<F>, source);
        static_assert(offsetof(IpHeader<F>, destination) == kSource + sizeof header.source);
        return of_addresses(table, reinterpret_cast<const std::byte*>(&header) + kSource);
    }
    RouteKey<F> unpack() const {
        RouteKey<F> key;
        const auto* octets = reinterpret_cast<const std::byte*>(words.data());
        std::memcpy(key.source.bytes.data(), octets, sizeof key.source);
        std::memcpy(key.group.bytes.data(), octets + sizeof key.source, sizeof key.group);
        const std::uint64_t rest = words[kAddressWords];
        key.table = static_cast<TableId>(rest);
        key.arrival = static_cast<InterfaceIndex>(rest >> 16);
        key.group_length = static_cast<std::uint8_t>(rest >> 32);
        return key;
    }

    /// The flow that it is the (S,G) key of.
    FlowKey<F> flow() const {
        FlowKey<F> flow;
        std::memcpy(reinterpret_cast<std::byte*>(&flow) + kFlowSource, words.data(),
                    kAddressWords * sizeof words[0]);
        flow.table = static_cast<TableId>(words[kAddressWords]);
        return flow;
    }

    /// Without a branch or a call: most comparisons succeed.
    friend bool operator==(const PackedKey& a, const PackedKey& b) {
        std::uint64_t difference = 0;
        for (std::size_t i = 0; i < a.words.size(); ++i) {
            difference |= a.words[i] ^ b.words[i];
        }
        return difference == 0;
    }

private:
    static constexpr auto kFlowSource = offsetof(FlowKey<F>, source);

    [[gnu::always_inline]] static PackedKey of_addresses(TableId table, const std::byte* octets) {
        PackedKey key;
        std::memcpy(key.words.data(), octets, kAddressWords * sizeof key.words[0]);
        key.words[kAddressWords] = table | std::uint64_t{F::address_bits} << 32;
        return key;
    }
};

}  // namespace mgmd::dataplane
