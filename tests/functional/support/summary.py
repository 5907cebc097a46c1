# SPDX-License-Identifier: Apache-2.0
"""What mgmd counted, from the file that --summary names."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Flow:
    """An entry for one (S,G). `sent`: copies by interface; those of none are left out."""

    state: str
    incoming: str
    packets: int
    wrong_interface: int
    negative_hits: int
    sent: dict


class Summary:
    """The figures of one run. Making one checks that they add up."""

    def __init__(self, path):
        self._json = json.loads(path.read_text())
        verdicts = self._json["verdicts"]
        self.received = verdicts["received"]
        self.forwarded = verdicts["forwarded"]
        self.punted = verdicts["punted"]
        self.dropped = verdicts["dropped"]
        self.events = self._json["events"]
        self.workers = self._json["workers"]
        self._check(verdicts["held"])

    def _check(self, held):
        """Each received packet gets exactly one verdict; a copy is accounted for where it went."""
        ends = self.forwarded + sum(self.dropped.values()) + self.punted + held
        assert self.received == ends, self._json["verdicts"]
        assert held == 0, "packets still held after the end"
        assert self.received == sum(worker["received"] for worker in self.workers)
        for name, interface in self._by_name("interfaces", "interface").items():
            sent = sum(flow.sent.get(name, 0) for flow in self.flows().values())
            assert interface["tx_packets"] >= sent, name

    def flows(self):
        """By (source, group)."""
        return {(flow["source"], flow["group"]): _flow(flow) for flow in self._json["flows"]}

    def flow(self, source, group):
        return self.flows()[source, group]

    def interface(self, name):
        return self._by_name("interfaces", "interface")[name]

    def port(self, name):
        return self._by_name("ports", "port")[name]

    def membership(self, interface, protocol):
        """What was counted of IGMP or MLD on an interface; what was not is left out."""
        return next((each["counters"] for each in self._json["memberships"]
                     if (each["interface"], each["protocol"]) == (interface, protocol.lower())), {})

    def proxy(self, interface, version):
        """The state of a proxy on an interface, in IPv4 or IPv6."""
        return next(each for each in self._json["proxies"]
                    if (each["interface"], each["family"]) == (interface, f"ipv{version}"))

    def _by_name(self, section, key):
        return {item[key]: item for item in self._json[section]}


def _flow(flow):
    return Flow(flow["state"], flow["incoming"], flow["packets"], flow["wrong_interface"],
                flow["negative_hits"],
                {out["interface"]: out["sent"] for out in flow["outgoing"] if out["sent"]})
