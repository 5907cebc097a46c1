# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition: never a fixed pause, always a deadline."""

import time

POLL_SECONDS = 0.01


def until(predicate, deadline=10.0, what="the condition"):
    """Calls `predicate` until it returns something true, and returns that.

    Fails once `deadline` seconds have passed, naming `what` and the last value seen.
    """
    end = time.monotonic() + deadline
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= end:
            raise TimeoutError(f"{what}: not within {deadline} s (last seen: {value!r})")
        time.sleep(POLL_SECONDS)
