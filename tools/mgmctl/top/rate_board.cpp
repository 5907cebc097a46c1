// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/rate_board.hpp"

#include <algorithm>
#include <utility>

namespace mgmd::mgmctl::top {

void RateBoard::begin(double seconds) {
    seconds_ = seconds;
    ++look_;
}

const Track& RateBoard::put(const std::string& identity, std::vector<double> totals, double age) {
    auto& track = tracks_[identity];
    const auto before = std::exchange(track.totals, std::move(totals));
    const bool is_known = before.size() == track.totals.size() && seconds_ > 0;
    const double seconds = is_known ? seconds_ : age;
    track.last_look = look_;
    if (seconds <= 0) {
        return track;
    }
    track.rates.clear();
    for (std::size_t i = 0; i < track.totals.size(); ++i) {
        // Cleared counters, and what was made anew, begin at zero.
        const double grown = track.totals[i] - (is_known ? before[i] : 0);
        track.rates.push_back(std::max(0.0, grown) / seconds);
    }
    track.history.push_back(track.rates.front());
    if (track.history.size() > kHistory) {
        track.history.pop_front();
    }
    return track;
}

void RateBoard::end() {
    std::erase_if(tracks_, [this](const auto& track) { return track.second.last_look != look_; });
}

}  // namespace mgmd::mgmctl::top
