# SPDX-License-Identifier: Apache-2.0
"""What the functional tests are built from: processes, namespaces, dpdk-testpmd and mgmd."""
