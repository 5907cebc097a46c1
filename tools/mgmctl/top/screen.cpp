// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/screen.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl::top {
namespace {

constexpr std::size_t kFigureWidth = 7;
constexpr std::size_t kLeastGraph = 8;
constexpr std::size_t kMostGraph = 60;

/// What the columns of a panel are.
struct Columns {
    std::span<const std::string_view> names;
    std::span<const std::string_view> figures;
};

constexpr std::array<std::string_view, 3> kFlowNames{"SOURCE", "GROUP", "IN"};
constexpr std::array<std::string_view, 4> kFlowFigures{"IN/S", "OUT/S", "OCT/S", "WRONG/S"};
constexpr std::array<std::string_view, 3> kInterfaceNames{"INTERFACE", "PORT", "LINK"};
constexpr std::array<std::string_view, 5> kInterfaceFigures{"RX/S", "TX/S", "RX-OCT", "TX-OCT",
                                                            "LOST/S"};
static_assert(kFlowFigures.size() == Controls::kFigures[0]);
static_assert(kInterfaceFigures.size() == Controls::kFigures[1]);

Columns columns_in(Panel panel) {
    return panel == Panel::flows ? Columns{kFlowNames, kFlowFigures}
                                 : Columns{kInterfaceNames, kInterfaceFigures};
}

/// As wide as the longest name of each column, but so that figures and a graph have room: what is
/// too much is taken from the widest, and the last columns go first where there still is not.
std::vector<std::size_t> name_widths(const Columns& columns, const std::vector<Item>& items,
                                     std::size_t room) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.names.size(); ++i) {
        std::size_t width = columns.names[i].size();
        for (const auto& item : items) {
            width = std::max(width, columns_of(item.names[i]));
        }
        widths.push_back(width);
    }
    const auto needed = [&] {
        std::size_t sum = 0;
        for (const auto width : widths) {
            sum += width + 1;
        }
        return sum;
    };
    constexpr std::size_t kNarrow = 15;  // an IPv4 address
    while (widths.size() > 1 && needed() > room) {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest > kNarrow) {
            --*widest;
        } else {
            widths.pop_back();
        }
    }
    return widths;
}

std::string header_line(const Columns& columns, const std::vector<std::size_t>& widths,
                        std::size_t sort) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        text += fitted(columns.names[i], widths[i]) + ' ';
    }
    for (std::size_t i = 0; i < columns.figures.size(); ++i) {
        const auto mark = i == sort ? ">" : "";
        text += right_aligned(mark + std::string(columns.figures[i]), kFigureWidth + 1);
    }
    return text + "  LATELY";
}

std::string item_line(const Item& item, const Columns& columns,
                      const std::vector<std::size_t>& widths, std::size_t graph, Glyphs glyphs) {
    std::string text;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        text += fitted(item.names[i], widths[i]) + ' ';
    }
    for (std::size_t i = 0; i < columns.figures.size(); ++i) {
        const auto figure = i < item.rates.size() ? scaled(item.rates[i]) : "-";
        text += right_aligned(figure, kFigureWidth + 1);
    }
    return text + "  " + sparkline(item.history, graph, glyphs);
}

std::string load_text(const std::vector<double>& load) {
    constexpr std::size_t kShown = 8;
    std::string text;
    for (std::size_t i = 0; i < load.size() && i < kShown; ++i) {
        text += fmt::format("{}{:.0f}%", i == 0 ? "" : " ", 100 * load[i]);
    }
    return load.size() > kShown ? text + " ..." : text;
}

