# SPDX-License-Identifier: Apache-2.0
"""A proxy (RFC 4605): Linux hosts join on its downstream links, and it joins upstream for them.

    host "source" ──┬── source │ proxy │ left ──┬── host "left1"
    mgmd "upstream" ┘          │       │        └── mgmd "rival", where a test has one
                               │       │ right ──── host "right1"

The upstream router says what it hears: its log tells what is wanted on its link.
"""

import signal

import pytest
from netlab.hosts import PORT
from netlab.wait import until

from support import ctl
from support.dissector import why_no_dissector
from support.membership import IPV4, IPV6, ROUTER, TIMERS, MembershipLab, router_config, router_nics

pytestmark = pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))

PROXY = router_nics(number=3)
UPSTREAM = router_nics("upstream", ["source"], number=2)
RIVAL = router_nics("rival", ["left"], number=1)  # the lowest address is the querier's


def older(timers, version):
    return timers.replace("{", f"{{version: {version}, ")


def proxy_config(nics):
    """IGMP and MLD downstream; the groups that tests use as sentinels are joined there."""
    source, *downstream = nics
    ports = "\n".join(f"  {nic.device}: net_af_packet{index},iface={nic.device}"
                      for index, nic in enumerate(nics))
    interfaces = "\n".join(f"""  {nic.device}:
    addresses: [{nic.address(4)}/24, "{nic.address(6)}/64"]
    igmp: {TIMERS}
    mld: {TIMERS}
    static_joins: [{IPV4.sentinel}, "{IPV6.sentinel}"]""" for nic in downstream)
    return f"""ports:
{ports}
interfaces:
  source: {{addresses: [{source.address(4)}/24, "{source.address(6)}/64"]}}
{interfaces}
proxies: [{{upstream: source, downstream: [left, right]}}]
workers: {{idle: adaptive}}
memory: {{hugepages: no}}
"""


class ProxyLab(MembershipLab):
    """With a proxy for a router, and a router upstream that hears its reports."""

    def __init__(self, lab, family, more_routers=(), upstream_config=None, more=""):
        super().__init__(lab, family, router=PROXY, more_routers=(*UPSTREAM, *more_routers),
                         more=more)
        self.upstream = lab.mgmd(upstream_config or router_config(UPSTREAM),
                                 namespace=self.network.namespace("upstream"), label="upstream",
                                 log_level="debug")

    def start_router(self, nics, label="mgmd", timers=TIMERS, more=""):
        if nics[0].host != ROUTER:
            return super().start_router(nics, label, timers, more)
        return self._lab.mgmd(proxy_config(nics) + more, namespace=self.network.namespace(ROUTER),
                              label="proxy", log_level="debug")

    def until_wanted_upstream(self, what, group=None, start=0):
        """Waits until the upstream router has learned that so much of the group is wanted."""
        return self.upstream.wait_for(f"{self.family.protocol} on source: "
                                      f"{group or self.family.group} wanted from {what}$",
                                      start=start)

    def send_from(self, host, group, payload):
        sender = self.host(host)
        with sender.sender(sender.address(self.family.version)) as made:
            made.sendto(payload, (group, PORT))

    def copies(self, segment, payload):
        """What the proxy sent there of the group."""
        return [d for d in self.wires[segment].datagrams(self.family.group)
                if d.payload == payload and d.mac == self.router_mac(segment)]


@pytest.fixture(params=[IPV4, IPV6], ids=str)
def family(request):
    return request.param


def test_members_are_joined_for_upstream(lab, family, tmp_path):
    path = lab.socket_directory() / "control"
    hosts = ProxyLab(lab, family, more=ctl.socket_setting(path))
    left = hosts.join("left1")
    hosts.until_wanted_upstream("any")
    shown = ctl.request(path, "show proxies", family=str(family).lower())
    assert [(row["interface"], row["side"], row["state"], row["groups"]) for row in shown] == [
        ("source", "upstream", "in use", 2), ("left", "downstream", "forwarding", 2),
        ("right", "downstream", "forwarding", 1)]
    hosts.until_reaches("left")
    assert not hosts.reaches("right"), "nobody asked for it there"
    right = hosts.join("right1")
    hosts.until_reaches("right")
    left.leave()
    hosts.until_stopped("left")
    assert hosts.reaches("right")
    assert "wanted from none" not in hosts.upstream.log
    right.leave()
    hosts.until_stopped("right")
    hosts.until_wanted_upstream("none")
    reports = [r for r in hosts.wires["source"].messages("report")
               if r.mac == hosts.router_mac("source") and family.group in r.groups]
    assert {r.version for r in reports} == {3 if family is IPV4 else 2}

    summary = hosts.finish(tmp_path)
    upstream = summary.proxy("source", family.version)
    assert (upstream["side"], upstream["state"]) == ("upstream", "in use")
    assert upstream["groups"] == 1, "the sentinel, a static join"
    assert upstream["counters"]["queries_received"] >= 1
    assert upstream["counters"]["reports_sent"] >= len(reports)
    assert summary.proxy("left", family.version)["state"] == "forwarding"
    heard = hosts.upstream.finish().membership("source", family.protocol)
    assert heard["reports_received"] >= len(reports)


