# SPDX-License-Identifier: Apache-2.0
"""Results for people and for programs."""
import json
import pathlib
import sys

HEADER = (f"{'scenario':9} {'frame':>5} {'IPv':>3} {'fan-out':>7} {'classes':>7} {'entries':>8} "
          f"{'pages':>6} {'Mpps in':>8} {'Mpps out':>8} {'cyc/in':>7} {'± %':>4} {'cyc/out':>7} "
          f"{'testpmd':>7} {'ratio':>5}")
PEER_HEADER = f" {'ipv4_mc':>7} {'ratio':>5}"


def line(row):
    spread = (row["cycles_per_in_high"] - row["cycles_per_in_low"]) / row["cycles_per_in"] * 50
    return (f"{row['scenario']:9} {row['frame_bytes']:5} {row['family']:3} {row['fan_out']:7} "
            f"{row['classes']:7} {row['entries']:8} {'huge' if row['hugepages'] else 'normal':>6} "
            f"{row['mpps_in']:8.2f} {row['mpps_out']:8.2f} {row['cycles_per_in']:7.1f} "
            f"{spread:4.0f} {row['cycles_per_out']:7.1f} {row['testpmd_cycles']:7.1f} "
            f"{row['ratio']:5.2f}{_peer(row)}")


def flood_line(row):
    return (f"  {row['extra_rate']:,} unknown flows a second; a worker takes in "
            f"{row['miss_capacity']:,} when nothing else comes; {row['missing']} copies of the "
            f"others missing")


def _peer(row):
    if "ipv4_multicast_cycles" not in row:
        return ""
    return f" {row['ipv4_multicast_cycles']:7.1f} {row['ipv4_multicast_ratio']:5.2f}"


def print_machine(machine):
    for key, value in machine.items():
        print(f"{key + ':':10} {value}")
    print("cyc: TSC cycles of the worker's CPU time, receive and transmit included; Mpps: what a "
          "core\nto itself does with them; testpmd: cycles a packet of its io forwarding on the "
          "same devices;\n± %: half the distance between the fastest and the slowest run\n")


def say(text):
    print(text, flush=True)


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def write_json(path, rows, machine):
    rows = [{**row, "machine": machine} for row in rows]
    pathlib.Path(path).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
