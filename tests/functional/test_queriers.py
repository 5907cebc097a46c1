# SPDX-License-Identifier: Apache-2.0
"""Several queriers on a link: two mgmd, and a snooping bridge with a querier of its own.

    host "source" ── source │ mgmd │ left ──┬── host "left1"
                            │      │        ├── host "left2"
                            │      │        └── left │ second mgmd
                            │      │ right ──── host "right1"
"""

import signal

import pytest
from netlab.wait import until

from support.dissector import why_no_dissector
from support.membership import IPV4, IPV6, MembershipLab, router_nics
from support.wire import Wire

pytestmark = pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))

SECOND = router_nics("second", ["left"], number=2)
# A querier that is silent for 2 x 1 s + 250 ms is dead.
OFTEN = "{query_interval: 1s, query_response_interval: 500ms, last_member_query_interval: 300ms}"
SNOOPING = ("mcast_snooping 1 mcast_querier 1 mcast_query_interval 100 "
            "mcast_query_response_interval 50 mcast_startup_query_interval 25 "
            "mcast_igmp_version 3 mcast_mld_version 2")


@pytest.fixture(params=[IPV4, IPV6], ids=str)
def family(request):
    return request.param


def queriers(wire, family, start=0):
    """The MAC addresses that general queries of the family came from."""
    return [q.mac for q in wire.queries(start, "") if (":" in q.sender) == (family is IPV6)]


def test_the_second_of_two_routers_takes_over(lab, family, tmp_path):
    hosts = MembershipLab(lab, family, timers=OFTEN, more_routers=SECOND)
    wire = hosts.wires["left"]
    first_mac, second_mac = hosts.router_mac("left"), SECOND[0].mac
    until(lambda: first_mac in queriers(wire, family), what="query of the first")
    second = hosts.start_router(SECOND, label="second", timers=OFTEN)
    # It may hear the first before its start-up query: then it sends none.
    second.wait_for(f"{family.protocol} on left: \\S+ is querier now")
    elected = wire.mark()
    member = hosts.join("left1")
    hosts.until_reaches("left")
    until(lambda: queriers(wire, family, elected).count(first_mac) >= 2, what="more by the first")
    assert second_mac not in queriers(wire, family, elected)

    hosts.router.signal(signal.SIGKILL)
    assert hosts.router.wait() == -signal.SIGKILL
    dead = wire.mark()
    until(lambda: second_mac in queriers(wire, family, dead), 15, "query of the second")
    # The membership that it learned from the first's queries may end before it is answered.
    asked = wire.mark()
    until(lambda: wire.reports(family.group, asked), what="answer to the second")
    member.leave()
    asked = hosts.until_queried("left", group=family.group, start=dead, count=2)
    assert {query.mac for query in asked} == {second_mac}, "it knows the members, too"
    second.finish()
    hosts.check_sent(tmp_path)
    hosts.check_sent(tmp_path, SECOND)


def test_snooping_bridge_between_router_and_hosts(lab, family, tmp_path):
    """The bridge's querier yields, and its snooping gives streams to members alone."""
    hosts = MembershipLab(lab, family, timers=OFTEN, bridge=SNOOPING, switch_ipv6=True)
    ports = hosts.network.namespace("switch")
    bystander = lab.enter(Wire(hosts.network.namespace("left2"), "eth0"))
    listener = hosts.join("left1")
    hosts.until_reaches("left")
    until(listener.received, what="stream at the member")
    until(lambda: "router-left" in ports.run("bridge", "-d", "mdb", "show"), what="router port")
    until(lambda: passes_by(hosts, bystander), 20, "snooping")  # it floods until it knows a querier
    start = bystander.mark()
    router = hosts.router_mac("left")
    wire = hosts.wires["left"]
    asked = wire.mark()
    until(lambda: hosts.reaches("left") and queriers(wire, family, asked).count(router) >= 2,
          what="queries of the router")
    assert set(queriers(wire, family, asked)) == {router}, "those of the bridge have ended"
    again = wire.mark()
    until(lambda: hosts.reaches("left") and arrived(wire, family, again, listener),
          what="what is sent now at the member")
    assert bystander.datagrams(family.group, start=start) == []
    listener.leave()
    hosts.until_stopped("left")
    hosts.finish(tmp_path)


def arrived(wire, family, start, listener):
    """What of the link's datagrams the listener has got. The bridge may lose one of them: a member
    that answers late is none to it for a moment."""
    sent = {datagram.payload for datagram in wire.datagrams(family.group, start=start)}
    return sent & {payload for _, payload in listener.received()}


def passes_by(hosts, bystander):
    """Whether a datagram that reaches the link does not come to that host."""
    start = bystander.mark()
    assert hosts.reaches("left")
    return not bystander.datagrams(hosts.family.group, start=start)
