// SPDX-License-Identifier: Apache-2.0
#include "dataplane/eal.hpp"

#include <cstdlib>
#include <filesystem>
#include <unistd.h>
#include <vector>

#include <rte_eal.h>
#include <rte_errno.h>

namespace mgmd::dataplane {

Expected<std::unique_ptr<Eal>> Eal::initialise(const Settings& settings, LogSink log) {
    auto cores = plan_cores(settings.workers, available_cpus());
    if (!cores) {
        return tl::make_unexpected(cores.error());
    }
    auto memory = plan_memory(settings, read_free_memory());
    if (!memory) {
        return tl::make_unexpected(memory.error());
    }
    std::unique_ptr<Eal> eal(new Eal);
    eal->cores_ = std::move(*cores);
    eal->memory_ = *memory;
    eal->prefix_ = "mgmd_" + std::to_string(getpid());
    eal->log_ = std::make_unique<EalLog>(std::move(log));
    if (auto ready = eal->prepare_runtime_directory(); !ready) {
        return tl::make_unexpected(ready.error());
    }
    if (auto started = eal->run(settings); !started) {
        return tl::make_unexpected(started.error());
    }
    return eal;
}

Eal::~Eal() {
    std::error_code ignored;
    if (running_) {
        // No rte_eal_cleanup(): it unmaps DPDK's memory under its interrupt thread, which goes on
        // reading the handles of devices just closed there (seen with memif of DPDK 22.11). With
        // all devices closed, what it would give back ends with the process, as that thread does.
        // The prefix may have been overridden by memory.eal_args: remove only what is ours alone.
        const std::filesystem::path directory = rte_eal_get_runtime_dir();
        if (directory.filename() == prefix_) {
            std::filesystem::remove_all(directory, ignored);
        }
    }
    if (!temporary_directory_.empty()) {
        std::filesystem::remove_all(temporary_directory_, ignored);
    }
}

std::string Eal::runtime_directory() const {
    return rte_eal_get_runtime_dir();
}

/// DPDK wants a directory for its sockets, also where it shares nothing: what a service manager
/// made, else /var/run for root, else XDG_RUNTIME_DIR, which need not exist.
Expected<> Eal::prepare_runtime_directory() {
    if (std::getenv("RUNTIME_DIRECTORY") != nullptr) {
        return {};
    }
    const char* configured = std::getenv("XDG_RUNTIME_DIR");
    if (geteuid() == 0 || (configured != nullptr && access(configured, W_OK | X_OK) == 0)) {
        return {};
    }
    std::error_code error;
    auto name = (std::filesystem::temp_directory_path(error) / "mgmd-XXXXXX").string();
    if (error || mkdtemp(name.data()) == nullptr) {
        return fail(ExitCode::system,
                    "no directory for DPDK's sockets: set XDG_RUNTIME_DIR to one that this user "
                    "may write to");
    }
    temporary_directory_ = name;
    setenv("XDG_RUNTIME_DIR", name.c_str(), 1);
    return {};
}

Expected<> Eal::run(const Settings& settings) {
    auto arguments = eal_arguments(settings, cores_, memory_, prefix_);
    std::vector<char*> argv;
    for (auto& argument : arguments) {
        argv.push_back(argument.data());
    }
    const SignalsBlocked blocked;
    if (rte_eal_init(static_cast<int>(argv.size()), argv.data()) < 0) {
        std::string line;
        for (const auto& argument : arguments) {
            line += " " + argument;
        }
        return fail(ExitCode::system,
                    "DPDK did not start: " + std::string(rte_strerror(rte_errno)) +
                        log_->take_complaints() + "; its arguments were" + line +
                        ": check memory.eal_args and memory.hugepages");
    }
    running_ = true;
    return {};
}

}  // namespace mgmd::dataplane
