// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tools/mgmctl/top/figures.hpp"
#include "tools/mgmctl/top/model.hpp"

namespace mgmd::mgmctl::top {

enum class Style : std::uint8_t { plain, strong, inverse, faint };

struct Line {
    std::string text;  ///< no wider than the screen
    Style style = Style::plain;
};

struct Size {
    std::size_t columns = 80;
    std::size_t rows = 24;
};

/// The whole screen: at most `size.rows` lines. `message`: what went wrong; empty: nothing.
std::vector<Line> draw(const Model& model, const Controls& controls, Size size, Glyphs glyphs,
                       const std::string& message = {});

}  // namespace mgmd::mgmctl::top
