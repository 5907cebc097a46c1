# SPDX-License-Identifier: Apache-2.0
"""The configuration of mgmd for a scenario: net_pcap in, net_null out."""
from . import scenario as scenarios
from . import traffic

INPUT = "net_pcap0"
HOSTS = "192.168.1.1/24"    # the router's address where the probe's host is
STATIC_SOURCES = 1000       # configured by count: so many sources share a group
PASSING_ROUTES = 100_000    # installed by a plugin at one time, beside those of the flows
SOURCE_BITS = 14        # learned flows: so many sources share a group


def input_device(capture):
    return f"{INPUT},rx_pcap={capture},infinite_rx=1"


def output_device(index):
    return f"net_null{index + 1},no-rx=1"


def source_bits(scenario):
    return SOURCE_BITS if scenario.learned else 0


def mgmd(scenario, capture, settings=()):
    """The YAML of a router that sends every flow of the scenario to all its outputs."""
    outs = _outputs(scenario)
    hugepages = "yes" if scenario.hugepages else "no"
    lines = [*settings, "log: warning", "memory:", f"  hugepages: {hugepages}"]
    if scenario.one_class:
        lines.append("router_mac: 02:00:00:00:00:01")
    lines += _limits(scenario) + ["ports:", f"  in: {{device: '{input_device(capture)}'}}"]
    for index in range(len({port for port, _ in outs})):
        mac = "" if scenario.one_class else f", mac: 02:00:00:00:01:{index:02x}"
        lines.append(f"  out{index}: {{device: '{output_device(index)}'{mac}}}")
    owner = "" if scenario.load == "routes" else ", protocol: static"
    lines += ["interfaces:", f"  in: {{addresses: [{traffic.NETWORK[4]}, "
                             f"'{traffic.NETWORK[6]}']{owner}}}"]
    names = []
    for port, vlan in outs:
        names.append(f"out{port}v{vlan}" if vlan else f"out{port}")
        if scenario.load == "join":
            lines.append(f"  {names[-1]}: {{addresses: [{HOSTS}], igmp: {{max_groups: "
                         f"{scenario.entries}}}}}")
            continue
        lines.append(f"  {names[-1]}: {{port: out{port}, vlan: {vlan}, protocol: static, "
                     f"static_joins: {_joins(scenario)}}}")
    return "\n".join(lines + _mroutes(scenario, names)) + "\n"


def _outputs(scenario):
    """(port, VLAN) of each outgoing interface; VLAN 0 is none."""
    if scenario.fan_out <= scenarios.MAX_PORTS:
        return [(port, 0) for port in range(scenario.fan_out)]
    ports = scenarios.VLAN_PORTS
    return [(n % ports, 1 + n // ports) for n in range(scenario.fan_out)]


_more_entries = {"churn": 1 << 20, "flood": 1 << 20, "routes": 2 * PASSING_ROUTES}


def routes(library, report, scenario, rate):
    """Settings for a plugin that has the flows' routes, and installs so many others a second."""
    return ["protocols:", f"  - plugin: {library}", "    interfaces: [in]",
            f"    arguments: {{report: {report}, established: {scenario.entries}, "
            f"fan_out: {scenario.fan_out}, live: {PASSING_ROUTES}, rate: {rate}}}"]


def entry_limit(scenario):
    """How many entries of a family mgmd has room for."""
    return max(65536, scenario.entries + _more_entries.get(scenario.load, 1024))


def _limits(scenario):
    limits = {"entries": entry_limit(scenario), "per_interface_percent": 100,
              "no_entry_rate": 10_000_000}
    # What is learned for the whole run stays; what comes and goes beside it is to go soon.
    idle = 1 if scenario.load == "churn" and not scenario.learned else 86400
    return ["limits:"] + [f"  {key}: {value}" for key, value in limits.items()] + [
        "timers:", f"  mfe_idle_timeout: {idle}s"]


def _joins(scenario):
    """Groups wanted everywhere: those of learned flows, and that of new ones."""
    if scenario.learned:
        groups = range((scenario.entries - 1 >> SOURCE_BITS) + 1)
    else:
        groups = [traffic.EXTRA_GROUP] if scenario.load == "churn" else []
    joined = ", ".join(f"'{traffic.group(scenario.family, number)}'" for number in groups)
    return f"[{joined}]"


def _mroutes(scenario, names):
    if scenario.learned or scenario.load in ("join", "routes"):
        return []
    family = scenario.family
    if scenario.load == "static":
        groups = max(scenario.entries // STATIC_SOURCES, 1)
        return ["mroutes:",
                f"  - {{group: '{traffic.group(family, 0)}', group_count: {groups}, "
                f"source: '{traffic.source(family, 0)}', "
                f"source_count: {scenario.entries // groups}, accept: [in], "
                f"outgoing: [{', '.join(names)}]}}"]
    lines = ["mroutes:"]
    for number in range(scenario.entries):
        outgoing = f"&all [{', '.join(names)}]" if number == 0 else "*all"
        lines.append(f"  - {{group: '{traffic.group(family, number)}', "
                     f"source: '{traffic.source(family, 0)}', accept: [in], "
                     f"outgoing: {outgoing}}}")
    return lines
