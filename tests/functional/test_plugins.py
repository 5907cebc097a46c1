# SPDX-License-Identifier: Apache-2.0
"""Protocols in shared objects, compiled against the installed headers outside the tree.

    testpmd ── memif ── source │ mgmd + flood.so │ left, right ── memif ── testpmd
                               │                 │ control socket ── mgmctl
"""

import re
import socket

import pytest
from netlab.wait import until
from scapy.utils import wrpcap

from support import devices as dev
from support import frames as fr
from support import three_ports as lab3
from support.mgmctl import Mgmctl, why_no_mgmctl
from support.mgmd import why_no_binary
from support.plugins import SOURCES, PluginKit, why_no_plugins
from support.three_ports import LEFT, NAMES, RIGHT, SOURCE

pytestmark = pytest.mark.skipif(any((why_no_binary(), why_no_mgmctl(), why_no_plugins())),
                                reason=f"{why_no_binary() or why_no_mgmctl() or why_no_plugins()}")

HOST, GROUP = lab3.HOST, "239.7.7.7"
HOST6, GROUP6 = lab3.HOST6, "ff1e::7:7"
FLOOD_ID = "0x7fff0001"
OK, SYSTEM, CONFIGURATION = 0, 71, 78


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return PluginKit(tmp_path_factory.mktemp("kit"))


@pytest.fixture(scope="module")
def flood(kit):
    return kit.make("flood")


class Site:
    """A router with a plugin between three stations, and mgmctl."""

    def __init__(self, lab, protocols, interfaces=("", "", "")):
        directory = lab.socket_directory()
        ports = "".join(f"  {name}: "
                        f"'{dev.memif(directory / 'memif', number, 'server', number)}'\n"
                        for number, name in enumerate(NAMES))
        links = "".join(f"  {name}: {{addresses: [10.{n}.0.1/24, 'fd00:{n}::1/64']{more}}}\n"
                        for n, (name, more) in enumerate(zip(NAMES, interfaces), start=1))
        self.router = lab.mgmd(f"ports:\n{ports}interfaces:\n{links}protocols:\n{protocols}"
                               f"control_socket: {directory / 'control'}\n"
                               "memory: {hugepages: no}\n"
                               "limits: {held_packets_per_flow: 255, per_interface_percent: 100}\n",
                               log_level="debug")
        self.stations = lab.stations(*(dev.memif(directory / "memif", number, "client", number)
                                       for number in range(3)))
        self.mgmctl = Mgmctl(directory / "control")
        self.directory = directory

    def send(self, frames):
        self.stations.send(SOURCE, frames)

    def until_received(self, left, right):
        until(lambda: self.stations.received(LEFT) >= left and
              self.stations.received(RIGHT) >= right, what=f"{left} on left, {right} on right")

    def prune(self, path, *words):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(" ".join(("prune", *words)).encode(), str(path))


def flooding(lab, flood, prune_time):
    """The example on all three interfaces, and where it hears of prunes."""
    prunes = lab.socket_directory() / "flood"
    return Site(lab, f"  - plugin: {flood}\n"
                     f"    arguments: {{prune_time: {prune_time}, socket: {prunes}}}\n"), prunes


