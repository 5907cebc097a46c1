// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tests/model/operation.hpp"

namespace mgmd::mgm::differential {

/// A script that still `fails` and of which no single operation can be left out: delta debugging
/// (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) over the
/// operations. Precondition: `fails(script)`.
Script shrink(Script script, const std::function<bool(const Script&)>& fails);

}  // namespace mgmd::mgm::differential
