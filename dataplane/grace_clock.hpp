// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "common/ids.hpp"

namespace mgmd::dataplane {

/// Tells when every worker has let go of what was unlinked before. Control thread; never waits.
class GraceClock {
public:
    using Token = std::uint64_t;

    virtual ~GraceClock() = default;

    /// Begins a grace period for everything unlinked so far. Tokens never decrease.
    virtual Token start() = 0;
    /// Every worker has passed a quiescent state, or was offline, since `token` was given out.
    virtual bool passed(Token token) = 0;
    /// A worker that has not; nullopt when all have.
    virtual std::optional<WorkerIndex> laggard(Token token) const = 0;
};

}  // namespace mgmd::dataplane
