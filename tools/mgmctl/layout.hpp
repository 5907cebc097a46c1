// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/ctl/protocol.hpp"

/// How the rows of a command look as a table: one layout for each "show", a file each in layouts/.
namespace mgmd::mgmctl {

using ctl::Json;

/// A row, and the same one as it was at the last look, as with --watch.
struct Sight {
    const Json& row;
    const Json* before = nullptr;  ///< nullptr: first seen
    double seconds = 0;            ///< in between
};

struct Column {
    std::string header;
    /// The text of its cell. A column whose cells all are empty is left out.
    std::function<std::string(const Sight&)> cell;
    std::size_t least_width = 0;  ///< in a stream: room for cells that are still to come
};

struct Layout {
    std::string_view command;
    std::vector<Column> columns;
    /// Names of the keys that make two rows of different looks the same one.
    std::vector<std::string> identity;
    std::string_view if_empty;  ///< said in place of a table without rows
    /// In place of columns: a row as lines, the first one not indented.
    std::function<std::vector<std::string>(const Json& row)> lines{};
};

/// The layout of a command that answers with rows; nullptr: it has none.
const Layout* find_layout(std::string_view command);

// What layouts are made of.

/// The value as it is; "" where the row has none.
Column text(std::string header, std::string key);
/// As text; "-" where the row has none.
Column text_or_dash(std::string header, std::string key);
/// The items of a list: "left, right"; "-" for none.
Column list(std::string header, std::string key);
/// Empty for 0: says nothing to those who use one table only.
Column table_number();
/// Seconds as "12s", "3m05s", "2h10m", "4d03h".
Column duration(std::string header, std::string key);
/// One digit after the point.
Column decimal(std::string header, std::string key);
/// A share from 0 to 1 as "12.3%".
Column percent(std::string header, std::string key);
/// How fast the sum of some counters grows: "123/s" since the last look. With `age` (a key), at the
/// first look "~120/s", the mean over that; without, "".
Column rate(std::string header, std::vector<std::string> keys, std::string age = {});

/// nullptr: the row has no such value.
const Json* find(const Json& row, std::string_view key);
std::string as_text(const Json& value);
std::string as_duration(double seconds);

Layout interfaces_layout();
Layout protocols_layout();
Layout proxies_layout();
Layout groups_layout();
Layout mroutes_layout();
Layout routes_layout();
Layout counters_layout();
Layout drops_layout();
Layout events_layout();
Layout workers_layout();
Layout memory_layout();
Layout version_layout();
Layout explain_layout();
Layout reload_layout();
Layout monitor_layout();

}  // namespace mgmd::mgmctl
