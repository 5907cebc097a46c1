// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <cerrno>
#include <exception>
#include <fstream>
#include <system_error>
#include <utility>

#include "config/document.hpp"
#include "config/draft.hpp"
#include "config/resolver.hpp"

namespace mgmd::config {
namespace {

Settings settings_of(const Document& document, Diagnostics& diagnostics) {
    if (document.root == nullptr || document.root->kind == Node::Kind::null) {
        if (document.complete) {
            diagnostics.add({1, 1}, "", std::nullopt, "the configuration is empty");
        }
        return {};
    }
    Draft draft;
    Binder binder(diagnostics, document.complete);
    binder.read_record(*document.root, draft);
    // What a broken text leaves out would look like mistakes of its own.
    return document.complete && document.root->kind == Node::Kind::mapping
               ? resolve(draft, diagnostics)
               : Settings{};
}

tl::unexpected<std::vector<Diagnostic>> unreadable(const std::string& name,
                                                   const std::string& why) {
    return tl::make_unexpected(
        std::vector{Diagnostic{name, {}, "", std::nullopt, "can't be read: " + why}});
}

LoadResult only_settings(ReadResult read) {
    return std::move(read).map([](Configuration file) { return std::move(file.settings); });
}

/// The file's first kMaxFileOctets + 1 octets: one more than is allowed is enough to see.
std::string read_bounded(std::istream& file) {
    std::string text(kMaxFileOctets + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

}  // namespace

ReadResult read_text(const std::string& name, std::string_view text) try {
    Diagnostics diagnostics(name);
    Configuration file;
    file.document = parse_document(text, diagnostics);
    file.settings = settings_of(file.document, diagnostics);
    if (!diagnostics.empty()) {
        return tl::make_unexpected(diagnostics.take());
    }
    return file;
} catch (const std::exception& error) {  // out of memory
    return unreadable(name, error.what());
}

ReadResult read_file(const std::string& name) try {
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        return unreadable(name, std::generic_category().message(errno));
    }
    const std::string text = read_bounded(file);
    if (file.bad()) {
        return unreadable(name, std::generic_category().message(errno));
    }
    return read_text(name, text);
} catch (const std::exception& error) {
    return unreadable(name, error.what());
}

LoadResult load_text(const std::string& name, std::string_view text) {
    return only_settings(read_text(name, text));
}

LoadResult load_file(const std::string& name) {
    return only_settings(read_file(name));
}

}  // namespace mgmd::config
