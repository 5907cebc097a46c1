// SPDX-License-Identifier: Apache-2.0
#include "config/manual.hpp"

#include "common/roff.hpp"
#include "config/conventions.hpp"
#include "config/draft.hpp"

namespace mgmd::config {
namespace {

constexpr std::string_view kExample = R"(ports:
  wan: {device: "0000:03:00.0"}
  lan: {device: "0000:03:00.1"}
interfaces:
  wan:
    addresses: [192.0.2.1/24, "2001:db8::1/64"]
    protocol: static
  lan:
    addresses: [198.51.100.1/24]
    igmp: yes
control_socket: /run/mgmd/control
)";

std::string default_of(const Field& field) {
    if (field.required) {
        return " Required.";
    }
    const auto text = default_text(field);
    return text.empty() ? "" : " Default: " + text + '.';
}

void write_record(std::string& page, const Record& record, std::string_view path) {
    page += path.empty() ? roff::section("SETTINGS") : roff::subsection(roff::plain(path));
    page += roff::prose(record_help(record)) + '\n';
    for (const Field& field : record.fields) {
        page += roff::item(roff::bold(field.name) + ": " + roff::italic(describe(field)),
                           roff::prose(std::string(field.help) + default_of(field)));
    }
    for (const Field& field : record.fields) {
        if (field.kind == Kind::record) {
            write_record(page, field.record(), item_path(path, field));
        }
    }
}

}  // namespace

std::string manual_page() {
    std::string page = roff::title("MGMD.YAML", 5);
    page += roff::section("NAME") + "mgmd.yaml \\- configuration of the multicast router mgmd\n";
    page += roff::section("DESCRIPTION") + roff::page("mgmd", 8) +
            " reads one file, in YAML, that its command line names; the service reads " +
            roff::italic("/etc/mgmd/mgmd.yaml") + ".\n" +
            roff::prose(
                "`mgmd --config FILE --check` only reads it: every mistake is printed with "
                "its place, item, value and rule. A router never starts on a file with a "
                "mistake.\n");
    for (const auto convention : kConventions) {
        page += roff::item("\\(bu", roff::prose(convention));
    }
    write_record(page, Draft::record(), "");
    page += roff::section("EXAMPLES") + "Two links, with IGMP on the second:\n" +
            roff::example(kExample);
    page +=
        roff::section("SEE ALSO") + roff::page("mgmd", 8) + ", " + roff::page("mgmctl", 1) + '\n';
    return page;
}

}  // namespace mgmd::config
