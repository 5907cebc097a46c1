// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/command_line.hpp"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <list>
#include <map>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/ctl/request.hpp"
#include "common/version.hpp"
#include "tools/mgmctl/captured_packet.hpp"
#include "tools/mgmctl/documents.hpp"

namespace mgmd::mgmctl {
namespace {

using ctl::Argument;
using ctl::Command;
using ctl::Json;
using ctl::ValueKind;

constexpr unsigned kDefaultWatchSeconds = 2;

/// From 1; nullopt: it is none.
std::optional<std::uint64_t> packet_number(const std::string& word) {
    std::uint64_t number = 0;
    const auto* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, number);
    return read.ptr == end && read.ec == std::errc() && number != 0 ? std::optional(number)
                                                                    : std::nullopt;
}

/// A word of the command line as the value that goes into the request.
Json value_of(const Argument& argument, const std::string& word) {
    std::uint64_t number = 0;
    const auto* end = word.data() + word.size();
    if (argument.kind != ValueKind::number) {
        return word;
    }
    const auto read = std::from_chars(word.data(), end, number);
    return read.ptr == end && read.ec == std::errc() ? Json(number) : Json(word);
}

/// What CLI11 leaves of one argument of the command that was given.
struct Given {
    const Argument* argument;
    std::vector<std::string> words;
    bool flag = false;
};

/// The parser that the command table describes.
class Parser {
public:
    Parser() {
        app_.set_version_flag("--version", std::string("mgmctl ") + kVersion);
        app_.fallthrough();
        app_.require_subcommand(1);
        app_.get_formatter()->column_width(kHelpColumn);
        socket_ = default_socket();
        app_.add_option("--socket", socket_, std::string(kSocketHelp))->type_name("PATH");
        app_.add_flag("--json", json_, std::string(kJsonHelp));
        watch_ = app_.add_option("--watch", watch_seconds_, std::string(kWatchHelp));
        watch_->type_name("[SECONDS]")
            ->expected(0, 1)
            ->check(CLI::Range(1u, 3600u).description(""));
        for (const auto& command : ctl::commands()) {
            add(command);
        }
    }

    std::variant<Invocation, Exit> parse(int argc, const char* const* argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::RequiredError& error) {
            return explain(error);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? Exit::ok : Exit::usage;
        }
        if (watch_->count() > 0 && !chosen_->is_show()) {
            std::cerr << "--watch: only with show\n";
            return Exit::usage;
        }
        if (json_ && chosen_->ends == ctl::Ends::with_requests) {
            std::cerr << "--json: not with " << chosen_->name << '\n';
            return Exit::usage;
        }
        return with_packets(invocation());
    }

private:
    static constexpr std::size_t kHelpColumn = 26;

    /// A word that is no command is what is wrong, not that there is none.
    Exit explain(const CLI::RequiredError& error) {
        const auto left = app_.remaining(true);
        if (left.empty()) {
            app_.exit(error);
        } else {
            std::cerr << '"' << left.front() << "\": no such command\nRun with --help for more.\n";
        }
        return Exit::usage;
    }

    static std::string default_socket() {
        const char* chosen = std::getenv("MGMD_SOCKET");
        return chosen != nullptr ? chosen : std::string(ctl::kDefaultSocket);
    }

    CLI::App& subcommand(const Command& command) {
        const std::string verb(command.verb());
        if (command.noun().empty()) {
            return *app_.add_subcommand(verb, std::string(command.help));
        }
        auto& parent = verbs_[verb];
        if (parent == nullptr) {
            parent = app_.add_subcommand(verb, std::string(verb_help(verb)));
            parent->require_subcommand(1);
        }
        return *parent->add_subcommand(std::string(command.noun()), std::string(command.help));
    }

    void add(const Command& command) {
        auto& sub = subcommand(command);
        for (const auto& argument : command.arguments) {
            given_.push_back({&argument, {}});
            by_command_[&command].push_back(&given_.back());
            add(argument, given_.back(), sub);
        }
        sub.callback([this, &command] { chosen_ = &command; });
    }

