// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What devices need of the system beyond DPDK: drivers tell little when it is missing.
namespace mgmd::dataplane {

/// What this process has, of that which devices may need.
struct Privileges {
    std::uint64_t capabilities = 0;  ///< effective: bit n is capability n of capabilities(7)
    bool unlimited_lock = false;     ///< may lock any amount of memory
};
Privileges read_privileges();

/// A file that has to be opened: 0, or the errno of why that can't be.
using TryFile = int (*)(const char* path);
/// Opens it for reading and writing, and closes it.
int try_file(const char* path);

/// What the system knows of a card.
struct Card {
    std::string driver;  ///< of the kernel, that has it; empty: none
    std::string group;   ///< of the IOMMU: a number; empty: none
};
/// `address`: with its domain. nullopt: there is no such card.
std::optional<Card> find_card(const std::string& address);

/// What of that which a device needs is not there, and what to do about each: "needs the
/// capability CAP_NET_RAW: ...". "": nothing that is known of.
std::string missing_for(std::string_view device, const Privileges& privileges, TryFile try_open);
std::string missing_for_card(const std::string& address, const std::optional<Card>& card,
                             const Privileges& privileges, TryFile try_open);

/// The same, of this process on this machine.
std::string missing_for(std::string_view device);

}  // namespace mgmd::dataplane
