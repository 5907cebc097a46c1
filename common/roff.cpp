// SPDX-License-Identifier: Apache-2.0
#include "common/roff.hpp"

#include "common/version.hpp"

namespace mgmd::roff {
namespace {

/// Pages have a date: of this version, not of the build, which is to give the same each time.
constexpr std::string_view kDate = "2026-11-28";

std::string in_font(char font, std::string_view text) {
    return std::string("\\f") + font + plain(text) + "\\fR";
}

}  // namespace

std::string plain(std::string_view text) {
    std::string result;
    bool at_start = true;
    for (const char c : text) {
        if (at_start && (c == '.' || c == '\'')) {
            result += "\\&";
        }
        result += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
        at_start = c == '\n';
    }
    return result;
}

std::string bold(std::string_view text) {
    return in_font('B', text);
}

std::string italic(std::string_view text) {
    return in_font('I', text);
}

std::string prose(std::string_view markdown) {
    std::string result;
    while (!markdown.empty()) {
        const auto mark = markdown.find_first_of("`*");
        const auto end =
            mark == std::string_view::npos ? mark : markdown.find(markdown[mark], mark + 1);
        if (end == std::string_view::npos) {
            return result + plain(markdown);
        }
        const auto marked = markdown.substr(mark + 1, end - mark - 1);
        result += plain(markdown.substr(0, mark)) +
                  (markdown[mark] == '`' ? bold(marked) : italic(marked));
        markdown.remove_prefix(end + 1);
    }
    return result;
}

std::string title(std::string_view name, int section) {
    return ".TH " + plain(name) + ' ' + std::to_string(section) + " \"" + std::string(kDate) +
           "\" \"mgmd " + std::string(kVersion) + "\"\n";
}

std::string section(std::string_view name) {
    return ".SH " + std::string(name) + '\n';
}

std::string subsection(std::string_view name) {
    return ".SS " + std::string(name) + '\n';
}

std::string item(std::string_view tag, std::string_view body) {
    return ".TP\n" + std::string(tag) + '\n' + std::string(body) + '\n';
}

std::string example(std::string_view lines) {
    return ".PP\n.RS 4\n.nf\n" + plain(lines) + ".fi\n.RE\n";
}

std::string page(std::string_view name, int section) {
    return bold(name) + '(' + std::to_string(section) + ')';
}

}  // namespace mgmd::roff