def test_the_example_floods_and_prunes(lab, flood):
    site, prunes = flooding(lab, flood, prune_time=600)
    site.send(fr.interleaved(fr.stream(HOST, GROUP, 20), fr.stream(HOST6, GROUP6, 30)))
    site.until_received(50, 50)
    for group in ((HOST, GROUP), (HOST6, GROUP6)):
        site.prune(prunes, "right", *group)
        site.router.wait_for(re.escape(f"({group[0]},{group[1]}) is pruned from right"))
    site.send(fr.interleaved(fr.stream(HOST, GROUP, 20, first=20),
                             fr.stream(HOST6, GROUP6, 30, first=30)))
    site.until_received(100, 50)
    recorded = site.stations.frames()
    protocols = {row["family"]: row for row in site.mgmctl.rows("show", "protocols")
                 if row["protocol"] == "flood"}
    summary = site.router.finish()

    assert recorded[SOURCE] == []
    for station, count in ((LEFT, 2), (RIGHT, 1)):
        assert fr.numbers(recorded[station], HOST, GROUP) == list(range(20 * count))
        assert fr.numbers(recorded[station], HOST6, GROUP6) == list(range(30 * count))
        fr.check_routed(recorded[station], summary.port(NAMES[station])["mac"])
    assert summary.forwarded == 100
    assert summary.dropped == {}
    flow = summary.flow(HOST, GROUP)
    assert (flow.state, flow.incoming, flow.packets) == ("active", "source", 40)
    assert flow.sent == {"left": 40}, "counts of the outgoing interfaces that it has now"
    assert set(protocols) == {"ipv4", "ipv6"}
    for row in protocols.values():
        assert (row["id"], row["plugin"]) == (FLOOD_ID, str(flood))
        assert (row["interfaces"], row["refused_calls"]) == (list(NAMES), 0)
    assert "left" not in re.findall("plugin flood: (.*) behind", site.router.log)
    assert not prunes.exists(), "its stop has run"


def test_a_prune_is_forgotten_in_time(lab, flood):
    site, prunes = flooding(lab, flood, prune_time=1)
    site.send(fr.stream(HOST, GROUP, 10))
    site.until_received(10, 10)
    site.prune(prunes, "right", HOST, GROUP)
    site.router.wait_for(re.escape(f"({HOST},{GROUP}) floods right again"))
    site.send(fr.stream(HOST, GROUP, 10, first=10))
    site.until_received(20, 20)
    assert site.mgmctl.rows("show", "mroutes")[0]["owner"] == "flood"
    assert [row["by"] for row in site.mgmctl.rows("show", "groups", "--family", "ipv4")] == \
        [["flood"]] * 3
    site.prune(prunes, "up", HOST, GROUP)
    site.router.wait_for("not a prune of our interfaces: prune up")
    assert site.router.finish().forwarded == 20


def test_a_plugin_that_does_everything_wrong_gets_errors_and_the_router_goes_on(lab, kit):
    hostile = kit.compile("hostile", SOURCES / "hostile" / "hostile.c", flags=["-pthread"])
    owned = ", protocol: static"
    site = Site(lab, f"  - {{plugin: {hostile}, interfaces: right, arguments: {{foreign: 2}}}}\n",
                (owned, f"{owned}, static_joins: {GROUP}", ""))
    site.router.wait_for("plugin hostile: another thread: 1003")
    site.send(fr.stream(HOST, GROUP, 50))
    site.until_received(50, 0)
    (row,) = [row for row in site.mgmctl.rows("show", "protocols") if row["protocol"] == "hostile"]
    recorded = site.stations.frames()
    summary = site.router.finish()

    got = dict(re.findall(r"plugin hostile: ([\w' -]+): (\d+)$", site.router.log, re.MULTILINE))
    assert got == {
        "NULL configuration": "87", "NULL buffer": "87", "NULL size": "87", "NULL handle": "87",
        "NULL callback": "87", "made-up handle": "87", "pointer for a handle": "87",
        "timer for a protocol": "87", "stale handle": "87", "IPv4 handle for IPv6": "87",
        "foreign interface": "183", "member on a foreign interface": "87",
        "no such interface": "1003", "twice the same": "183", "IGMP's own id": "183",
        "member without flags": "87", "closed descriptor": "87",
        "deregister with an interface": "1003", "another thread": "1003"}
    assert "plugin hostile: a line that is none [31m" in site.router.log
    assert "plugin hostile: left 1 registrations, 1 timers and descriptors behind; ended" \
        in site.router.log
    # All but the usual answers (183), the other thread's calls, and one that was right.
    assert row["refused_calls"] == 15
    assert fr.numbers(recorded[LEFT], HOST, GROUP) == list(range(50))
    assert (recorded[SOURCE], recorded[RIGHT]) == ([], [])
    assert (summary.forwarded, summary.dropped) == (50, {})


