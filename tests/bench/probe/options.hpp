// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace mgmd::probe {

enum class Timed : std::uint8_t { nothing, all, extra, joins };

/// What to do, from the environment variable MGMD_BENCH_PROBE: "key=value key=value".
struct Options {
    std::string device;            ///< the port that receives
    std::string report;            ///< file for the Report
    unsigned family = 4;           ///< of the frames that come: 4 or 6
    std::uint32_t flows = 0;       ///< addresses become those of a random flow; 0: left as they are
    unsigned source_bits = 0;      ///< flow n has source n % 2^source_bits, group n >> source_bits
    bool learn = false;            ///< first send each flow until a copy of it has left
    std::uint64_t window = 256;    ///< flows at a time that wait for that
    std::uint64_t extra_rate = 0;  ///< new flows a second among the packets
    bool extra_wanted = false;     ///< of a group that somebody wants
    std::uint64_t rate = 0;        ///< packets a second, arriving at random; 0: as many as come
    std::uint64_t join_rate = 0;   ///< groups a second that a host joins, if joins are timed
    Timed timed = Timed::nothing;  ///< what is measured: from arrival to the driver
};

/// Ends the process with a message when `text` is not understood: a benchmark that measures
/// something else than it was asked for is worse than none.
Options parse_options(const char* text);

}  // namespace mgmd::probe
