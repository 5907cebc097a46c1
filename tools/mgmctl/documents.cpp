// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/documents.hpp"

#include <map>
#include <vector>

#include "common/roff.hpp"

namespace mgmd::mgmctl {
namespace {

using ctl::Argument;
using ctl::Command;
using ctl::ValueKind;
using roff::bold;
using roff::italic;

std::string upper(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return result;
}

std::string joined(std::span<const std::string_view> words, const char* separator) {
    std::string text;
    for (const auto word : words) {
        text += (text.empty() ? "" : separator) + std::string(word);
    }
    return text;
}

/// "-w, --write"; "--group" without a letter.
std::string option_names(const Argument& argument, const char* separator) {
    const auto dashed = "--" + std::string(argument.name);
    return argument.letter == 0 ? dashed : std::string{'-', argument.letter} + separator + dashed;
}

std::string usage(const Command& command) {
    std::string text = bold(command.name);
    for (const auto& argument : command.arguments) {
        std::string item;
        if (argument.kind == ValueKind::flag) {
            item = bold("--" + std::string(argument.name));
        } else if (argument.positional) {
            item = italic(placeholder(argument));
        } else {
            item = bold("--" + std::string(argument.name)) + ' ' + italic(placeholder(argument));
        }
        text += argument.required ? ' ' + item : " [" + item + ']';
    }
    return text;
}

std::string describe(const Argument& argument) {
    std::string text = ".TP\n";
    if (argument.positional) {
        text += italic(placeholder(argument));
    } else {
        text += bold(option_names(argument, ", "));
        if (argument.kind != ValueKind::flag) {
            text += ' ' + italic(placeholder(argument));
        }
    }
    text += '\n' + roff::plain(argument.help);
    return text + ".\n";
}

std::string option(std::string_view name, std::string_view value, std::string_view help) {
    return roff::item(bold(name) + (value.empty() ? "" : ' ' + italic(value)),
                      roff::plain(help) + '.');
}

/// One case of the completion: the words that may follow the command.
std::string completion_of(const Command& command) {
    std::string words;
    std::string values;
    for (const auto& argument : command.arguments) {
        const auto dashed = "--" + std::string(argument.name);
        if (argument.positional) {
            words += (words.empty() ? "" : " ") + joined(argument.choices, " ");
            continue;
        }
        words += (words.empty() ? "" : " ") + dashed;
        const auto given = option_names(argument, "|");
        if (!argument.choices.empty()) {
            values += "                " + given + ") words=\"" + joined(argument.choices, " ") +
                      "\" ;;\n";
        } else if (argument.kind == ValueKind::file || argument.kind == ValueKind::packet) {
            values += "                " + given + ") mapfile -t COMPREPLY < <(compgen -f -- " +
                      "\"$current\"); return ;;\n";
        } else if (argument.kind == ValueKind::name) {
            values += "                " + given + ") words=$(_mgmctl_interfaces) ;;\n";
        } else if (argument.kind != ValueKind::flag) {
            values += "                " + given + ") words= ;;\n";
        }
    }
    return "        \"" + std::string(command.name) + "\")\n            case $previous in\n" +
           values + "                *) words=\"" + words + " $general\" ;;\n            esac ;;\n";
}

constexpr std::string_view kCompletionHead = R"bash(# bash completion for mgmctl, by itself
_mgmctl_interfaces() {
    mgmctl --json show interfaces 2>/dev/null |
        sed -n 's/.*"interface":"\([^"]*\)".*/\1/p'
}
_mgmctl() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local general="--socket --json --watch --help" command= words= skip= word
)bash";

constexpr std::string_view kCompletionWords =
    R"bash(    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $skip ]]; then skip=
        elif [[ $word == --socket ]]; then skip=1
        elif [[ $word != -* && $command != *" "* && $whole != *" $command "* ]]; then
            command+=${command:+ }$word
        fi
    done
    if [[ $previous == --socket ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        return
    fi
    case $command in
)bash";

constexpr std::string_view kCompletionTail = R"bash(    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _mgmctl mgmctl
)bash";

}  // namespace

std::string_view verb_help(std::string_view verb) {
    static const std::map<std::string_view, std::string_view> texts{
        {"show", "Tell about the router"},
        {"add", "Add a static route or join; it lasts until mgmd ends"},
        {"del", "Take a static route or join back"},
        {"clear", "Begin counting anew"},
        {"set", "Change how the router runs"}};
    const auto found = texts.find(verb);
    return found == texts.end() ? "" : found->second;
}

std::string placeholder(const Argument& argument) {
    const auto single = argument.kind == ValueKind::name     ? std::string("INTERFACE")
                        : argument.kind == ValueKind::file   ? std::string("FILE")
                        : argument.kind == ValueKind::packet ? std::string("FILE NUMBER")
                                                             : upper(argument.name);
    return argument.repeated ? single + ",..." : single;
}

std::string bash_completion() {
    std::map<std::string, std::string> nouns;
    std::string whole = " ";  // commands of one word
    std::string commands;
    for (const auto& command : ctl::commands()) {
        const std::string verb(command.verb());
        if (command.noun().empty()) {
            whole += verb + ' ';
        } else {
            auto& of_verb = nouns[verb];
            of_verb += (of_verb.empty() ? "" : " ") + std::string(command.noun());
        }
        commands += completion_of(command);
    }
    std::string verbs = whole.substr(1);
    std::string cases;
    for (const auto& [name, words] : nouns) {
        verbs += name + ' ';
        cases += "        " + name + ") words=\"" + words + " $general\" ;;\n";
    }
    return std::string(kCompletionHead) + "    local whole=\"" + whole + "\"\n" +
           std::string(kCompletionWords) + "        \"\") words=\"" + verbs + "$general\" ;;\n" +
           cases + commands + std::string(kCompletionTail);
}

std::string manual_page() {
    std::string text = roff::title("MGMCTL", 1);
    text += ".SH NAME\nmgmctl \\- operates a running mgmd\n";
    text += ".SH SYNOPSIS\n" + bold("mgmctl") + " [" + bold("--socket") + ' ' + italic("PATH") +
            "] [" + bold("--json") + "] [" + bold("--watch") + " [" + italic("SECONDS") + "]] " +
            italic("COMMAND") + '\n';
    text += ".SH DESCRIPTION\nAsks the multicast router " + bold("mgmd") +
            "(8) over its control socket, which its configuration names (control_socket).\n";
    text += ".SH OPTIONS\n" + option("--socket", "PATH", kSocketHelp) +
            option("--json", "", kJsonHelp) + option("--watch", "SECONDS", kWatchHelp) +
            option("--help", "", "Say how it is used; after a command: how that is");
    text += ".SH COMMANDS\n";
    for (const auto& command : ctl::commands()) {
        text += ".SS " + usage(command) + '\n' + roff::plain(command.help) + ".\n";
        for (const auto& argument : command.arguments) {
            text += describe(argument);
        }
    }
    text += ".SH EXIT STATUS\n" + option("0", "", "It is done") +
            option("64", "", "The command line is wrong, or an argument is") +
            option("69", "", "The router refuses; the message says why") +
            option("70", "", "The router's answer makes no sense") +
            option("71", "", "There is no router at the socket, or no permission to use it");
    text += roff::section("SEE ALSO") + roff::page("mgmd", 8) + ", " + roff::page("mgmd.yaml", 5) +
            '\n';
    return text;
}

}  // namespace mgmd::mgmctl
