// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "common/forwarding_table.hpp"

namespace mgmd {

/// Warns when a forwarding table begins to refuse changes, once for each of its bounds, and names
/// the bound: flows past it have no entry. Control thread.
class TableWatch {
public:
    /// `family`: as people write it.
    explicit TableWatch(std::string_view family) : family_(family) {}

    void look(const TableUsage& usage);

private:
    std::string_view family_;
    bool warned_of_entries_ = false;
    bool warned_of_parts_ = false;
    std::uint64_t refused_ = 0;
    std::uint64_t refused_for_parts_ = 0;
};

}  // namespace mgmd