void add_header(const Model& model, const Controls& controls, Size size, Glyphs glyphs,
                std::vector<Line>& lines) {
    const auto& header = model.header();
    lines.push_back(
        {fmt::format("mgmd {}  up {}  every {}{}", header.version, as_duration(header.up_seconds),
                     as_duration(static_cast<double>(controls.interval().count())),
                     controls.is_paused() ? "  PAUSED" : ""),
         Style::strong});
    const auto rate = [&](double value) { return header.has_rates ? scaled(value) : "-"; };
    auto text = fmt::format("in {:>5}/s  out {:>5}/s  drops {:>5}/s  workers {}  ", rate(header.in),
                            rate(header.out), rate(header.drops), load_text(header.load));
    const auto used = columns_of(text);
    const auto graph = size.columns > used ? std::min(kMostGraph, size.columns - used) : 0;
    lines.push_back({text + sparkline(header.history, graph, glyphs)});
}

std::string title_line(const Controls& controls, std::size_t shown, std::size_t total) {
    const auto* what = controls.panel() == Panel::flows ? "busiest flows" : "interfaces";
    auto text = shown == total ? fmt::format("{} {}", total, what)
                               : fmt::format("{} of {} {}", shown, total, what);
    if (controls.is_editing()) {
        return text + ", filter: " + controls.draft() + '_';
    }
    return controls.filter().empty() ? text : text + ", filter: " + controls.filter();
}

void add_panel(const Model& model, const Controls& controls, Size size, Glyphs glyphs,
               std::vector<Line>& lines) {
    const auto columns = columns_in(controls.panel());
    const auto items = model.items(controls);
    lines.push_back({title_line(controls, items.size(), model.total(controls.panel()))});
    const auto figures = columns.figures.size() * (kFigureWidth + 1) + 2;
    const auto room = size.columns - std::min(size.columns, figures + kLeastGraph);
    const auto widths = name_widths(columns, items, room);
    std::size_t used = figures;
    for (const auto width : widths) {
        used += width + 1;
    }
    const auto graph =
        std::clamp(size.columns - std::min(size.columns, used), kLeastGraph, kMostGraph);
    lines.push_back({header_line(columns, widths, controls.sort()), Style::inverse});
    for (const auto& item : items) {
        if (lines.size() + 1 >= size.rows) {
            break;
        }
        lines.push_back({item_line(item, columns, widths, graph, glyphs),
                         item.is_idle ? Style::faint : Style::plain});
    }
}

constexpr std::array<std::string_view, 14> kHelpLines{
    "f   the busiest flows              i   interfaces",
    "s   sort by the next figure, the one marked '>'",
    "/   show only what contains a text; Enter ends it, Escape leaves it as it was",
    "p   pause, or go on                + - look less or more often",
    "h   this help, or back             q   quit",
    "",
    "IN/S     packets received a second     OUT/S    copies sent",
    "OCT/S    octets received a second      WRONG/S  arrivals on other interfaces",
    "RX/S     packets received              TX/S     packets sent",
    "LOST/S   copies not sent: TTL, MTU, full queues",
    "LATELY   the first figure, one column each look, the last one at the right",
    "",
    "Of many flows the router tells the busiest 500, by the mean rate over their life.",
    "Faint: flows that nobody wants, links that are down."};

void add_help(std::vector<Line>& lines) {
    lines.push_back({"keys, and what the figures say", Style::inverse});
    for (const auto line : kHelpLines) {
        lines.push_back({std::string(line)});
    }
}

}  // namespace

std::vector<Line> draw(const Model& model, const Controls& controls, Size size, Glyphs glyphs,
                       const std::string& message) {
    std::vector<Line> lines;
    add_header(model, controls, size, glyphs, lines);
    if (controls.shows_help()) {
        add_help(lines);
    } else {
        add_panel(model, controls, size, glyphs, lines);
    }
    lines.resize(std::max<std::size_t>(1, size.rows) - 1);
    lines.push_back(message.empty() ? Line{std::string(Controls::kHelp), Style::faint}
                                    : Line{message, Style::strong});
    for (auto& line : lines) {
        if (columns_of(line.text) > size.columns) {
            line.text = fitted(line.text, size.columns);
        }
    }
    return lines;
}

}  // namespace mgmd::mgmctl::top
