// SPDX-License-Identifier: Apache-2.0
#include "config/reference.hpp"

#include <string_view>

#include "config/conventions.hpp"
#include "config/draft.hpp"

namespace mgmd::config {
namespace {

constexpr std::string_view kIntroduction = R"(<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Generated from the tables in config/tables_*.cpp; a test compares the two. -->
# Configuration

`mgmd --config FILE` reads one YAML file. `mgmd --config FILE --check` only reads it: every mistake
is printed with its place, item, value and rule, and the exit status is 78. A router never starts on
a file with a mistake.

```
router.yaml:12:10: ports.left.mtu: value "12": must be a whole number, 68 to 9600
router.yaml:20:5: interfaces.left.adresses: unknown setting; did you mean "addresses"?
```

Begin with one of the files in `config/examples/`. An editor that speaks the YAML language server
completes and checks a file that names the schema in its first line; `mgmd --print-schema` prints
it:

```yaml
# yaml-language-server: $schema=mgmd.schema.json
```

A running router takes a changed file over when it gets SIGHUP, or by `mgmctl reload`
([reload.md](reload.md)): what is marked *live* below changes without a restart.

)";

std::string default_column(const Field& field) {
    if (field.required) {
        return "required";
    }
    const std::string text = default_text(field);
    return field.unless_given.empty() && !text.empty() && text != "none" ? '`' + text + '`' : text;
}

/// `live`: of the section that it is in.
std::string_view reload_column(const Field& field, bool live) {
    const bool is_section = field.kind == Kind::record && field.shape != Shape::list;
    return live || field.live ? "live" : is_section ? "see below" : "restart";
}

void write_field(std::string& page, const Field& field, bool live) {
    page += "| `" + std::string(field.name) + "` | " + describe(field) + " | " +
            default_column(field) + " | " + std::string(field.help) + " | " +
            std::string(reload_column(field, live)) + " |\n";
}

void write_record(std::string& page, const Record& record, std::string_view path, bool live) {
    page += path.empty() ? "\n## The file\n\n" : "\n## `" + std::string(path) + "`\n\n";
    page += record_help(record);
    page += "\n\n| setting | value | default | meaning | reload |\n|---|---|---|---|---|\n";
    for (const Field& field : record.fields) {
        write_field(page, field, live);
    }
    for (const Field& field : record.fields) {
        if (field.kind == Kind::record) {
            write_record(page, field.record(), item_path(path, field), live || field.live);
        }
    }
}

}  // namespace

std::string item_path(std::string_view path, const Field& field) {
    const std::string prefix = path.empty() ? "" : std::string(path) + '.';
    constexpr std::string_view kSuffixes[] = {"", "[]", ".NAME"};
    return prefix + std::string(field.name) +
           std::string(kSuffixes[static_cast<std::size_t>(field.shape)]);
}

std::string record_help(const Record& record) {
    std::string text(record.help);
    if (!record.key_help.empty()) {
        text += " NAME: " + std::string(record.key_help);
    }
    if (!record.shorthand.empty()) {
        text += " A single value in place of the mapping is its `" + std::string(record.shorthand) +
                "`.";
    }
    return text;
}

std::string reference_page() {
    std::string page(kIntroduction);
    for (const auto convention : kConventions) {
        page += "- " + std::string(convention) + '\n';
    }
    write_record(page, Draft::record(), "", false);
    return page;
}

}  // namespace mgmd::config
