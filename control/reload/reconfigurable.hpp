// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/error.hpp"
#include "common/settings.hpp"

namespace mgmd {

/// A part of a running router that follows its settings. Control thread.
class Reconfigurable {
public:
    virtual ~Reconfigurable() = default;

    /// The settings have changed where they are; `before`: what they were. After an error part of
    /// it may be done: the settings are to be changed back, and this to be called again.
    virtual Expected<> reconfigure(const Settings& before) = 0;
};

}  // namespace mgmd
