# SPDX-License-Identifier: Apache-2.0
"""Results as SVG line charts, without a plotting library."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 270, 40, 50
COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#8f5aa8", "#b8860b", "#555555", "#17a2a2", "#d3618f")


def write_all(directory, rows, caption):
    """Every chart that the rows have at least two points of a line for; returns names, titles."""
    written = []
    for name, (title, across, series) in charts(rows).items():
        lines = {key: sorted(points) for key, points in series.items() if len(points) > 1}
        if lines:
            text = line_chart(title, across, "TSC cycles", lines, caption)
            (directory / f"{name}.svg").write_text(text, encoding="utf-8")
            written.append((f"{name}.svg", title))
    return written


def charts(rows):
    """name: (title, what is across, {line: [(x, y)]})"""
    replay = [row for row in rows if row["scenario"] == "replay"]
    ports = [row for row in replay if row["fan_out"] < 32]  # VLANs would dwarf the rest
    random = [row for row in rows if row["scenario"] == "random"]
    return {
        "cycles-per-copy": ("Cycles for each copy, by fan-out", "fan-out",
                            {**_series(replay, _by_frame, "fan_out", "cycles_per_out"),
                             **_peers(replay)}),
        "cycles-per-packet": ("Cycles for each packet received, by fan-out", "fan-out",
                              {**_series(ports, _by_frame, "fan_out", "cycles_per_in"),
                               **_series(ports, _testpmd, "fan_out", "testpmd_cycles")}),
        "table-size": ("Cycles for each packet received, random flows, by entries", "entries",
                       _series(random, _by_fan_out, "entries", "cycles_per_in")),
    }


def _pages(row):
    return "" if row["hugepages"] else ", normal pages"


def _by_frame(row):
    classes = "one class" if row["classes"] == 1 else "a MAC each"
    return f"{row['frame_bytes']} B, IPv{row['family']}, {classes}{_pages(row)}"


def _testpmd(row):
    return f"testpmd io, {row['frame_bytes']} B, IPv{row['family']}{_pages(row)}"


def _by_fan_out(row):
    return f"IPv{row['family']}, fan-out {row['fan_out']}{_pages(row)}"


def _series(rows, name, across, up):
    lines = {}
    for row in rows:
        for line in _lines_of(row, name):
            lines.setdefault(line, {})[row[across]] = row[up]
    return {line: list(points.items()) for line, points in lines.items()}


def _lines_of(row, name):
    """A packet with one copy has one class whatever the ports' addresses: part of both lines."""
    yield name(row)
    if row["fan_out"] == 1 and name is _by_frame:
        yield name({**row, "classes": 2})


def _peers(rows):
    lines = {}
    for row in rows:
        if "ipv4_multicast_cycles" in row:
            line = lines.setdefault(f"ipv4_multicast, {row['frame_bytes']} B{_pages(row)}", {})
            line[row["fan_out"]] = row["ipv4_multicast_cycles"] / row["fan_out"]
    return {line: list(points.items()) for line, points in lines.items()}


def ticks(top):
    """From 0 up to at least `top`, in steps of 1, 2 or 5 times a power of ten."""
    step = 10 ** math.floor(math.log10(top)) / 2
    for factor in (1, 2, 4, 10):
        if top / (step * factor) <= 6:
            step *= factor
            break
    return [step * n for n in range(math.ceil(top / step) + 1)]


def line_chart(title, across, up, lines, caption):
    """Lines of (x, y) points; x on a logarithmic axis, y from 0."""
    xs = sorted({x for points in lines.values() for x, _ in points})
    marks = ticks(max(y for points in lines.values() for _, y in points))
    low, high = math.log2(xs[0]), math.log2(xs[-1])

    def at(x, y):
        share = (math.log2(x) - low) / ((high - low) or 1)
        return (LEFT + share * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM - y / marks[-1] * (HEIGHT - TOP - BOTTOM))

    parts = [_text(LEFT, 22, title, "start", 15),
             _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, across, "middle"),
             f'<g transform="rotate(-90 16 {HEIGHT / 2})">{_text(16, HEIGHT / 2, up)}</g>',
             _text(WIDTH - 6, HEIGHT - 4, caption, "end", 9)]
    for mark in marks:
        _, y = at(xs[0], mark)
        parts += [f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                  _text(LEFT - 6, y + 4, f"{mark:g}", "end")]
    parts += [_text(at(x, 0)[0], HEIGHT - BOTTOM + 16, f"{x:,}", "middle") for x in xs]
    for index, (name, points) in enumerate(lines.items()):
        parts += _line(index, name, [at(x, y) for x, y in points])
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif">\n<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
            + "\n".join(parts) + "\n</svg>\n")


def _line(index, name, points):
    colour = COLOURS[index % len(COLOURS)]
    dash = "" if index < len(COLOURS) else ' stroke-dasharray="5 3"'
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    top = TOP + 16 * index
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    yield f'<path d="M{WIDTH - RIGHT + 12} {top}h18" stroke="{colour}" stroke-width="2"{dash}/>'
    yield _text(WIDTH - RIGHT + 34, top + 4, name, "start", 10)


def _text(x, y, text, anchor="middle", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">'
            f"{escape(text)}</text>")
