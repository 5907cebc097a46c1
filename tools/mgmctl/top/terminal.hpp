// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <termios.h>
#include <vector>

#include "tools/mgmctl/connection.hpp"
#include "tools/mgmctl/top/screen.hpp"

namespace mgmd::mgmctl::top {

/// Standard input and output as a full screen; they are what they were before once it is gone.
class Terminal {
public:
    /// Fails where they are no terminal.
    static Result<> check();

    /// Precondition: check() has succeeded.
    Terminal();
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    static Size size();
    void show(const std::vector<Line>& lines);
    /// What has been typed; nullopt: the terminal is gone.
    std::optional<std::string> keys();

    /// Gives the terminal back for as long as the process is stopped.
    void stop_process();

private:
    void enter();
    void leave();

    termios before_{};
    bool entered_ = false;
};

}  // namespace mgmd::mgmctl::top
