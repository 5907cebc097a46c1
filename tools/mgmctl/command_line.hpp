// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "common/ctl/command_table.hpp"
#include "common/ctl/protocol.hpp"

namespace mgmd::mgmctl {

/// What mgmctl ends with; sysexits(3), as mgmd does.
enum class Exit : int {
    ok = 0,
    usage = 64,     ///< the command line, or an argument that the router did not accept
    refused = 69,   ///< by the router: its message says why
    internal = 70,  ///< an answer that makes no sense
    system = 71,    ///< no router there, or no permission
};

/// What a command line asks for.
struct Invocation {
    const ctl::Command* command = nullptr;
    ctl::Json arguments = ctl::Json::object();
    ctl::Json local = ctl::Json::object();  ///< arguments that are none of the request
    std::string socket;
    bool json = false;
    std::optional<std::chrono::seconds> watch;  ///< how often to ask again
};

/// The parser comes from the command table. The other alternative is an exit status: after --help,
/// --version and their like, or a message about what is wrong.
std::variant<Invocation, Exit> parse_command_line(int argc, const char* const* argv);

}  // namespace mgmd::mgmctl
