// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/error.hpp"
#include "control/mgm/types.hpp"

namespace mgmd {

/// MGM's refusal of `item` as the error that ends a start. A limit is the configuration's matter;
/// anything else should have been caught by its checks.
inline tl::unexpected<Error> refusal(const std::string& item, const mgm::Failure& failure) {
    const bool limit = failure.code == mgm::Errc::not_enough_memory;
    return fail(limit ? ExitCode::configuration : ExitCode::internal,
                item + ": " + failure.message);
}

}  // namespace mgmd
