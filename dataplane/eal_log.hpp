// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "common/log_limit.hpp"
#include "common/log_sink.hpp"

namespace mgmd::dataplane {

/// Takes DPDK's log from its creation to its destruction: every message goes to a sink at its
/// level, as "dpdk: TEXT", and the latest complaints are remembered, because DPDK's return values
/// alone rarely tell a person what is wrong. The innermost one gets the messages. Control thread,
/// but any thread may log.
class EalLog {
public:
    explicit EalLog(LogSink sink);
    ~EalLog();
    EalLog(const EalLog&) = delete;
    EalLog& operator=(const EalLog&) = delete;

    /// Warnings and errors since the last call, oldest first, as " (A; B)"; empty if none.
    std::string take_complaints();

    /// Messages that a start may need at once. Drivers complain about packets too: after so many,
    /// one a second is passed on.
    static constexpr std::uint32_t kBurst = 256;

private:
    static ssize_t write(void* self, const char* text, std::size_t size);
    void message(std::string_view text);

    LogSink sink_;
    std::FILE* stream_ = nullptr;
    std::FILE* previous_ = nullptr;
    std::mutex mutex_;                    // guards what follows
    std::deque<std::string> complaints_;  // any thread: rw
    LogLimit limit_{kBurst, std::chrono::seconds(1)};
};

}  // namespace mgmd::dataplane
