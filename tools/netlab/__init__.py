# SPDX-License-Identifier: Apache-2.0
"""Networks on one machine: namespaces, links, bridges, and hosts that join and send.

Shared by tools/lab, tools/record-capture and the functional tests.
"""