def test_sources_are_asked_for_by_name(lab, family, tmp_path):
    hosts = ProxyLab(lab, family)
    group = family.source_specific
    hosts.join("left1", group, family.source)
    hosts.until_wanted_upstream(family.source, group)
    other = hosts.join("right1", group, family.other_source)
    hosts.until_wanted_upstream(f"{family.source}, {family.other_source}", group)
    hosts.until_reaches("left", group=group)
    hosts.until_reaches("right", group=group, source=family.other_source)
    assert not hosts.reaches("left", group=group, source=family.other_source)
    known = len(hosts.upstream.log)
    other.leave()
    hosts.until_wanted_upstream(family.source, group, start=known)
    hosts.finish(tmp_path)


def test_sources_downstream_reach_upstream_and_other_members(lab, family, tmp_path):
    hosts = ProxyLab(lab, family)
    upstream = hosts.join("source")
    member = hosts.join("right1")
    until(lambda: hosts.reaches("right"), what="membership on right")
    sender = hosts.host("left1").address(family.version)
    payloads = [b"down %d" % number for number in range(5)]
    for number, payload in enumerate(payloads, 1):
        hosts.send_from("left1", family.group, payload)
        for listener in (upstream, member):
            until(lambda: [p for s, p in listener.received() if s == sender] == payloads[:number],
                  what="all datagrams so far")
    for payload in payloads:
        assert hosts.copies("left", payload) == [], "never back where it came from"
    summary = hosts.finish(tmp_path)
    assert summary.flow(sender, family.group).sent == {"source": 5, "right": 5}
    assert summary.flow(sender, family.group).incoming == "left"


def test_members_are_left_to_another_querier(lab, family, tmp_path):
    """RFC 4605 4.2; and joined upstream for all the same, 4.1."""
    hosts = ProxyLab(lab, family, more_routers=RIVAL)
    hosts.join("left1")
    hosts.until_reaches("left")
    rival = hosts.start_router(RIVAL, label="rival")
    hosts.router.wait_for(f"{family.protocol} proxy: members on left are left to")
    until(lambda: not hosts.reaches("left", witness="right"), 15, "no stream on left")
    payload = b"from a link of another querier"
    hosts.send_from("left1", family.other_group, payload)
    until(lambda: payload in [d.payload for d in
                              hosts.wires["source"].datagrams(family.other_group)],
          what="datagram upstream")
    assert "wanted from none" not in hosts.upstream.log
    rival.finish()
    hosts.router.wait_for(f"{family.protocol} proxy: members on left are forwarded to",
                          start=hosts.router.log.index("are left to"))
    until(lambda: hosts.reaches("left", witness="right"), 15, "stream on left")
    hosts.finish(tmp_path)


def test_a_reload_takes_a_link_from_the_proxy_and_gives_it_back(lab, family, tmp_path):
    hosts = ProxyLab(lab, family)
    with_right = hosts.router.config_path.read_text()
    hosts.join("left1")
    hosts.join("right1", family.other_group)
    hosts.until_wanted_upstream("any")
    hosts.until_wanted_upstream("any", family.other_group)
    hosts.until_reaches("left")
    # As long as IGMP and MLD are on right, its members are of interest without the proxy, too.
    head, right = with_right.replace("[left, right]", "[left]").rsplit("  right:\n", 1)
    without = right[:right.index("    igmp:")] + right[right.index("proxies:"):]
    for config, wanted in ((f"{head}  right:\n{without}", "none"), (with_right, "any")):
        known = len(hosts.upstream.log)
        hosts.router.config_path.write_text(config)
        hosts.router.signal(signal.SIGHUP)
        hosts.until_wanted_upstream(wanted, family.other_group, start=known)
        assert hosts.reaches("left"), "it never went"
    hosts.until_reaches("right", group=family.other_group)
    assert f"{family.group} wanted from none" not in hosts.upstream.log
    hosts.router.finish()  # counters of right have begun anew
    hosts.check_sent(tmp_path)


def test_upstream_router_of_an_older_version(lab, family, tmp_path):
    config = router_config(UPSTREAM)
    for protocol, version in (("igmp", 2), ("mld", 1)):
        config = config.replace(f"{protocol}: {TIMERS}", f"{protocol}: {older(TIMERS, version)}")
    hosts = ProxyLab(lab, family, upstream_config=config)
    hosts.router.wait_for(f"{family.protocol} on source: reporting with version")
    member = hosts.join("left1")
    hosts.until_wanted_upstream("any")
    hosts.until_reaches("left")
    wire = hosts.wires["source"]
    assert {r.version for r in wire.reports(family.group)} == {2 if family is IPV4 else 1}
    member.leave()
    hosts.until_wanted_upstream("none")
    assert family.group in {leave.group for leave in wire.messages("leave")}
    summary = hosts.finish(tmp_path)
    upstream = summary.proxy("source", family.version)
    assert upstream["reports"] == ("igmpv2" if family is IPV4 else "mldv1")
    assert upstream["counters"]["leaves_sent"] == 1
    assert upstream["counters"]["older_queries"] >= 1
