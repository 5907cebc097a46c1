// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "control/monitor/notice.hpp"

namespace mgmd::monitor {

/// A set of NoticeKind.
class Kinds {
public:
    constexpr Kinds() = default;
    static constexpr Kinds all() {
        Kinds kinds;
        kinds.bits_ = (1u << kNoticeKindNames.size()) - 1;
        return kinds;
    }
    constexpr void add(NoticeKind kind) { bits_ |= bit(kind); }
    constexpr void add(Kinds others) { bits_ |= others.bits_; }
    constexpr bool contains(NoticeKind kind) const { return (bits_ & bit(kind)) != 0; }

private:
    static constexpr std::uint32_t bit(NoticeKind kind) {
        return 1u << static_cast<unsigned>(kind);
    }
    std::uint32_t bits_ = 0;
};

/// Who takes notices. Control thread.
class Sink {
public:
    virtual ~Sink() = default;
    virtual void tell(Notice notice) = 0;
    bool wants(NoticeKind kind) const { return wanted_.contains(kind); }

protected:
    Kinds wanted_;
};

/// What the parts of control are given to report by: a value that knows where it stands. It costs
/// a branch while nobody wants to know. Control thread.
class Reporter {
public:
    /// Of nobody's interest.
    Reporter() = default;
    /// `sink` outlives it and its copies.
    explicit Reporter(Sink& sink) : sink_(&sink) {}

    Reporter in_table(TableId table) const {
        auto reporter = *this;
        reporter.table_ = table;
        return reporter;
    }
    Reporter on_interface(InterfaceIndex interface) const {
        auto reporter = *this;
        reporter.interface_ = interface;
        return reporter;
    }

    bool wants(NoticeKind kind) const { return sink_ != nullptr && sink_->wants(kind); }

    /// `what` is a literal; `fill(notice)` is asked for the rest if somebody wants it.
    template <class Fill>
    void operator()(NoticeKind kind, std::string_view what, Fill&& fill) const {
        if (!wants(kind)) {
            return;
        }
        Notice notice;
        notice.kind = kind;
        notice.what = what;
        notice.table = table_;
        notice.interface = interface_;
        std::forward<Fill>(fill)(notice);
        sink_->tell(std::move(notice));
    }

private:
    Sink* sink_ = nullptr;
    TableId table_ = 0;
    InterfaceIndex interface_ = kNoInterface;
};

}  // namespace mgmd::monitor
