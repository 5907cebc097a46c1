// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/settings.hpp"

/// The settings of a running router, and how others take their place.
namespace mgmd {

/// Gives the ports and interfaces of `fresh` the places, and so the indices, that those of the same
/// names have in `running`. False: they are not the same names; `fresh` is then of no use.
bool keep_places(const Settings& running, Settings& fresh);

/// Exchanges all values. Ports and interfaces, to which there are references, stay where they are.
/// Precondition: keep_places().
void exchange(Settings& running, Settings& other);

}  // namespace mgmd
