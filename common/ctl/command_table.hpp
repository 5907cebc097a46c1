// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// The commands of the control socket: the one description that mgmctl's parser, help, completion
/// and manual page come from, and that mgmd checks requests by. A new command is an entry here, a
/// handler in control/ctl/handlers/ and a layout in tools/mgmctl/layouts/. Any thread.
namespace mgmd::ctl {

/// What an argument is; decides how its JSON value is checked.
enum class ValueKind : std::uint8_t {
    groups,   ///< text: a multicast address or prefix, "239.1.1.1", "ff1e::/16"
    group,    ///< text: a multicast address
    sources,  ///< text: a unicast address or prefix
    address,  ///< text: a unicast address
    name,     ///< text: an interface of the configuration
    number,   ///< Argument::least .. Argument::most
    choice,   ///< text: one of Argument::choices
    flag,     ///< true or false
    file,     ///< text: the path of a file
    /// {"octets":"01005e…","length":1514}: a frame from the destination MAC on, without FCS, its
    /// first octets in hexadecimal, the others zeros. On the command line two words: a capture
    /// file, and the packet's number in it, from 1.
    packet,
};

struct Argument {
    std::string_view name;  ///< key in the request; `--name` on the command line
    ValueKind kind = ValueKind::name;
    std::string_view help;
    bool positional = false;  ///< on the command line: by its place, without `--name`
    bool required = false;
    bool repeated = false;  ///< a list of such values: `--out left,right`
    std::uint32_t most = 0;
    std::span<const std::string_view> choices{};
    bool local = false;  ///< mgmctl's own business: not part of the request
    char letter = 0;     ///< on the command line also `-l`; 0: only `--name`
    std::uint32_t least = 0;
};

/// When a command's answer ends.
enum class Ends : std::uint8_t {
    when_told,      ///< with what there is to tell now
    when_left,      ///< a stream: rows as things happen, until its client leaves
    with_requests,  ///< is no request: mgmctl makes it of others
};

struct Command {
    std::string_view name;  ///< "show mroutes", "monitor"
    std::string_view help;
    std::span<const Argument> arguments{};
    Ends ends = Ends::when_told;

    /// nullptr: no such argument.
    const Argument* argument(std::string_view name) const;
    /// "show" of "show mroutes"; the name of a command of one word.
    std::string_view verb() const { return name.substr(0, name.find(' ')); }
    /// "mroutes" of "show mroutes"; empty: a command of one word.
    std::string_view noun() const {
        return verb().size() == name.size() ? std::string_view() : name.substr(verb().size() + 1);
    }
    /// It changes nothing and answers with rows: it can be repeated.
    bool is_show() const { return name.substr(0, 5) == "show "; }
};

/// In the order of help and manual page.
std::span<const Command> commands();
/// nullptr: no such command.
const Command* find_command(std::string_view name);

}  // namespace mgmd::ctl
