// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include <spdlog/fmt/fmt.h>

#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// A refusal with a formatted message.
template <class... Args>
tl::unexpected<Failure> refuse(Errc code, fmt::format_string<Args...> format, Args&&... args) {
    return tl::make_unexpected(Failure{code, fmt::format(format, std::forward<Args>(args)...), 0});
}

}  // namespace mgmd::mgm
