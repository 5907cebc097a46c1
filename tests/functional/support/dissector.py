# SPDX-License-Identifier: Apache-2.0
"""A second opinion on what mgmd sends: Wireshark's dissectors."""

import shutil
import subprocess

from scapy.utils import wrpcap

SUSPECT = "_ws.malformed || _ws.expert.severity >= 0x600000"  # 0x600000: warning, 0x800000: error
CHECKS = ("ip.check_checksum:TRUE", "udp.check_checksum:TRUE")
# Wireshark would otherwise guess from the ports what a datagram carries.
UDP_PAYLOAD = "udp.port==0-65535,data"


def why_no_dissector():
    return None if shutil.which("tshark") else "no tshark: install Debian's package"


def check(frames, path):
    """None of the frames is malformed, or has a checksum or length that is wrong."""
    if not frames:
        return
    wrpcap(str(path), frames, linktype=1)
    options = ["-n", "-d", UDP_PAYLOAD]
    options += [word for check in CHECKS for word in ("-o", check)]
    shown = subprocess.run(["tshark", *options, "-r", path, "-Y", SUSPECT, "-V"],
                           capture_output=True, text=True, check=True).stdout
    assert shown == "", shown[:4000]
