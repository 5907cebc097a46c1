// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace mgmd::mgmctl::top {

enum class Panel : std::uint8_t { flows, interfaces };

/// What the keys have chosen.
class Controls {
public:
    static constexpr std::string_view kHelp =
        "h help  f flows  i interfaces  s sort  / filter  p pause  + - interval  q quit";

    explicit Controls(std::chrono::seconds interval) : interval_(interval) {}

    void press(char key);

    Panel panel() const { return panel_; }
    /// Of the panel: which of its figures the highest come first by.
    std::size_t sort() const { return sort_[static_cast<std::size_t>(panel_)]; }
    void sort_flows_by(std::size_t figure) { sort_[0] = figure; }
    /// Empty: none.
    const std::string& filter() const { return filter_; }
    bool is_editing() const { return editing_; }
    /// The filter that is being typed.
    const std::string& draft() const { return draft_; }
    bool is_paused() const { return paused_; }
    bool shows_help() const { return help_; }
    std::chrono::seconds interval() const { return interval_; }
    bool wants_to_quit() const { return quit_; }

    /// Figures of each panel, which `s` goes through.
    static constexpr std::array<std::size_t, 2> kFigures{4, 5};

private:
    void edit(char key);
    void command(char key);
    void change_interval(bool longer);

    Panel panel_ = Panel::flows;
    std::array<std::size_t, 2> sort_{0, 0};
    std::string filter_;
    std::string draft_;
    std::chrono::seconds interval_;
    bool editing_ = false;
    bool paused_ = false;
    bool help_ = false;
    bool quit_ = false;
    bool escape_ = false;  ///< the last key was Escape: what follows may be of an arrow or such
    bool sequence_ = false;
};

}  // namespace mgmd::mgmctl::top
