// SPDX-License-Identifier: Apache-2.0
#include "dataplane/telemetry.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <optional>
#include <string_view>

#include <rte_telemetry.h>

#include "dataplane/dataplane_state.hpp"

namespace mgmd::dataplane {
namespace {

using State = Dataplane::State;

/// Who answers. DPDK's callbacks of 22.11 take no argument of ours, and can't be taken back.
struct Answering {
    std::mutex mutex;
    const State* state = nullptr;
};
Answering& answering() {
    static Answering instance;
    return instance;
}

/// A dictionary, in which `data` becomes the answer.
class Dictionary {
public:
    explicit Dictionary(rte_tel_data* data) : data_(data) { rte_tel_data_start_dict(data); }
    void add(const char* name, std::uint64_t value) {
        rte_tel_data_add_dict_u64(data_, name, value);
    }
    void add(const char* name, const std::string& value) {
        rte_tel_data_add_dict_string(data_, name, value.c_str());
    }

private:
    rte_tel_data* data_;
};

using Answer = int (*)(const State& state, std::string_view wanted, rte_tel_data* data);

/// `params`: null without a comma behind the command.
template <Answer answer>
int call(const char* /*command*/, const char* params, rte_tel_data* data) {
    auto& who = answering();
    const std::lock_guard lock(who.mutex);
    return who.state == nullptr ? -ENODEV
                                : answer(*who.state, params == nullptr ? "" : params, data);
}

int drops(const State& state, std::string_view /*wanted*/, rte_tel_data* data) {
    Dictionary dictionary(data);
    for (const auto& text : kDropReasonTexts) {
        std::uint64_t count = 0;
        for (const auto& worker : state.workers) {
            count += worker->counters.dropped[static_cast<std::size_t>(text.reason)].get();
        }
        dictionary.add(text.name.data(), count);
    }
    return 0;
}

std::uint64_t dropped(const WorkerCounters& counters) {
    std::uint64_t total = 0;
    for (const auto& reason : counters.dropped) {
        total += reason.get();
    }
    return total;
}

int verdicts(const State& state, std::string_view /*wanted*/, rte_tel_data* data) {
    std::uint64_t received = 0, forwarded = 0, punted = 0, drops_total = 0, held = 0;
    for (const auto& worker : state.workers) {
        const auto& counters = worker->counters;
        const auto released = counters.held_out.get();  // first: the difference is not negative
        held += counters.held_in.get() - released;
        received += counters.received.get();
        forwarded += counters.forwarded.get();
        punted += counters.punted.get();
        drops_total += dropped(counters);
    }
    Dictionary dictionary(data);
    dictionary.add("received", received);
    dictionary.add("forwarded", forwarded);
    dictionary.add("dropped", drops_total);
    dictionary.add("to_control", punted);
    dictionary.add("held", held);
    return 0;
}

template <class F>
void add_table(const Table<F>& table, const std::string& family, Dictionary& dictionary) {
    const auto figures = table.figures();
    dictionary.add((family + "_entries").c_str(), figures.entries);
    dictionary.add((family + "_capacity").c_str(), table.capacity());
    dictionary.add((family + "_retired").c_str(), figures.retired);
    dictionary.add((family + "_refused").c_str(), figures.refused);
}

int tables(const State& state, std::string_view /*wanted*/, rte_tel_data* data) {
    Dictionary dictionary(data);
    add_table(*state.ipv4, "ipv4", dictionary);
    add_table(*state.ipv6, "ipv6", dictionary);
    return 0;
}

int workers(const State& state, std::string_view wanted, rte_tel_data* data) {
    if (wanted.empty()) {
        rte_tel_data_start_array(data, RTE_TEL_INT_VAL);
        for (std::size_t i = 0; i < state.workers.size(); ++i) {
            rte_tel_data_add_array_int(data, static_cast<int>(i));
        }
        return 0;
    }
    std::size_t index = 0;
    const auto* end = wanted.data() + wanted.size();
    const auto parsed = std::from_chars(wanted.data(), end, index);
    if (parsed.ec != std::errc() || parsed.ptr != end || index >= state.workers.size()) {
        return -EINVAL;
    }
    const auto& counters = state.workers[index]->counters;
    Dictionary dictionary(data);
    dictionary.add("received", counters.received.get());
    dictionary.add("forwarded", counters.forwarded.get());
    dictionary.add("dropped", dropped(counters));
    dictionary.add("to_control", counters.punted.get());
    dictionary.add("polls", counters.polls.get());
    dictionary.add("busy_polls", counters.busy_polls.get());
    dictionary.add("busy_cycles", counters.busy_cycles.get());
    dictionary.add("injected", counters.injected.get());
    dictionary.add("events_refused", state.workers[index]->events.refused());
    dictionary.add("control_packets_refused", state.workers[index]->control_packets.refused());
    return 0;
}

/// As many names as DPDK has room for.
template <class Named>
int names(const Named& list, rte_tel_data* data) {
    rte_tel_data_start_array(data, RTE_TEL_STRING_VAL);
    for (const auto& each : list) {
        if (rte_tel_data_add_array_string(data, each.name.c_str()) != 0) {
            break;
        }
    }
    return 0;
}

/// Position of that name.
template <class Named>
std::optional<std::size_t> find(const Named& list, std::string_view name) {
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.name == name; });
    return found == list.end() ? std::nullopt
                               : std::optional(static_cast<std::size_t>(found - list.begin()));
}

