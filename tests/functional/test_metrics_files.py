# SPDX-License-Identifier: Apache-2.0
"""The shipped dashboard and alert rules: they ask for metrics that a router has, by labels it has.

    net_null ── a (upstream), b (IGMP, MLD), c (an mroute) │ mgmd │ /metrics
"""

import json
import re
import shutil
import subprocess

import pytest
import yaml

from support import metrics
from support.mgmd import REPOSITORY, why_no_binary

pytestmark = pytest.mark.skipif(why_no_binary() is not None, reason=str(why_no_binary()))

RULES = REPOSITORY / "docs" / "prometheus" / "mgmd.rules.yaml"
DASHBOARD = REPOSITORY / "docs" / "grafana" / "mgmd.json"
PAGE = REPOSITORY / "docs" / "metrics.md"
EVERYTHING = """
ports: {a: "net_null0,no-rx=1", b: "net_null1,no-rx=1", c: "net_null2,no-rx=1"}
interfaces:
  a: {addresses: [10.1.0.1/24, "fd00:1::1/64"]}
  b: {addresses: [10.2.0.1/24, "fd00:2::1/64", "fe80::1/64"], igmp: yes, mld: yes}
  c: {addresses: 10.3.0.1/24, protocol: static}
proxies: [{upstream: a, downstream: b}]
mroutes:
  - {group: 239.1.1.1, source: 10.3.0.10, accept: c, outgoing: c}
workers: {count: 1, stage_cycles: yes}
memory: {hugepages: no}
""" + metrics.SETTING
FROM_PROMETHEUS = {"up": {"job", "instance"}}
EVERYWHERE = {"job", "instance"}
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "or", "and", "unless",
         "bool", "offset"}


class Expression:
    """The metrics and labels that a query names."""

    def __init__(self, text):
        text = re.sub(r"\$__\w+", "5m", text)
        self.metrics = set()
        self.matched = {}
        self.grouped = set()
        for match in re.finditer(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)",
                                 text):
            self.grouped |= {label.strip() for label in match[2].split(",") if label.strip()}
        text = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
        for match in re.finditer(r"([a-zA-Z_:]\w*)\s*\{([^}]*)\}", text):
            labels = {label for label, _ in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"', match[2])}
            assert labels or not match[2].strip(), text
            self.matched.setdefault(match[1], set()).update(labels)
        text = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", text)
        for match in re.finditer(r"[a-zA-Z_:][\w:]*(?!\w)(\s*\()?", text):
            word = match[0].rstrip("( \t")
            if match[1] is None and word not in WORDS:
                self.metrics.add(word)


def rule_expressions():
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            templates = " ".join([*rule["annotations"].values()])
            yield rule["alert"], rule["expr"], set(re.findall(r"\$labels\.(\w+)", templates))


def dashboard_expressions():
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            yield panel["title"], target["expr"], labels
    for variable in dashboard["templating"]["list"]:
        if match := re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]):
            yield variable["name"], match[1], {match[2]}


def test_the_router_has_what_they_ask_for(lab):
    known = {**metrics.scrape(metrics.port(lab.mgmd(EVERYTHING))).labels(), **FROM_PROMETHEUS}
    expressions = [*rule_expressions(), *dashboard_expressions()]
    assert len(expressions) > 50
    for where, text, shown in expressions:
        expression = Expression(text)
        assert expression.metrics, (where, text)
        assert expression.metrics <= known.keys(), (where, expression.metrics - known.keys())
        for metric, labels in expression.matched.items():
            assert labels <= known[metric] | EVERYWHERE, (where, metric, labels)
        labels = set().union(*(known[metric] for metric in expression.metrics)) | EVERYWHERE
        assert expression.grouped <= labels, (where, expression.grouped)
        assert shown <= labels, (where, shown)


def documented():
    """What the page's tables say of each metric: labels, type, meaning."""
    rows = re.findall(r"^\| `(mgmd_\w+)` \| ([^|]*) \| (\w+) \| (.*) \|$", PAGE.read_text(),
                      re.MULTILINE)
    return {name: (set(re.findall(r"\w+", labels)), kind, meaning)
            for name, labels, kind, meaning in rows}


def test_the_page_describes_each_metric_and_no_other(lab):
    seen = metrics.scrape(metrics.port(lab.mgmd(EVERYTHING)))
    page = documented()
    own = {name for name in seen.types if name.startswith("mgmd_")}
    assert own <= page.keys(), own - page.keys()
    assert page.keys() - own <= {"mgmd_membership_exceptions_total",
                                 "mgmd_proxy_messages_total"}, "those come with use"
    for name in own:
        assert page[name] == (seen.labels()[name], seen.types[name], seen.helps[name]), name


def test_expressions_are_taken_apart():
    """What the tests above rest on."""
    expression = Expression('sum by (a, b) (rate(x_total{c=~"y|z", d!="{"}[5m])) / on (e) '
                            'group_left () y > 0.9 or topk(10, z:w)')
    assert expression.metrics == {"x_total", "y", "z:w"}
    assert (expression.matched, expression.grouped) == ({"x_total": {"c", "d"}}, {"a", "b", "e"})


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Debian's prometheus")
def test_promtool_agrees(lab):
    subprocess.run(["promtool", "check", "rules", RULES], check=True, timeout=60)
    answer = metrics.scrape(metrics.port(lab.mgmd(EVERYTHING)))
    own = re.sub(r"(?m)^(# \w+ )?exposer_.*\n", "", answer.text)
    done = subprocess.run(["promtool", "check", "metrics"], input=own, text=True,
                          capture_output=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
