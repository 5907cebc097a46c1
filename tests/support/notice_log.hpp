// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "control/monitor/hub.hpp"

namespace mgmd::test {

/// Watches, and writes each notice down as a line: "entry created", with what else it says.
class NoticeLog final : public monitor::Listener {
public:
    explicit NoticeLog(monitor::Hub& hub, monitor::Kinds kinds = monitor::Kinds::all())
        : hub_(hub) {
        hub_.add(*this, kinds);
    }
    ~NoticeLog() override { hub_.remove(*this); }
    NoticeLog(const NoticeLog&) = delete;
    NoticeLog& operator=(const NoticeLog&) = delete;

    void on_notice(const monitor::Notice& notice) override {
        notices.push_back(notice);
        lines.push_back(line_of(notice));
    }
    /// What has come since the last time.
    std::vector<std::string> take() { return std::exchange(lines, {}); }

    std::vector<monitor::Notice> notices;
    std::vector<std::string> lines;

private:
    static std::string line_of(const monitor::Notice& notice) {
        std::string line = std::string(to_string(notice.kind)) + ' ' + std::string(notice.what);
        const auto add = [&](const std::string& more) { line += ' ' + more; };
        if (notice.interface != kNoInterface) {
            add("at " + std::to_string(notice.interface));
        }
        if (notice.protocol != 0) {
            add("by " + std::to_string(notice.protocol));
        }
        if (!notice.state.empty()) {
            add(std::string(notice.state) + ' ' + std::to_string(notice.incoming) + " ->");
            for (const auto interface : notice.outgoing) {
                add(std::to_string(interface));
            }
        }
        if (notice.count > 0) {
            add("x" + std::to_string(notice.count));
        }
        return line + (notice.details.empty() ? "" : ": " + notice.details);
    }

    monitor::Hub& hub_;
};

}  // namespace mgmd::test
