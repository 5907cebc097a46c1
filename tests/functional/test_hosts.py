# SPDX-License-Identifier: Apache-2.0
"""Linux hosts join and leave with IGMPv3 and MLDv2, and streams follow; support/membership.py.

    host "source" ── source │ mgmd │ left ──┬── host "left1"
     two addresses          │      │        └── host "left2"
                            │      │ right ──── host "right1"
"""

import pytest
from netlab.network import Nic
from netlab.wait import until

from support.dissector import why_no_dissector
from support.membership import HOST_NICS, IPV4, IPV6, TIMERS, MembershipLab

pytestmark = pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))


@pytest.fixture(params=[IPV4, IPV6], ids=str)
def family(request):
    return request.param


@pytest.fixture
def hosts(lab, family):
    return MembershipLab(lab, family)


def test_stream_follows_a_member(hosts, family, tmp_path):
    listener = hosts.join("left1")
    hosts.until_reaches("left")
    assert not hosts.reaches("right"), "nobody asked for it there"
    assert listener.received(), "the host itself has it, too"
    start = hosts.wires["left"].mark()
    listener.leave()
    hosts.until_stopped("left")
    queries = hosts.wires["left"].queries(start, family.group)
    assert len(queries) >= 2, "as many as the robustness variable; more if the leave is repeated"
    assert {query.sources for query in queries} == {()}
    assert hosts.wires["right"].datagrams(family.group) == []
    assert hosts.wires["right"].queries(group=family.group) == []
    summary = hosts.finish(tmp_path)
    assert summary.flow(family.source, family.group).state == "negative"
    assert summary.membership("left", family.protocol)["reports_received"] >= 2, "join and leave"


def test_members_on_two_links_come_and_go_on_their_own(hosts, family, tmp_path):
    left, right = hosts.join("left1"), hosts.join("right1")
    hosts.until_reaches("left")
    hosts.until_reaches("right")
    left.leave()
    hosts.until_stopped("left")
    assert hosts.reaches("right")
    hosts.join("left2")
    hosts.until_reaches("left")
    right.leave()
    hosts.until_stopped("right")
    assert hosts.reaches("left")
    assert hosts.finish(tmp_path).flow(family.source, family.group).state == "active"


def test_one_of_two_members_leaves(hosts, family, tmp_path):
    """The router asks, the other answers, and receives all there is, without a gap."""
    leaver, stayer = hosts.join("left1"), hosts.join("left2")
    hosts.until_reaches("left")
    wire = hosts.wires["left"]
    start = wire.mark()
    leaver.leave()
    hosts.until_queried("left", group=family.group, start=start)
    for _ in hosts.last_member_time("left1"):
        assert hosts.reaches("left")
    assert hosts.reaches("left")
    assert wire.reports(family.group, start), "answer of the other member"
    sent = [d.payload for d in hosts.wires["source"].datagrams(family.group)]
    first = [payload for _, payload in stayer.received()][0]
    expected = sent[sent.index(first):]
    until(lambda: len(stayer.received()) >= len(expected), what="all datagrams at the other member")
    assert [payload for _, payload in stayer.received()] == expected
    hosts.finish(tmp_path)


def test_source_specific_member(hosts, family, tmp_path):
    group = family.source_specific
    listener = hosts.join("left1", group, family.source)
    hosts.until_reaches("left", group=group)
    assert not hosts.reaches("left", group=group, source=family.other_source)
    listener.join(family.other_source)
    hosts.until_reaches("left", group=group, source=family.other_source)
    start = hosts.wires["left"].mark()
    listener.drop(family.other_source)
    hosts.until_stopped("left", group=group, source=family.other_source)
    queries = hosts.wires["left"].queries(start, group)
    assert {query.sources for query in queries} == {(family.other_source,)}
    assert hosts.reaches("left", group=group), "the source that is still wanted"
    listener.leave()
    hosts.until_stopped("left", group=group)
    hosts.finish(tmp_path)


