// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "common/settings.hpp"
#include "config/diagnostic.hpp"
#include "config/document.hpp"

/// The door of config/: from YAML to settings. No exception leaves it, whatever the text.
namespace mgmd::config {

/// Settings that hold every rule of the reference page, or all mistakes of the file by position.
using LoadResult = tl::expected<Settings, std::vector<Diagnostic>>;

/// `name` is what the diagnostics call the text.
LoadResult load_text(const std::string& name, std::string_view text);

/// A good file: its settings, and its text as a tree, by which it is compared with another.
struct Configuration {
    Settings settings;
    Document document;
};
using ReadResult = tl::expected<Configuration, std::vector<Diagnostic>>;

/// As load_text.
ReadResult read_text(const std::string& name, std::string_view text);

/// Reads at most kMaxFileOctets. A file that can't be read is a diagnostic without a position.
ReadResult read_file(const std::string& name);
LoadResult load_file(const std::string& name);

}  // namespace mgmd::config