int ports(const State& state, std::string_view wanted, rte_tel_data* data) {
    const auto& settings = state.settings.ports;
    if (wanted.empty()) {
        return names(settings, data);
    }
    const auto index = find(settings, wanted);
    if (!index) {
        return -EINVAL;
    }
    const auto& port = *state.ports[*index];
    Dictionary dictionary(data);
    dictionary.add("id", port.id());
    dictionary.add("device", settings[*index].device);
    dictionary.add("mac", to_string(port.facts().mac));
    dictionary.add("mtu", port.facts().mtu);
    dictionary.add("link_up", port.link_up() ? 1 : 0);
    dictionary.add("rx_queues", port.rx_queues());
    dictionary.add("tx_queues", port.tx_queues());
    return 0;
}

int interfaces(const State& state, std::string_view wanted, rte_tel_data* data) {
    const auto& settings = state.settings.interfaces;
    if (wanted.empty()) {
        return names(settings, data);
    }
    const auto found = find(settings, wanted);
    if (!found) {
        return -EINVAL;
    }
    const auto index = settings[*found].index;
    Dictionary dictionary(data);
    const auto add = [&](const char* name, Counter InterfaceCounterBlock::*counter) {
        std::uint64_t sum = 0;
        for (const auto& worker : state.workers) {
            sum += (worker->counters.interfaces[index].*counter).get();
        }
        dictionary.add(name, sum);
    };
    add("rx_packets", &InterfaceCounterBlock::rx_packets);
    add("rx_octets", &InterfaceCounterBlock::rx_octets);
    add("tx_packets", &InterfaceCounterBlock::tx_packets);
    add("tx_octets", &InterfaceCounterBlock::tx_octets);
    add("ttl_too_low", &InterfaceCounterBlock::ttl_too_low);
    add("too_big", &InterfaceCounterBlock::too_big);
    add("discarded", &InterfaceCounterBlock::discarded);
    return 0;
}

struct Command {
    const char* name;
    telemetry_cb callback;
    const char* help;
};

constexpr std::array kCommands{
    Command{"/mgm/drops", call<drops>, "Packets dropped, by reason. No parameters."},
    Command{"/mgm/verdicts", call<verdicts>, "What became of all packets. No parameters."},
    Command{"/mgm/tables", call<tables>, "Fill of the forwarding tables. No parameters."},
    Command{"/mgm/workers", call<workers>, "Workers, or the figures of one. Parameter: int worker"},
    Command{"/mgm/ports", call<ports>, "Ports, or what one is. Parameter: string name"},
    Command{"/mgm/interfaces", call<interfaces>,
            "Interfaces, or the counters of one. Parameter: string name"},
};

/// For good: DPDK has no way to take a command back.
bool register_commands() {
    for (const auto& command : kCommands) {
        rte_telemetry_register_cmd(command.name, command.callback, command.help);
    }
    return true;
}

}  // namespace

Telemetry::Telemetry(const Dataplane::State& state) {
    static const bool registered = register_commands();
    static_cast<void>(registered);
    const std::lock_guard lock(answering().mutex);
    answering().state = &state;
}

Telemetry::~Telemetry() {
    const std::lock_guard lock(answering().mutex);
    answering().state = nullptr;
}

}  // namespace mgmd::dataplane
