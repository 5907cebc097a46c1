// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace mgmd {

/// sysexits(3) codes that the program ends with.
enum class ExitCode : int { ok = 0, usage = 64, internal = 70, system = 71, configuration = 78 };

/// A failure that a person reads: names the item, the value and the rule or the remedy.
struct Error {
    ExitCode exit_code = ExitCode::internal;
    std::string message;
};

template <class T = void>
using Expected = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ExitCode code, std::string message) {
    return tl::make_unexpected(Error{code, std::move(message)});
}

}  // namespace mgmd
