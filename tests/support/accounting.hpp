// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <vector>

#include "common/forwarding_table.hpp"
#include "common/ids.hpp"
#include "dataplane/worker_counters.hpp"
#include "tests/support/wire_writer.hpp"

/// The identities of forwarding rules 7, as expectations: they hold in every test, whatever it
/// tests.
namespace mgmd::test {

/// Every received packet has exactly one verdict: received = forwarded + dropped + punted + held.
void expect_one_verdict_each(const dataplane::WorkerCounters& counters);

/// Every copy has exactly one fate, per interface:
/// - what the counters say was sent is what was sent, in frames and octets;
/// - the entries' counts of `sent`, `ttl_too_low` and `too_big` add up to the interface's, and so
///   does `discarded`, apart from frames of no entry;
/// - of an entry, no interface has more fates than the entry forwarded packets.
///
/// `entries`: the counters of all entries, of both families. `sent`: all frames by interface. A
/// packet that left in fragments is one copy, sent when its last fragment is; don't send packets
/// that are fragments but not the last.
void expect_one_fate_each(const dataplane::WorkerCounters& counters,
                          std::span<const EntryCounters> entries,
                          const std::map<InterfaceIndex, std::vector<Bytes>>& sent,
                          std::size_t interfaces);

}  // namespace mgmd::test
