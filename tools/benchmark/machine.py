# SPDX-License-Identifier: Apache-2.0
"""What a figure depends on, in words."""
import pathlib
import platform
import shlex
import subprocess
import sys


def _first_line(command, **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, **options)
    except (OSError, subprocess.CalledProcessError):
        return "?"
    return (done.stdout.splitlines() or ["?"])[0]


def _cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        models = [line.split(":")[1].strip() for line in info if line.startswith("model name")]
    return f"{len(models)} × {models[0]}" if models else "?"


def _kernel():
    """The version, without what a distributor adds to it."""
    return platform.release().split("-")[0]


def hugepages_octets():
    """Free ones, of all sizes."""
    total = 0
    for size in pathlib.Path("/sys/kernel/mm/hugepages").glob("hugepages-*kB"):
        kibibytes = int(size.name.removeprefix("hugepages-").removesuffix("kB"))
        total += kibibytes * 1024 * int((size / "free_hugepages").read_text())
    return total


def description(root, mgmd):
    return {"cpu": _cpu(), "kernel": f"{platform.system()} {_kernel()}",
            "dpdk": _first_line(["pkg-config", "--modversion", "libdpdk"]),
            "compiler": _first_line(["c++", "--version"]),
            "mgmd": f"{_first_line([mgmd, '--version'])} "
                    f"({_first_line(['git', 'describe', '--always', '--dirty'], cwd=root)})",
            "hugepages": f"{hugepages_octets() >> 20} MiB free",
            "command": shlex.join(sys.argv)}
