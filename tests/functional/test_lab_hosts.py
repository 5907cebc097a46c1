# SPDX-License-Identifier: Apache-2.0
"""The lab without the router: kernel hosts on the tap devices of a DPDK process.

    host "sender"                    router                    host "receiver"
    macvlan 10.0.0.1/24 ── tap-in ── bridge ── tap-out ── macvlan 10.0.0.2/24

The taps live in the router's namespace, where their process sees their link state.
"""

import pytest
from netlab.wait import until

from support import devices as dev


@pytest.mark.parametrize(
    ("sender_address", "receiver_address", "group"),
    [("10.0.0.1/24", "10.0.0.2/24", "239.1.2.3"),
     ("2001:db8::1/64", "2001:db8::2/64", "ff3e::5")],
    ids=["IPv4", "IPv6"],
)
def test_hosts_meet_across_a_bridge(lab, sender_address, receiver_address, group):
    ipv6 = ":" in group
    router = lab.namespace("router")
    lab.bridge(dev.tap("tap-in", 0), dev.tap("tap-out", 1), namespace=router)
    sender, receiver = lab.namespace("sender", ipv6=ipv6), lab.namespace("receiver", ipv6=ipv6)
    for tap, host in (("tap-in", sender), ("tap-out", receiver)):
        router.up(tap)
        router.macvlan(tap, host, "lan")
    listener = lab.host(receiver, "lan", receiver_address).join(group)

    payloads = [bytes([number]) for number in range(20)]
    lab.host(sender, "lan", sender_address).send(group, payloads)

    until(lambda: len(listener.received()) == 20, what="20 datagrams at the receiver")
    source = sender_address.split("/")[0]
    assert listener.received() == [(source, payload) for payload in payloads]
