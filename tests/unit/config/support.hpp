// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace mgmd::config::test {

/// The diagnostics of `text` as they are printed, without the name of the file; none: it is good.
inline std::vector<std::string> mistakes(std::string_view text) {
    std::vector<std::string> lines;
    if (const auto result = load_text("f", text); !result) {
        for (const Diagnostic& diagnostic : result.error()) {
            lines.push_back(to_string(diagnostic).substr(2));
        }
    }
    return lines;
}

/// A file of the repository, whose root is the test's working directory.
inline std::string read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace mgmd::config::test
