// SPDX-License-Identifier: Apache-2.0
#include "dataplane/eal_log.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <rte_log.h>

namespace mgmd::dataplane {
namespace {

constexpr std::size_t kComplaints = 4;

/// Complaints that say nothing is wrong.
constexpr std::array<std::string_view, 5> kHarmless{
    "Failed to register mp action callback",       // memif: there are no secondary processes
    "Failed to send start req to secondary",       // tap: the same
    "qdisc",                                       // tap: for flow rules, which nobody makes
    "Disabling rte flow support",                  // tap: the same
    "Failed to attach device on primary process",  // says less than what came before it
};

bool is_harmless(std::string_view text) {
    return std::any_of(kHarmless.begin(), kHarmless.end(), [&](std::string_view known) {
        return text.find(known) != std::string_view::npos;
    });
}

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
        previous_ = rte_log_get_stream();
        rte_openlog_stream(stream_);
    }
}

EalLog::~EalLog() {
    if (stream_ != nullptr) {
        rte_openlog_stream(previous_);
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
    const auto level = is_harmless(text) ? LogLevel::debug : level_of(rte_log_cur_msg_loglevel());
    const std::scoped_lock lock(mutex_);
    if (level >= LogLevel::warning) {
        complaints_.emplace_back(text);
        if (complaints_.size() > kComplaints) {
            complaints_.pop_front();
        }
    }
    limit_(std::chrono::steady_clock::now(),
           [&](const std::string& more) { sink_(level, "dpdk: " + std::string(text) + more); });
}

}  // namespace mgmd::dataplane
