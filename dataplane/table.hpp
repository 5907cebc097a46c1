// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "common/clock.hpp"
#include "common/error.hpp"
#include "common/forwarding_table.hpp"
#include "dataplane/grace_clock.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/table_reader.hpp"

namespace mgmd::dataplane {

struct TableOptions {
    std::size_t capacity = 65'536;  ///< entries
    WorkerIndex workers = 1;
    /// (entry, outgoing interface) pairs of which one worker can tell exceptions apart.
    std::size_t exceptions_per_worker = 65'536;
};

/// The forwarding table of one family: the control side of the door, and where workers get their
/// readers. Control thread, except what the readers do.
template <class F>
class Table : public ForwardingTable<F> {
public:
    /// Reserves all memory. `interfaces`, `grace` and `clock` must outlive the table, and the table
    /// the readers.
    static Expected<std::unique_ptr<Table>> create(const TableOptions& options,
                                                   const InterfaceTable& interfaces,
                                                   GraceClock& grace, const Clock& clock);

    /// For that worker only. Thread-safe once the table exists.
    virtual TableReader<F> reader(WorkerIndex worker) = 0;
};

extern template class Table<V4>;
extern template class Table<V6>;

}  // namespace mgmd::dataplane
