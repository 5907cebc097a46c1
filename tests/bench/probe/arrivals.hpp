// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace mgmd::probe {

/// A cheap generator of which only the high bits are used (Knuth's MMIX constants).
class Random {
public:
    std::uint32_t next() {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::uint32_t>(state_ >> 32);
    }
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(std::uint64_t{next()} * bound >> 32);
    }

private:
    std::uint64_t state_ = 0x853c'49e6'748f'ea9b;
};

/// A queue in front of the receiver into which packets arrive at random times (Poisson) at a mean
/// rate, whether or not anybody fetches them: a slow receiver makes packets wait, not the source.
class Arrivals {
public:
    /// Packets a queue of 1024 descriptors holds; what comes while it is full is missed.
    static constexpr std::uint64_t kQueue = 1024;

    Arrivals(std::uint64_t rate, std::uint64_t hz) {
        const double mean = static_cast<double>(hz) / static_cast<double>(rate);
        for (std::size_t i = 0; i < gaps_.size(); ++i) {
            const double quantile =
                (static_cast<double>(i) + 0.5) / static_cast<double>(gaps_.size());
            gaps_[i] = static_cast<std::uint64_t>(-std::log(quantile) * mean * kFraction);
        }
    }

    /// When the packet that has waited longest arrived; 0: none waits.
    std::uint64_t take(std::uint64_t now) {
        if (next_ == 0) {
            next_ = now << kFractionBits;
        }
        const std::uint64_t arrival = next_ >> kFractionBits;
        if (arrival > now) {
            return 0;
        }
        next_ += gap();
        return arrival;
    }

    /// Misses what a full queue would have missed; returns how many. Call it before `take`.
    std::uint64_t overflow(std::uint64_t now, std::uint64_t queue_time) {
        std::uint64_t missed = 0;
        while (next_ != 0 && (next_ >> kFractionBits) + queue_time < now) {
            next_ += gap();
            ++missed;
        }
        return missed;
    }

private:
    /// Times in 1/256 cycle: at high rates a gap is some ten cycles.
    static constexpr unsigned kFractionBits = 8;
    static constexpr double kFraction = 1u << kFractionBits;

    std::uint64_t gap() { return gaps_[random_.next() >> 20]; }

    Random random_;
    std::array<std::uint64_t, 4096> gaps_;
    std::uint64_t next_ = 0;
};

}  // namespace mgmd::probe
