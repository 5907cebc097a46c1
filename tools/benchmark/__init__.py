# SPDX-License-Identifier: Apache-2.0
"""What tools/bench is made of: scenarios, the programs that run them, and what is made of figures."""
