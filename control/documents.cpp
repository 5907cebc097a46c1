// SPDX-License-Identifier: Apache-2.0
#include "control/documents.hpp"

#include <string_view>

#include "common/roff.hpp"
#include "control/options.hpp"

namespace mgmd {
namespace {

using roff::bold;
using roff::italic;
using roff::item;
using roff::page;
using roff::prose;
using roff::section;

constexpr std::string_view kDescription =
    "is a multicast router for DPDK. It forwards IPv4 and IPv6 multicast between its ports as "
    "IGMP and MLD, static routes and a proxy ask for, by the file that `--config` names. It stays "
    "in the foreground and logs to standard error, or to `log.file`; at its end it prints what "
    "became of each packet.";

constexpr std::string_view kNeeds =
    "Neither huge pages nor root are needed as such. What a device needs that is missing is named "
    "when it can't be opened: AF_PACKET devices need the capabilities CAP_NET_RAW and "
    "CAP_NET_ADMIN, tap devices CAP_NET_ADMIN, AF_XDP devices also CAP_SYS_ADMIN, and cards access "
    "to their files in /dev/vfio and the right to lock memory.";

std::string options() {
    std::string text = section("OPTIONS");
    for (const auto& option : option_helps()) {
        const auto value = option.value.empty() ? "" : ' ' + italic(option.value);
        text += item(bold(option.name) + value, roff::plain(option.help) + '.');
    }
    return text;
}

std::string exit_status() {
    return section("EXIT STATUS") +
           item(bold("0"), prose("It was ended by a signal, or by `--until-idle`.")) +
           item(bold("64"), "The command line is wrong.") +
           item(bold("70"), "An internal error: please report it.") +
           item(bold("71"), "The system refused something: a device, memory, a file.") +
           item(bold("78"), "The configuration is wrong; each mistake was printed.");
}

std::string environment() {
    return section("ENVIRONMENT") +
           item(bold("NOTIFY_SOCKET"),
                prose("Where the service manager is told that packets are forwarded (`READY=1`, "
                      "after all ports are started and all static entries are published), how the "
                      "router fares, and that it ends.")) +
           item(bold("WATCHDOG_USEC") + ", " + bold("WATCHDOG_PID"),
                prose("The service manager hears `WATCHDOG=1` twice in this time while the control "
                      "thread runs and all workers poll their queues.")) +
           item(bold("RUNTIME_DIRECTORY") + ", " + bold("XDG_RUNTIME_DIR"),
                "Where DPDK puts its sockets; without either, a temporary directory.");
}

std::string files() {
    return section("FILES") +
           item(italic("/etc/mgmd/mgmd.yaml"), "The configuration that the service uses.") +
           item(italic("/run/mgmd/control"), prose("The control socket, where the configuration "
                                                   "says so: `mgmctl` looks for it there.")) +
           item(italic("/dev/vfio/*"), "The cards that are bound to vfio\\-pci.");
}

std::string examples() {
    return section("EXAMPLES") + "Check a file, and run on it until ctrl\\-C:\n" +
           roff::example("mgmd --config router.yaml --check\nmgmd --config router.yaml\n") +
           ".PP\nRun it as a service, on " + italic("/etc/mgmd/mgmd.yaml") + ":\n" +
           roff::example("systemctl enable --now mgmd\n") +
           ".PP\nRun it as somebody who may use network interfaces and nothing else:\n" +
           roff::example(
               "setpriv --reuid=nobody --clear-groups \\\n"
               "    --inh-caps=-all,+net_raw,+net_admin \\\n"
               "    --ambient-caps=-all,+net_raw,+net_admin \\\n"
               "    mgmd --config router.yaml\n");
}

/// For the options whose values can be completed.
constexpr std::string_view kCompletionHead = R"bash(# bash completion for mgmd, by itself
_mgmd() {
    local current=${COMP_WORDS[COMP_CWORD]} words=
    case ${COMP_WORDS[COMP_CWORD - 1]} in
        --config | --summary)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --log-level) words="trace debug info warning error off" ;;
        --print-manual) words="5 8" ;;
        --until-idle) ;;
)bash";

}  // namespace

std::string manual_page() {
    std::string text = roff::title("MGMD", 8);
    text += section("NAME") + "mgmd \\- multicast router for DPDK\n";
    text += section("SYNOPSIS") + bold("mgmd") + ' ' + bold("--config") + ' ' + italic("FILE") +
            " [" + bold("--check") + "] [" + italic("OPTION") + "...]\n";
    text += section("DESCRIPTION") + bold("mgmd") + '\n' + prose(kDescription) + "\n.PP\n" +
            prose(kNeeds) + '\n';
    text += options() + exit_status();
    text += section("SIGNALS") +
            item(bold("SIGTERM") + ", " + bold("SIGINT"),
                 "End the router in order: what was received is accounted for.") +
            item(bold("SIGHUP"),
                 "Take a changed configuration file over, as a whole or not at all; the log says "
                 "which.");
    text += environment() + files() + examples();
    text += section("SEE ALSO") + page("mgmctl", 1) + ", " + page("mgmd.yaml", 5) + ", " +
            page("systemctl", 1) + '\n';
    return text;
}

std::string bash_completion() {
    std::string words;
    for (const auto& option : option_helps()) {
        words += (words.empty() ? "" : " ") + option.name;
    }
    return std::string(kCompletionHead) + "        *) words=\"" + words +
           "\" ;;\n    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
           "}\ncomplete -F _mgmd mgmd\n";
}

}  // namespace mgmd
