// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

/// Numbers as people read them at a glance.
namespace mgmd::mgmctl::top {

/// Three digits and a unit: "0", "0.5", "87", "12.5k", "1.25M".
std::string scaled(double value);

/// What graphs are drawn with.
enum class Glyphs : std::uint8_t {
    ascii,
    blocks,  ///< U+2581 .. U+2588
};
/// Of the locale that the environment asks for.
Glyphs glyphs_of_locale();

/// A graph of the last values, one column each, as high as the highest of them; `width` columns,
/// the latest value at the right. Nothing is drawn for 0.
std::string sparkline(const std::deque<double>& values, std::size_t width, Glyphs glyphs);

/// Columns that a text takes: its code points.
std::size_t columns_of(std::string_view text);
/// Cut or filled up with blanks to exactly `width` columns; a cut text ends in '~'.
std::string fitted(std::string_view text, std::size_t width);
/// As fitted(), the text at the right.
std::string right_aligned(std::string_view text, std::size_t width);

}  // namespace mgmd::mgmctl::top