    static void add(const Argument& argument, Given& given, CLI::App& sub) {
        const auto dashed = (argument.letter == 0 ? "" : std::string{'-', argument.letter, ','}) +
                            "--" + std::string(argument.name);
        const std::string help(argument.help);
        if (argument.kind == ValueKind::flag) {
            sub.add_flag(dashed, given.flag, help);
            return;
        }
        auto* option = sub.add_option(argument.positional ? std::string(argument.name) : dashed,
                                      given.words, help);
        option->type_name(placeholder(argument))->required(argument.required);
        option->expected(1)->allow_extra_args(false);
        if (argument.kind == ValueKind::packet) {
            option->expected(2);
            return;
        }
        if (argument.repeated) {
            option->delimiter(',')
                ->expected(1, CLI::detail::expected_max_vector_size)
                ->allow_extra_args(false);
        }
        option->check([&argument](const std::string& word) {
            auto single = argument;
            single.repeated = false;
            const auto checked = ctl::check_value(single, value_of(argument, word));
            return checked ? std::string() : checked.error().message;
        });
    }

    Invocation invocation() const {
        Invocation invocation;
        invocation.command = chosen_;
        invocation.socket = socket_;
        invocation.json = json_;
        if (watch_->count() > 0) {
            // CLI11 makes 0 of a value that is not given.
            invocation.watch =
                std::chrono::seconds(watch_seconds_ == 0 ? kDefaultWatchSeconds : watch_seconds_);
        }
        const auto arguments = by_command_.find(chosen_);
        if (arguments == by_command_.end()) {
            return invocation;
        }
        for (const auto* given : arguments->second) {
            const std::string name(given->argument->name);
            auto& arguments_of = given->argument->local ? invocation.local : invocation.arguments;
            if (given->flag) {
                arguments_of[name] = true;
            } else if (given->argument->repeated && !given->words.empty()) {
                arguments_of[name] = given->words;
            } else if (!given->words.empty() && given->argument->kind != ValueKind::packet) {
                arguments_of[name] = value_of(*given->argument, given->words.front());
            }
        }
        return invocation;
    }

    /// Captured packets, as the files have them.
    std::variant<Invocation, Exit> with_packets(Invocation invocation) const {
        for (const auto& given : given_) {
            if (given.argument->kind != ValueKind::packet || given.words.empty()) {
                continue;
            }
            const std::string name(given.argument->name);
            const auto number = packet_number(given.words.back());
            if (!number) {
                std::cerr << "--" << name << ": \"" << given.words.back()
                          << "\" must be the number of a packet, from 1\n";
                return Exit::usage;
            }
            const auto packet = captured_packet(given.words.front(), *number);
            if (!packet) {
                std::cerr << "--" << name << ": " << packet.error() << '\n';
                return Exit::usage;
            }
            invocation.arguments[name] = ctl::packet_value(*packet);
        }
        return invocation;
    }

    CLI::App app_{"mgmctl: operates a running mgmd", "mgmctl"};
    std::string socket_;
    bool json_ = false;
    unsigned watch_seconds_ = 0;
    CLI::Option* watch_ = nullptr;
    std::map<std::string, CLI::App*> verbs_;
    std::list<Given> given_;
    std::map<const Command*, std::vector<Given*>> by_command_;
    const Command* chosen_ = nullptr;
};

}  // namespace

std::variant<Invocation, Exit> parse_command_line(int argc, const char* const* argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--print-completion") {
        std::cout << bash_completion();
        return Exit::ok;
    }
    if (argc == 2 && std::string_view(argv[1]) == "--print-manual") {
        std::cout << manual_page();
        return Exit::ok;
    }
    return Parser().parse(argc, argv);
}

}  // namespace mgmd::mgmctl
