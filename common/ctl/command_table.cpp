// SPDX-License-Identifier: Apache-2.0
#include "common/ctl/command_table.hpp"

#include <algorithm>
#include <array>

namespace mgmd::ctl {
namespace {

constexpr std::array kCommands{
    Command{"show version", "The router's version, and how long it has been up"},
};

template <class Named>
const Named* find(std::span<const Named> items, std::string_view name) {
    const auto found = std::find_if(items.begin(), items.end(),
                                    [&](const Named& item) { return item.name == name; });
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

const Argument* Command::argument(std::string_view wanted) const {
    return find(arguments, wanted);
}

std::span<const Command> commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    return find(commands(), name);
}

}  // namespace mgmd::ctl
