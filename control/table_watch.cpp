// SPDX-License-Identifier: Apache-2.0
#include "control/table_watch.hpp"

#include <utility>

#include <spdlog/spdlog.h>

namespace mgmd {

void TableWatch::look(const TableUsage& usage) {
    const auto refused = usage.refused - std::exchange(refused_, usage.refused);
    const auto for_parts =
        usage.refused_for_parts - std::exchange(refused_for_parts_, usage.refused_for_parts);
    if (for_parts != 0 && !std::exchange(warned_of_parts_, true)) {
        spdlog::warn(
            "the {} forwarding table has no memory for another outgoing list: {} MiB of {} are in "
            "use, in {} entries; flows without an entry are dropped",
            family_, usage.part_octets >> 20, usage.part_octets_capacity >> 20, usage.entries);
    }
    if (refused > for_parts && usage.entries == usage.capacity &&
        !std::exchange(warned_of_entries_, true)) {
        spdlog::warn(
            "the {} forwarding table is full: limits.entries is {}; flows without an entry are "
            "dropped",
            family_, usage.capacity);
    }
}

}  // namespace mgmd
