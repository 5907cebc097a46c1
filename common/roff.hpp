// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The language of manual pages, man(7): pages are printed by the programs that they describe.
namespace mgmd::roff {

/// The text as it is, though roff takes a leading dot or quote, a backslash and a hyphen for its
/// own.
std::string plain(std::string_view text);
std::string bold(std::string_view text);
std::string italic(std::string_view text);

/// Text with `code` and *emphasis* in it, as in Markdown.
std::string prose(std::string_view markdown);

/// The first line of a page: its name in capitals, and its section.
std::string title(std::string_view name, int section);
std::string section(std::string_view name);
std::string subsection(std::string_view name);
/// `tag` and `body` are roff already: what is explained, and the explanation.
std::string item(std::string_view tag, std::string_view body);
/// Lines as they are, indented.
std::string example(std::string_view lines);

/// "mgmd(8), mgmctl(1)" of {"mgmd", 8}, {"mgmctl", 1} is made of these.
std::string page(std::string_view name, int section);

}  // namespace mgmd::roff
