// SPDX-License-Identifier: Apache-2.0
#include "dataplane/eal_log.hpp"

#include <utility>

#include <rte_log.h>

namespace mgmd::dataplane {
namespace {

constexpr std::size_t kComplaints = 4;

LogLevel level_of(int level) {
    if (level < 0) {
        return LogLevel::info;  // printed past the log functions
    }
    switch (static_cast<unsigned>(level)) {
        case RTE_LOG_DEBUG:
            return LogLevel::debug;
        case RTE_LOG_INFO:
        case RTE_LOG_NOTICE:
            return LogLevel::info;
        case RTE_LOG_WARNING:
            return LogLevel::warning;
        default:
            return LogLevel::error;
    }
}

}  // namespace

EalLog::EalLog(LogSink sink) : sink_(std::move(sink)) {
    cookie_io_functions_t functions{};
    functions.write = &EalLog::write;
    stream_ = fopencookie(this, "w", functions);
    if (stream_ != nullptr) {
        // DPDK flushes after each message: a buffer makes one write of it.
        std::setvbuf(stream_, nullptr, _IOFBF, BUFSIZ);
        rte_openlog_stream(stream_);
    }
}

EalLog::~EalLog() {
    if (stream_ != nullptr) {
        rte_openlog_stream(nullptr);
        std::fclose(stream_);
    }
}

std::string EalLog::take_complaints() {
    const std::scoped_lock lock(mutex_);
    std::string text;
    for (const auto& complaint : std::exchange(complaints_, {})) {
        text += (text.empty() ? " (" : "; ") + complaint;
    }
    return text.empty() ? text : text + ")";
}

ssize_t EalLog::write(void* self, const char* text, std::size_t size) {
    std::string_view rest(text, size);
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        if (const auto line = rest.substr(0, end); !line.empty()) {
            static_cast<EalLog*>(self)->message(line);
        }
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return static_cast<ssize_t>(size);
}

void EalLog::message(std::string_view text) {
    const auto level = level_of(rte_log_cur_msg_loglevel());
    if (level >= LogLevel::warning) {
        const std::scoped_lock lock(mutex_);
        complaints_.emplace_back(text);
        if (complaints_.size() > kComplaints) {
            complaints_.pop_front();
        }
    }
    sink_(level, "dpdk: " + std::string(text));
}

}  // namespace mgmd::dataplane