def test_a_plugin_in_cpp_of_several_files(lab, kit, tmp_path):
    """It throws, too: that ends at the interface."""
    plugin = kit.compile("cpp", """
        #include <mgmd/plugin.h>
        int begin();
        static DWORD on_creation(DWORD, DWORD, DWORD, DWORD, DWORD, DWORD, DWORD,
                                 PMGM_IF_ENTRY) {
            throw 1;
        }
        static int init() {
            ROUTING_PROTOCOL_CONFIG callbacks{};
            callbacks.pfnCreationAlertCallback = on_creation;
            HANDLE handle;
            return MgmRegisterMProtocol(&callbacks, 1, 0, &handle) == NO_ERROR &&
                           MgmTakeInterfaceOwnership(handle, 2, 0) == NO_ERROR &&
                           MgmAddGroupMembershipEntry(handle, 0, 0, 0, 0, 2, 0,
                                                      MGM_JOIN_STATE_FLAG) == NO_ERROR
                       ? begin() : 1;
        }
        const mgmd_plugin_descriptor mgmd_plugin{
            MGMD_PLUGIN_ABI, &mgmd_host, "cpp", init, nullptr, nullptr};
        """, """
        #include <mgmd/plugin.h>
        int begin() { mgmd_log(MGMD_LOG_INFO, "from another file"); return 0; }
        """, compiler=("c++", "-x", "c++", "-std=c++20", "-Wall", "-Wextra", "-Wpedantic",
                       "-Werror", "-fvisibility=hidden"))
    wrpcap(str(tmp_path / "in.pcap"), fr.stream(HOST, GROUP, 10))
    router = lab.mgmd(f"""
        ports:
          in: net_pcap0,rx_pcap={tmp_path}/in.pcap
          out: net_pcap1,tx_pcap={tmp_path}/out.pcap
        interfaces: {{in: {{addresses: 10.1.0.1/24}}, out: {{addresses: 10.2.0.1/24}}}}
        protocols: [{plugin}]
        memory: {{hugepages: no, mbufs: 16384}}
        limits: {{held_packets_per_flow: 255, per_interface_percent: 100}}
        """, until_idle_ms=500)
    assert router.finish_by_itself().forwarded == 10
    assert len(fr.read(tmp_path / "out.pcap")) == 10
    assert "plugin cpp: from another file" in router.log
    assert "plugin cpp: its creation alert threw" in router.log


PLUGIN = """
#include <mgmd/plugin.h>
static int init(void) {{ return {init}; }}
const struct mgmd_plugin_descriptor mgmd_plugin = {{
    .abi = {abi}, .host = &mgmd_host, .name = "bad", .init = init}};
"""


@pytest.mark.parametrize(("source", "status", "message"), [
    (None, CONFIGURATION, "can't be loaded: No such file or directory"),
    ("int nothing;", CONFIGURATION, "exports no mgmd_plugin: no plugin of mgmd"),
    ("int mgmd_plugin = 1;", CONFIGURATION, "mgmd_plugin is no struct mgmd_plugin_descriptor"),
    (PLUGIN.format(abi=999, init=0), CONFIGURATION,
     "is made for version 999 of the plugin interface"),
    ("int nowhere(void);\n" + PLUGIN.format(abi="MGMD_PLUGIN_ABI", init="nowhere()"),
     CONFIGURATION, "undefined symbol: nowhere"),
    (PLUGIN.format(abi="MGMD_PLUGIN_ABI", init="MGMD_BAD_CONFIGURATION"), CONFIGURATION,
     "its init refuses its arguments"),
    (PLUGIN.format(abi="MGMD_PLUGIN_ABI", init=5), SYSTEM, "its init failed with 5"),
], ids=["no-file", "no-symbol", "no-descriptor", "other-version", "undefined-symbol",
        "bad-arguments", "failed"])
def test_what_ends_a_start(lab, kit, tmp_path, source, status, message):
    path = tmp_path / "bad.so"
    if source is not None:
        path = kit.compile("bad", source)
    router = lab.mgmd(f"""
        ports: {{a: "net_null0,no-rx=1"}}
        interfaces: {{a: {{addresses: 10.1.0.1/24}}}}
        protocols: [{path}]
        memory: {{hugepages: no, mbufs: 16384}}
        """, ready=None)
    router.expect_exit(status, deadline=30.0)
    assert message in router.log
    assert str(path) in router.log
