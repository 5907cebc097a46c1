// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "config/diff.hpp"
#include "config/load.hpp"

/// Any octets as a configuration: they give settings that hold what the dataplane and control rely
/// on, or mistakes that can be shown; never a crash, a hang or an exception.
namespace {

using namespace mgmd;

void expect(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

bool is_shown_in_one_line(const config::Diagnostic& diagnostic) {
    const std::string line = to_string(diagnostic);
    return !diagnostic.rule.empty() && line.size() < 4096 &&
           std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// yaml-cpp counts on past the end of a text that ends within an escape like \U0001f600.
constexpr std::size_t kLongestEscape = 11;

void check_mistakes(const std::vector<config::Diagnostic>& mistakes, std::size_t size) {
    expect(!mistakes.empty(), "a refusal says why");
    for (const auto& mistake : mistakes) {
        expect(is_shown_in_one_line(mistake), "a mistake is one printable line");
        expect(mistake.at.line <= size + 1 && mistake.at.column <= size + kLongestEscape,
               "a mistake is within the file");
    }
}

template <class F>
void check_family(const Settings& settings) {
    const auto exists = [&](InterfaceIndex index) { return settings.interface(index) != nullptr; };
    for (const auto& route : settings.family<F>().routes) {
        expect(exists(route.interface), "a route has an interface");
        expect(route.prefix == route.prefix.network(), "a route has no host bits");
    }
    for (const auto& mroute : settings.family<F>().mroutes) {
        expect(mroute.outgoing.size() <= kMaxOutgoing, "outgoing interfaces are bounded");
        for (const Outgoing& outgoing : mroute.outgoing) {
            expect(exists(outgoing.interface), "an outgoing interface exists");
        }
        expect(std::is_sorted(mroute.accept.interfaces.begin(), mroute.accept.interfaces.end()),
               "an accept set is sorted");
        for (const InterfaceIndex index : mroute.accept.interfaces) {
            expect(exists(index), "an accepted interface exists");
        }
    }
    for (const auto& join : settings.family<F>().joins) {
        expect(exists(join.interface) && is_multicast(join.join.group), "a join is of a group");
    }
}

void check_settings(const Settings& settings) {
    expect(!settings.ports.empty() && settings.ports.size() <= 32, "ports are bounded");
    expect(!settings.interfaces.empty() && settings.interfaces.size() < kMaxInterfaces,
           "interfaces are bounded");
    for (std::size_t i = 0; i < settings.interfaces.size(); ++i) {
        const InterfaceSettings& interface = settings.interfaces[i];
        expect(interface.index == i + 1, "an interface knows its index");
        expect(interface.port < settings.ports.size(), "an interface has a port");
        expect(!interface.mtu || *interface.mtu <= settings.ports[interface.port].mtu,
               "an interface's packets fit its port");
    }
    const WorkerSettings& workers = settings.workers;
    expect(workers.count >= 1 && (workers.cores.empty() || workers.cores.size() == workers.count),
           "each worker has a core");
    check_family<V4>(settings);
    check_family<V6>(settings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto result = config::read_text("fuzz.yaml", text)) {
        check_settings(result->settings);
        expect(config::diff(result->document, result->document).empty(),
               "a file does not differ from itself");
    } else {
        check_mistakes(result.error(), size);
    }
    return 0;
}
