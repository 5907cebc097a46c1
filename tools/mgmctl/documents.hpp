// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/ctl/command_table.hpp"

/// What else the command table gives, beside the parser and its help.
namespace mgmd::mgmctl {

inline constexpr std::string_view kSocketHelp =
    "The router's control socket; $MGMD_SOCKET, or /run/mgmd/control, if not given";
inline constexpr std::string_view kJsonHelp = "Print JSON, for programs";
inline constexpr std::string_view kWatchHelp = "Ask again every 2 seconds, or as often as given";

/// What the commands that begin with it have in common.
std::string_view verb_help(std::string_view verb);

/// "GROUP", "INTERFACE,...", "ipv4|ipv6".
std::string placeholder(const ctl::Argument& argument);

/// For bash, to be sourced.
std::string bash_completion();
/// mgmctl(1), for man.
std::string manual_page();

}  // namespace mgmd::mgmctl