def test_member_of_all_sources_of_a_source_specific_group_gets_nothing(hosts, family, tmp_path):
    """RFC 4604 2.2.1: such a report is not for these groups."""
    hosts.join("left1", family.source_specific)
    hosts.join("left1")
    hosts.until_reaches("left")  # the earlier report has been dealt with, too
    assert not hosts.reaches("left", group=family.source_specific)
    assert not hosts.reaches("left", group=family.source_specific)
    counters = hosts.finish(tmp_path).membership("left", family.protocol)
    assert counters["ssm_range"] >= 1
    assert hosts.wires["left"].datagrams(family.source_specific) == []


def test_member_blocks_a_source_and_allows_it_again(hosts, family, tmp_path):
    listener = hosts.join("left1")
    for source in (family.source, family.other_source):
        hosts.until_reaches("left", source=source)
    start = hosts.wires["left"].mark()
    listener.block(family.other_source)
    hosts.until_stopped("left", source=family.other_source)
    assert hosts.reaches("left"), "the source that is not blocked"
    asked = {query.sources for query in hosts.wires["left"].queries(start, family.group)}
    assert asked == {(family.other_source,)}
    listener.allow(family.other_source)
    hosts.until_reaches("left", source=family.other_source)
    assert hosts.reaches("left")
    hosts.finish(tmp_path)


def test_source_that_one_blocks_and_another_wants(hosts, family, tmp_path):
    blocker, listener = hosts.join("left1"), hosts.join("left2", source=family.other_source)
    hosts.until_reaches("left", source=family.other_source)
    start = hosts.wires["left"].mark()
    blocker.block(family.other_source)
    hosts.until_queried("left", group=family.group, start=start)
    for _ in hosts.last_member_time("left1"):
        assert hosts.reaches("left", source=family.other_source)
    assert hosts.reaches("left", source=family.other_source)
    listener.leave()
    hosts.until_stopped("left", source=family.other_source)
    hosts.until_reaches("left")  # the rest is still wanted
    hosts.finish(tmp_path)


def test_host_without_an_address(lab, tmp_path):
    """It reports from 0.0.0.0, as others may: nobody's leave is followed unasked (RFC 9776 4.2.13).
    """
    nameless = Nic("nameless", "eth0", "left", 13, addressed=False, ipv6=False)
    hosts = MembershipLab(lab, IPV4, hosts=(*HOST_NICS, nameless),
                          timers=TIMERS.replace("}", ", immediate_leave: yes}"))
    wire = hosts.wires["left"]
    stayer = hosts.join("nameless")
    hosts.until_reaches("left")
    assert {report.sender for report in wire.reports(IPV4.group)} == {"0.0.0.0"}
    leaver = hosts.join("left1")
    until(lambda: "10.2.0.11" in {report.sender for report in wire.reports(IPV4.group)},
          what="report with an address")
    start = wire.mark()
    leaver.leave()
    hosts.until_queried("left", group=IPV4.group, start=start)
    for _ in hosts.last_member_time("nameless"):  # left1's leave of another group ends it at once
        assert hosts.reaches("left")
    assert hosts.reaches("left")
    start = wire.mark()
    stayer.leave()
    hosts.until_stopped("left")
    # One, where left1 has just said again that it leaves (RFC 2236 7), else two.
    assert wire.queries(start, IPV4.group), "asked, although it was the last one"
    hosts.finish(tmp_path)


def test_member_that_vanishes_is_forgotten(hosts, family, tmp_path):
    """No leave: the group membership interval ends it. The other link's member goes on."""
    hosts.join("left1")
    hosts.join("right1")
    hosts.until_reaches("left")
    hosts.until_reaches("right")
    hosts.network.unplug("left1")
    wire = hosts.wires["left"]
    start = wire.mark()
    hosts.until_stopped("left")
    assert wire.queries(start, family.group) == [], "nobody has left"
    assert len(wire.queries(start, "")) >= 2, "general queries that nobody answered"
    assert hosts.reaches("right")
    hosts.finish(tmp_path)
