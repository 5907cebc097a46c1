// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "common/ids.hpp"
#include "dataplane/entry.hpp"
#include "dataplane/hash.hpp"

/// How often something may happen. Time is TSC cycles. Worker thread only; no allocation after
/// construction.
namespace mgmd::dataplane {

/// A rate with a burst, without state: the virtual scheduling form of the leaky bucket (ITU-T I.371
/// A.1). The state is one number, the cycle at which the bucket will be full again.
class Rate {
public:
    Rate() = default;  ///< never grants
    /// One every `interval` cycles, and `burst` of them at once. Either 0: never grants.
    Rate(std::uint64_t interval, std::uint32_t burst)
        : interval_(burst == 0 ? 0 : interval),
          tolerance_(burst == 0 ? 0 : interval * (burst - 1)) {}

    /// `per_second` and a burst, on a clock of `frequency` cycles a second.
    static Rate per_second(std::uint32_t per_second, std::uint32_t burst, std::uint64_t frequency) {
        return per_second == 0 ? Rate{}
                               : Rate{std::max<std::uint64_t>(frequency / per_second, 1), burst};
    }

    bool take(std::uint64_t& full_at, std::uint64_t now) const {
        if (interval_ == 0 || full_at > now + tolerance_) {
            return false;
        }
        full_at = std::max(full_at, now) + interval_;
        return true;
    }

private:
    std::uint64_t interval_ = 0;
    std::uint64_t tolerance_ = 0;
};

/// A rate and its state.
class TokenBucket {
public:
    TokenBucket() = default;  ///< never grants
    explicit TokenBucket(const Rate& rate) : rate_(rate) {}

    bool take(std::uint64_t now) { return rate_.take(full_at_, now); }

private:
    Rate rate_;
    std::uint64_t full_at_ = 0;
};

/// Decides which wrong-interface arrivals are reported (forwarding rules 6): per entry and arrival
/// interface a burst of 8, then one every 3 s. Of `kSlots` pairs it knows the bucket; another pair
/// takes over the least recently used slot of its set, but only once that bucket is full again, so
/// that nobody gets a second burst by coming in rotation. A pair without a slot shares one bucket
/// per interface. Arrivals that are not reported are counted for the pair's next report, those of
/// pairs without a slot for the interface's.
template <class F>
class WrongInterfaceMeter {
public:
    static constexpr std::size_t kSlots = 4096;
    static constexpr std::uint32_t kBurst = 8;
    static constexpr std::uint32_t kSecondsPerReport = 3;

    WrongInterfaceMeter() = default;  ///< reports nothing
    /// `frequency`: cycles a second.
    explicit WrongInterfaceMeter(std::uint64_t frequency)
        : rate_(frequency * kSecondsPerReport, kBurst), sets_(kSets), shared_(kMaxInterfaces) {}

    /// One arrival on `interface` that the entry with this key refused. A value says: report it,
    /// with so many unreported ones before it.
    std::optional<std::uint64_t> arrived(const PackedKey<F>& entry, InterfaceIndex interface,
                                         std::uint64_t now) {
        if (sets_.empty()) {
            return std::nullopt;
        }
        Slot* slot = find(entry, interface, now);
        Bucket& bucket = slot != nullptr ? slot->bucket : shared_[interface];
        if (!rate_.take(bucket.full_at, now)) {
            ++bucket.unreported;
            return std::nullopt;
        }
        const auto own = std::exchange(bucket.unreported, 0);
        return own + std::exchange(shared_[interface].unreported, 0);
    }

    /// A report that could not be delivered: it and what it carried count for the next one.
    void undelivered(const PackedKey<F>& entry, InterfaceIndex interface, std::uint64_t unreported,
                     std::uint64_t now) {
        if (sets_.empty()) {
            return;
        }
        Slot* slot = find(entry, interface, now);
        Bucket& bucket = slot != nullptr ? slot->bucket : shared_[interface];
        bucket.unreported += unreported + 1;
    }

private:
    static constexpr std::size_t kWays = 8;
    static constexpr std::size_t kSets = kSlots / kWays;

    struct Bucket {
        std::uint64_t full_at = 0;
        std::uint64_t unreported = 0;
    };
    struct Slot {
        PackedKey<F> entry;
        Bucket bucket;
        InterfaceIndex interface = kNoInterface;  ///< kNoInterface: free
    };
    using Set = std::array<Slot, kWays>;

    /// The pair's slot, an idle one that it takes over, or nullptr.
    Slot* find(const PackedKey<F>& entry, InterfaceIndex interface, std::uint64_t now) {
        Set& set = sets_[hash_(entry.words) % kSets];
        Slot* idle = set.data();
        for (auto& slot : set) {
            if (slot.interface == interface && slot.entry == entry) {
                return &slot;
            }
            if (slot.bucket.full_at < idle->bucket.full_at) {
                idle = &slot;
            }
        }
        if (idle->bucket.full_at > now) {
            return nullptr;
        }
        shared_[idle->interface].unreported += idle->bucket.unreported;
        *idle = {entry, {}, interface};
        return idle;
    }

    Rate rate_;
    SeededHash hash_;
    std::vector<Set> sets_;
    std::vector<Bucket> shared_;  ///< by InterfaceIndex
};

}  // namespace mgmd::dataplane
