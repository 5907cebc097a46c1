# SPDX-License-Identifier: Apache-2.0
"""Linux hosts that are made to speak IGMPv1, IGMPv2 and MLDv1; support/membership.py.

    host "source" ── source │ mgmd │ left ──┬── host "left1"
                            │      │        └── host "left2"
                            │      │ right ──── host "right1"
"""

from dataclasses import dataclass

import pytest
from netlab.wait import until

from support.dissector import why_no_dissector
from support.membership import IPV4, IPV6, Family, MembershipLab

pytestmark = pytest.mark.skipif(why_no_dissector() is not None, reason=str(why_no_dissector()))


# They would have the hosts report anew.
FEW_QUERIES = ("{query_interval: 60s, query_response_interval: 1s, "
               "last_member_query_interval: 300ms}")


@dataclass(frozen=True)
class Older:
    """A version and the setting that makes a host speak it."""

    family: Family
    version: int
    setting: str

    def __str__(self):
        return f"{'IGMP' if self.family is IPV4 else 'MLD'}v{self.version}"

    def force(self, hosts, name):
        device = hosts.network.nic(name).device
        hosts.network.namespace(name).sysctl(self.setting.format(device), self.version)


IGMPV1 = Older(IPV4, 1, "ipv4/conf/{}/force_igmp_version")
IGMPV2 = Older(IPV4, 2, "ipv4/conf/{}/force_igmp_version")
MLDV1 = Older(IPV6, 1, "ipv6/conf/{}/force_mld_version")


@pytest.fixture(params=[IGMPV2, MLDV1], ids=str)
def older(request):
    """Versions with a message for leaving."""
    return request.param


@pytest.fixture
def hosts(lab, older):
    return MembershipLab(lab, older.family)


def test_member_joins_and_leaves(hosts, older, tmp_path):
    group = older.family.group
    older.force(hosts, "left1")
    listener = hosts.join("left1")
    hosts.until_reaches("left")
    wire = hosts.wires["left"]
    assert wire.reports(group)[0].version == older.version  # later ones may answer a query in MLDv2
    start = wire.mark()
    listener.leave()
    hosts.until_stopped("left")
    assert [leave.group for leave in wire.messages("leave", start)] == [group]
    assert len(wire.queries(start, group)) == 2, "as many as the robustness variable"
    counters = hosts.finish(tmp_path).membership("left", older.family.protocol)
    assert counters["older_reports_received"] >= 1
    assert counters["leaves_received"] == len(wire.messages("leave"))


def test_source_specific_groups_are_not_for_them(hosts, older, tmp_path):
    """RFC 4604 2.2.2: their reports can't name a source."""
    older.force(hosts, "left1")
    hosts.join("left1", older.family.source_specific)
    hosts.join("left1")
    hosts.until_reaches("left")  # the earlier report has been dealt with, too
    assert not hosts.reaches("left", group=older.family.source_specific)
    counters = hosts.finish(tmp_path).membership("left", older.family.protocol)
    assert counters["ssm_range"] >= 1
    assert hosts.wires["left"].datagrams(older.family.source_specific) == []


def test_one_of_two_members_leaves(lab, older, tmp_path):
    """That which reported last: the other one has kept quiet since, and would leave in silence."""
    hosts = MembershipLab(lab, older.family, timers=FEW_QUERIES)
    for name in ("left1", "left2"):
        older.force(hosts, name)
    wire = hosts.wires["left"]
    hosts.join("left2")
    until(lambda: wire.reports(older.family.group), what="first report")
    leaver = hosts.join("left1")
    until(lambda: len({report.mac for report in wire.reports(older.family.group)}) == 2,
          what="reports of both")
    hosts.until_reaches("left")
    start = wire.mark()
    leaver.leave()
    hosts.until_queried("left", group=older.family.group, start=start)
    for _ in hosts.last_member_time("left1"):
        assert hosts.reaches("left")
    assert hosts.reaches("left")
    hosts.finish(tmp_path)


def test_old_and_new_members_share_a_link(hosts, older, tmp_path):
    """While an old host may be there, nobody blocks a source: it could not ask for it again."""
    older.force(hosts, "left1")
    hosts.join("left1")
    blocker = hosts.join("left2")
    hosts.until_reaches("left", source=older.family.other_source)
    wire = hosts.wires["left"]
    start = wire.mark()
    blocker.block(older.family.other_source)
    until(lambda: wire.reports(older.family.group, start), what="report of the block")
    for _ in hosts.last_member_time("left2"):
        assert hosts.reaches("left", source=older.family.other_source)
    assert hosts.reaches("left", source=older.family.other_source)
    assert wire.queries(start, older.family.group) == []
    hosts.finish(tmp_path)


def test_igmpv1_member_leaves_in_silence(lab, tmp_path):
    hosts = MembershipLab(lab, IPV4)
    IGMPV1.force(hosts, "left1")
    listener = hosts.join("left1")
    hosts.until_reaches("left")
    wire = hosts.wires["left"]
    assert wire.reports(IPV4.group)[0].version == 1
    start = wire.mark()
    listener.leave()
    hosts.until_stopped("left")
    assert wire.messages("leave", start) == []
    assert wire.queries(start, IPV4.group) == []
    counters = hosts.finish(tmp_path).membership("left", IPV4.protocol)
    assert counters["older_reports_received"] >= 1
    assert "leaves_received" not in counters
