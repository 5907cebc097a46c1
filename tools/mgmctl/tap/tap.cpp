// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/tap/tap.hpp"

#include <cerrno>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "tools/mgmctl/tap/stream_end.hpp"
#include "tools/mgmctl/tap/tap_printers.hpp"

namespace mgmd::mgmctl {
namespace {

tl::unexpected<Failure> fail(Exit exit, std::string message) {
    return tl::make_unexpected(Failure{exit, std::move(message)});
}

/// Where -w writes to.
class Output {
public:
    Result<> open(const std::string& path) {
        path_ = path;
        if (path == "-") {
            return ::isatty(STDOUT_FILENO) == 0
                       ? Result<>()
                       : fail(Exit::usage, "--write -: standard output is a terminal");
        }
        file_.open(path, std::ios::binary);
        return check();
    }
    std::ostream& stream() { return path_ == "-" ? std::cout : file_; }
    Result<> check() {
        if (stream()) {
            return {};
        }
        return fail(Exit::system, "--write \"" + path_ + "\": can't be written: " +
                                      std::generic_category().message(errno));
    }

private:
    std::string path_ = "-";
    std::ofstream file_;
};

/// One run of the command.
class TapRun {
public:
    explicit TapRun(const Invocation& invocation) : invocation_(invocation) {}

    Result<> run() {
        const auto file = invocation_.local.find("write");
        const bool writes = file != invocation_.local.end();
        if (writes && invocation_.json) {
            return fail(Exit::usage, "--json: not with --write");
        }
        if (writes) {
            if (auto opened = output_.open(file->get<std::string>()); !opened) {
                return opened;
            }
        }
        auto connection = Connection::open(invocation_.socket);
        if (!connection) {
            return tl::make_unexpected(connection.error());
        }
        if (auto begun = writes ? begin_file(*connection) : begin_text(); !begun) {
            return begun;
        }
        auto done = follow(*connection);
        report();
        return done ? output_.check() : done;
    }

private:
    Result<> begin_text() {
        if (invocation_.json) {
            printer_ = std::make_unique<JsonLinePrinter>(std::cout);
        } else if (invocation_.command->name == "trace") {
            printer_ = std::make_unique<TracePrinter>(std::cout);
        } else {
            printer_ = std::make_unique<CapturePrinter>(std::cout);
        }
        return {};
    }

    Result<> begin_file(Connection& connection) {
        auto printer = std::make_unique<PcapngPrinter>(output_.stream());
        auto told = connection.request(*ctl::find_command("show interfaces"), Json::object(),
                                       [&](const Json& row) { printer->add_interface(row); });
        printer_ = std::move(printer);
        return told;
    }

    Result<> follow(Connection& connection) {
        const auto seconds = invocation_.local.find("seconds");
        StreamEnd end(seconds == invocation_.local.end()
                          ? std::nullopt
                          : std::optional(std::chrono::seconds(seconds->get<unsigned>())));
        bool ended = false;
        connection.on_wait([&](int descriptor) {
            if (!ended && (end.wait(descriptor) || !output_.check())) {
                ended = true;
                connection.conclude();
            }
        });
        auto done = connection.request(*invocation_.command, invocation_.arguments,
                                       [this](Json row) { take(std::move(row)); });
        connection.on_wait({});
        return done;
    }

    void take(Json row) {
        if (find(row, "begun") != nullptr) {
            std::cerr << invocation_.command->name << " begun; Ctrl-C ends it\n";
            return;
        }
        if (const auto* missed = find(row, "missed")) {
            missed_ += missed->is_number_unsigned() ? missed->get<std::uint64_t>() : 0;
            if (!invocation_.json) {
                return;
            }
        } else {
            ++taken_;
        }
        printer_->add(std::move(row));
    }

    void report() const {
        std::cerr << taken_ << " packets";
        if (missed_ > 0) {
            std::cerr << ", " << missed_ << " missed: they came faster than they were read";
        }
        std::cerr << '\n';
    }

    const Invocation& invocation_;
    Output output_;
    std::unique_ptr<Printer> printer_;
    std::uint64_t taken_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace

Result<> run_tap(const Invocation& invocation) {
    return TapRun(invocation).run();
}

}  // namespace mgmd::mgmctl
