// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

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

private:
    static ssize_t write(void* self, const char* text, std::size_t size);
    void message(std::string_view text);

    LogSink sink_;
    std::FILE* stream_ = nullptr;
    std::FILE* previous_ = nullptr;
    std::mutex mutex_;                    // guards complaints_
    std::deque<std::string> complaints_;  // any thread: rw
};

}  // namespace mgmd::dataplane
