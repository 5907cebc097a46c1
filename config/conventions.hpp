// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "config/descriptor.hpp"

/// What the reference page and the manual page have in common.
namespace mgmd::config {

/// How values are written, in Markdown of one line each.
inline constexpr std::array<std::string_view, 6> kConventions{
    "*Durations* have a unit (`50us`, `500ms`, `210s`, `5m`, `1h`); a number alone is seconds.",
    "*Lists* of one may be written without brackets: `accept: left`.",
    "*Names* of ports and interfaces are yours: 1 to 31 letters, digits, `.`, `_` or `-`.",
    "IPv6 addresses that end in `:` need quotes, as YAML takes that for a key.",
    "Anchors and aliases work as copies. A file has at most 4 MiB.",
    "Large tables are counted, not listed: an mroute with `group_count: 1000` and "
    "`source_count: 1000` is a million entries."};

/// "", then "ports.NAME", then "mroutes[].outgoing[]": where a record stands in the file.
std::string item_path(std::string_view path, const Field& field);

/// What is to be said of a whole record, in Markdown.
std::string record_help(const Record& record);

}  // namespace mgmd::config
