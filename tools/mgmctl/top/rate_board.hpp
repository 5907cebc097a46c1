// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace mgmd::mgmctl::top {

/// How fast some counters of one thing grow.
struct Track {
    std::vector<double> totals;
    std::vector<double> rates;   ///< a second; empty: not known yet
    std::deque<double> history;  ///< of the first rate, the latest last
    std::size_t last_look = 0;
};

/// The rates of things that come and go, from one look to the next. What is not there at a look is
/// forgotten with it.
class RateBoard {
public:
    /// Values of a history.
    static constexpr std::size_t kHistory = 120;

    /// A look begins, so many seconds after the last one.
    void begin(double seconds);
    /// What a thing has counted. `age`: seconds since it began to count, 0 if that is not known:
    /// gives the rates of what was not there at the last look.
    const Track& put(const std::string& identity, std::vector<double> totals, double age = 0);
    void end();

    std::size_t size() const { return tracks_.size(); }

private:
    std::map<std::string, Track> tracks_;
    double seconds_ = 0;
    std::size_t look_ = 0;
};

}  // namespace mgmd::mgmctl::top
