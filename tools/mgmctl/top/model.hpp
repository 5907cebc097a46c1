// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "common/ctl/protocol.hpp"
#include "tools/mgmctl/top/controls.hpp"
#include "tools/mgmctl/top/rate_board.hpp"

namespace mgmd::mgmctl::top {

using ctl::Json;

/// What the router has answered to one look.
struct Sample {
    std::chrono::steady_clock::time_point at;
    std::vector<Json> version;
    std::vector<Json> flows;
    std::vector<Json> interfaces;
    std::vector<Json> workers;
};

/// One line of a panel.
struct Item {
    std::vector<std::string> names;
    std::vector<double> rates;  ///< a second; empty: not known yet
    std::deque<double> history;
    bool is_idle = false;  ///< an entry that drops, a link that is down
};

/// What the screen tells, from one look to the next.
class Model {
public:
    void take(const Sample& sample);

    /// The lines of a panel that the filter admits: any of their names contains it.
    std::vector<Item> items(const Controls& controls) const;
    std::size_t total(Panel panel) const {
        return (panel == Panel::flows ? flows_ : interfaces_).size();
    }

    struct Header {
        std::string version;
        double up_seconds = 0;
        bool has_rates = false;
        double in = 0;
        double out = 0;
        double drops = 0;
        std::vector<double> load;  ///< of each worker, 0 .. 1
        std::deque<double> history;
    };
    const Header& header() const { return header_; }

private:
    void take_header(const Sample& sample);
    void take_flows(const std::vector<Json>& rows);
    void take_interfaces(const std::vector<Json>& rows);

    std::chrono::steady_clock::time_point last_{};
    bool has_looked_ = false;
    RateBoard board_;
    Header header_;
    std::vector<Item> flows_;
    std::vector<Item> interfaces_;
};

}  // namespace mgmd::mgmctl::top
