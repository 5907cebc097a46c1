// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

/// What the probe measured, in a file that the benchmark maps or reads while the program runs:
/// tools/benchmark/probe.py knows the same layout. All fields are little-endian 64-bit words.
namespace mgmd::probe {

enum class Phase : std::uint64_t { learning, measuring };

/// Totals since the start, taken now and then by the thread that receives.
struct Sample {
    static constexpr unsigned kPerSecond = 20;

    std::uint64_t tsc = 0;
    std::uint64_t cpu_ns = 0;    ///< CPU time of the thread: what others took from it is not in it
    std::uint64_t received = 0;  ///< packets handed to the program
    std::uint64_t extra = 0;     ///< among them, those of new flows
    std::uint64_t sent = 0;      ///< packets that the drivers of all ports took
    std::uint64_t learned = 0;   ///< flows of which a copy has left
    std::uint64_t missed = 0;    ///< packets that found the receive queue full
    Phase phase = Phase::learning;
};

/// Times from 0 up in buckets of 1/32 of a power of two. tools/benchmark/probe.py has the inverse.
class Histogram {
public:
    static constexpr unsigned kSubBits = 5;
    static constexpr std::size_t kBuckets = std::size_t{60} << kSubBits;

    void add(std::uint64_t value) { ++counts_[bucket(value)]; }

    static constexpr std::size_t bucket(std::uint64_t value) {
        if (value < (std::uint64_t{1} << kSubBits)) {
            return value;
        }
        const unsigned top = 63u - static_cast<unsigned>(__builtin_clzll(value));
        const std::uint64_t sub = (value >> (top - kSubBits)) - (std::uint64_t{1} << kSubBits);
        return (std::size_t{top - kSubBits + 1} << kSubBits) + sub;
    }

private:
    std::array<std::uint64_t, kBuckets> counts_{};
};
static_assert(Histogram::bucket(31) == 31 && Histogram::bucket(32) == 32);
static_assert(Histogram::bucket(63) == 63 && Histogram::bucket(64) == 64);
static_assert(Histogram::bucket(~std::uint64_t{0}) < Histogram::kBuckets);

struct Report {
    static constexpr std::uint64_t kMagic = 0x31454250'444d474d;  // "MGMDPBE1"
    static constexpr std::size_t kSamples = 8192;                 // 6 minutes

    std::uint64_t magic = kMagic;
    std::uint64_t tsc_hz = 0;
    std::atomic<std::uint64_t> sample_count{0};
    std::array<Sample, kSamples> samples;
    Histogram times;  ///< in cycles
};

}  // namespace mgmd::probe
