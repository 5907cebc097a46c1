// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tools/mgmctl/command_line.hpp"
#include "tools/mgmctl/connection.hpp"

namespace mgmd::mgmctl::top {

/// `mgmctl top`: the busiest flows and the interfaces of a router, live, until a key ends it.
Result<> run(const Invocation& invocation);

}  // namespace mgmd::mgmctl::top
