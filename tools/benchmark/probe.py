# SPDX-License-Identifier: Apache-2.0
"""The other side of tests/bench/probe: what to ask of it, and what it reports."""
import dataclasses
import os
import struct

MAGIC = 0x31454250_444D474D
SAMPLES = 8192
SAMPLES_PER_SECOND = 20
_WORDS = 8
_HEADER = struct.Struct("<QQQ")
_SUB_BITS = 5
BUCKETS = 60 << _SUB_BITS
MEASURING = 1


@dataclasses.dataclass(frozen=True)
class Sample:
    tsc: int
    cpu_ns: int
    received: int
    extra: int
    sent: int
    learned: int
    missed: int
    phase: int


def environment(library, report, **options):
    """For a program that is to be measured; options are those of probe/options.hpp."""
    words = [f"report={report}"] + [f"{key}={value}" for key, value in options.items()
                                    if value not in (None, 0, False)]
    words = [word.replace("=True", "=1") for word in words]
    return {**os.environ, "LD_PRELOAD": str(library), "MGMD_BENCH_PROBE": " ".join(words)}


class Report:
    """A report as it is now: the program may still be running."""

    def __init__(self, data):
        magic, self.hz, count = _HEADER.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("not a report of the probe")
        at = _HEADER.size
        size = 8 * _WORDS
        self.samples = [Sample(*struct.unpack_from(f"<{_WORDS}Q", data, at + size * i))
                        for i in range(count)]
        self.histogram = struct.unpack_from(f"<{BUCKETS}Q", data, at + size * SAMPLES)

    @property
    def measured(self):
        return [sample for sample in self.samples if sample.phase == MEASURING]

    @property
    def learning(self):
        return [sample for sample in self.samples if sample.phase != MEASURING]

    def percentile(self, percent):
        """In seconds, of the times measured: the upper end of the bucket it is in."""
        total = sum(self.histogram)
        if total == 0:
            return None
        passed = 0
        for bucket, count in enumerate(self.histogram):
            passed += count
            if passed * 100 >= total * percent:
                return bucket_end(bucket) / self.hz
        raise AssertionError("unreachable")


def bucket_end(bucket):
    """The first value beyond a bucket: the inverse of Histogram::bucket."""
    sub = 1 << _SUB_BITS
    if bucket < sub:
        return bucket + 1
    shift = (bucket >> _SUB_BITS) - 1
    return ((bucket & (sub - 1)) + sub + 1) << shift


def read(path):
    """The report in `path`, or None while there is none."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    complete = _HEADER.size + 8 * (_WORDS * SAMPLES + BUCKETS)
    if len(data) < complete or not any(data[8:16]):  # the clock is written last
        return None
    return Report(data)
