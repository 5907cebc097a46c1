# SPDX-License-Identifier: Apache-2.0
"""Results as a page of documentation."""
from . import plot, targets, timing

RATES = (
    ("scenario", lambda row: row["scenario"]),
    ("frame", lambda row: f"{row['frame_bytes']} B"),
    ("IP", lambda row: f"v{row['family']}"),
    ("fan-out", lambda row: row["fan_out"]),
    ("classes", lambda row: row["classes"]),
    ("entries", lambda row: f"{row['entries']:,}"),
    ("pages", lambda row: "huge" if row["hugepages"] else "normal"),
    ("Mpps in", lambda row: f"{row['mpps_in']:.2f}"),
    ("Mpps out", lambda row: f"{row['mpps_out']:.2f}"),
    ("cycles/in", lambda row: f"{row['cycles_per_in']:.0f}"),
    ("of runs", lambda row: f"{row['cycles_per_in_low']:.0f}–{row['cycles_per_in_high']:.0f}"),
    ("cycles/out", lambda row: f"{row['cycles_per_out']:.1f}"),
    ("testpmd `io`", lambda row: f"{row['testpmd_cycles']:.0f}"),
    ("ratio", lambda row: f"{row['ratio']:.2f}"),
    ("`ipv4_multicast`", lambda row: _peer(row, "cycles", ".0f")),
    ("ratio to it", lambda row: _peer(row, "ratio", ".2f")),
)


def _peer(row, what, form):
    key = f"ipv4_multicast_{what}"
    return format(row[key], form) if key in row else ""


def write(directory, rows, about):
    """`results.md`, and the charts that it shows."""
    directory.mkdir(parents=True, exist_ok=True)
    caption = f"{about['cpu']}; DPDK {about['dpdk']}; {about['mgmd']}"
    charts = plot.write_all(directory, rows, caption)
    rates = [row for row in rows if row["cycles_per_in"] is not None]
    timings = [row for row in rows if row["cycles_per_in"] is None]
    lines = ["# Results of a run of tools/bench", "",
             "<!-- Written by tools/bench --page. -->", ""]
    lines += [f"- {key}: `{value}`" for key, value in about.items()] + [""]
    lines += table(rates) if rates else []
    lines += [line for name, title in charts for line in (f"![{title}]({name})", "")]
    lines += [f"- {timing.line(row)}" for row in timings] + [""]
    reached = targets.table(rows)
    lines += ["## Targets", "", *reached] if reached else []
    text = "\n".join(lines).rstrip() + "\n"
    (directory / "results.md").write_text(text, encoding="utf-8")


def table(rows):
    columns = [column for column in RATES if any(column[1](row) != "" for row in rows)]
    lines = [[name for name, _ in columns], ["---"] * len(columns)]
    lines += [[str(value(row)) for _, value in columns] for row in rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines] + [""]
