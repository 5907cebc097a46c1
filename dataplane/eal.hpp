// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/error.hpp"
#include "common/log_sink.hpp"
#include "common/settings.hpp"
#include "common/signals_blocked.hpp"
#include "dataplane/cores.hpp"
#include "dataplane/eal_arguments.hpp"
#include "dataplane/eal_log.hpp"

namespace mgmd::dataplane {

/// DPDK's environment of this process: it can be initialised only once. The calling thread becomes
/// DPDK's main thread and is pinned to the control core. Control thread.
class Eal {
public:
    /// Plans cores and memory, and starts DPDK with them. An error says what is missing and what to
    /// do (ExitCode::system).
    static Expected<std::unique_ptr<Eal>> initialise(const Settings& settings, LogSink log);
    ~Eal();
    Eal(const Eal&) = delete;
    Eal& operator=(const Eal&) = delete;

    const CorePlan& cores() const { return cores_; }
    const MemoryPlan& memory() const { return memory_; }
    EalLog& log() { return *log_; }
    /// Where DPDK's sockets are.
    std::string runtime_directory() const;

private:
    Eal() = default;
    Expected<> prepare_runtime_directory();
    Expected<> run(const Settings& settings);

    CorePlan cores_;
    MemoryPlan memory_;
    std::string prefix_;
    std::string temporary_directory_;  ///< ours, to be removed; empty: none
    std::unique_ptr<EalLog> log_;
    bool running_ = false;
};

}  // namespace mgmd::dataplane
