# SPDX-License-Identifier: Apache-2.0
"""DPDK device strings for dpdk-testpmd's end of a link. `index` is unique within one process."""


def af_packet(interface, index=0):
    return f"net_af_packet{index},iface={interface}"


def af_xdp(interface, index=0):
    return f"net_af_xdp{index},iface={interface}"


def tap(interface, index=0):
    """Creates the kernel interface too."""
    return f"net_tap{index},iface={interface}"


def memif(socket, number, role, index=0):
    """One end of a shared-memory link: both use the same socket and number, one is the server.

    `socket` is a path of at most 107 bytes.
    """
    return f"net_memif{index},role={role},id={number},socket={socket},socket-abstract=no"


def abstract_memif(name, number, role, index=0):
    """The same with a socket that is a name, not a file."""
    return f"net_memif{index},role={role},id={number},socket={name}"


def pcap_reader(path, index=0):
    return f"net_pcap{index},rx_pcap={path}"


def pcap_writer(path, index=0):
    return f"net_pcap{index},tx_pcap={path}"
