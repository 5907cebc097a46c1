// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <thread>
#include <unistd.h>

#include "common/standard_descriptors.hpp"
#include "tools/mgmctl/command_line.hpp"
#include "tools/mgmctl/connection.hpp"
#include "tools/mgmctl/printer.hpp"
#include "tools/mgmctl/tap/tap.hpp"
#include "tools/mgmctl/top/top.hpp"

namespace mgmd::mgmctl {
namespace {

constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";

std::unique_ptr<Printer> printer_for(const Invocation& invocation) {
    if (invocation.json) {
        if (invocation.command->ends == ctl::Ends::when_left) {
            return std::make_unique<JsonLinePrinter>(std::cout);
        }
        return std::make_unique<JsonPrinter>(std::cout);
    }
    const auto* layout = find_layout(invocation.command->name);
    if (layout == nullptr) {
        return std::make_unique<SilentPrinter>();
    }
    if (layout->lines) {
        return std::make_unique<TextPrinter>(std::cout, *layout);
    }
    if (invocation.command->ends == ctl::Ends::when_left) {
        return std::make_unique<LinePrinter>(std::cout, *layout);
    }
    return std::make_unique<TablePrinter>(std::cout, *layout, invocation.watch.has_value());
}

Result<> show(const Invocation& invocation, Connection& connection, Printer& printer) {
    auto answered = connection.request(*invocation.command, invocation.arguments, [&](Json row) {
        printer.add(std::move(row));
        if (!std::cout) {
            connection.hang_up();
        }
    });
    if (answered) {
        printer.finish();
    }
    return answered;
}

Result<> run(const Invocation& invocation) {
    auto connection = Connection::open(invocation.socket);
    if (!connection) {
        return tl::make_unexpected(connection.error());
    }
    const auto printer = printer_for(invocation);
    const bool on_terminal = ::isatty(STDOUT_FILENO) != 0;
    for (bool again = false;; again = true) {
        if (invocation.watch && !invocation.json) {
            std::cout << (on_terminal ? kClearScreen : again ? "\n" : "");
        }
        auto shown = show(invocation, *connection, *printer);
        if (!shown || !invocation.watch || !std::cout) {
            return shown;
        }
        std::this_thread::sleep_for(*invocation.watch);
    }
}

Result<> run_command(const Invocation& invocation) {
    const auto name = invocation.command->name;
    if (name == "capture" || name == "trace") {
        return run_tap(invocation);
    }
    return name == "top" ? top::run(invocation) : run(invocation);
}

Result<> perform(int argc, char** argv) {
    const auto parsed = parse_command_line(argc, argv);
    if (const auto* exit = std::get_if<Exit>(&parsed)) {
        return *exit == Exit::ok ? Result<>() : tl::make_unexpected(Failure{*exit, {}});
    }
    return run_command(std::get<Invocation>(parsed));
}

int main_of(int argc, char** argv) {
    auto done = perform(argc, argv);
    if (!std::cout.flush()) {  // whatever else went wrong: nobody has seen the answer
        done = tl::make_unexpected(Failure{Exit::system, "standard output: can't be written"});
    }
    if (done) {
        return static_cast<int>(Exit::ok);
    }
    if (!done.error().message.empty()) {
        std::cerr << "mgmctl: " << done.error().message << '\n';
    }
    return static_cast<int>(done.error().exit);
}

}  // namespace
}  // namespace mgmd::mgmctl

int main(int argc, char** argv) {
    mgmd::occupy_standard_descriptors();
    try {
        return mgmd::mgmctl::main_of(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "mgmctl: " << error.what() << '\n';
        return static_cast<int>(mgmd::mgmctl::Exit::internal);
    }
}
