// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/mgmctl/command_line.hpp"
#include "tools/mgmctl/connection.hpp"

namespace mgmd::mgmctl {

/// The commands "capture" and "trace": shows or writes packets until there are as many as asked
/// for, time is up, or Ctrl-C. Says on standard error how many there were, and how many were
/// missed.
Result<> run_tap(const Invocation& invocation);

}  // namespace mgmd::mgmctl
