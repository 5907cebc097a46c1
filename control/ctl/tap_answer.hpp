// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "common/packet_tap.hpp"
#include "control/ctl/answer.hpp"

namespace mgmd::ctl {

/// A stream of what a capture or a trace records: `{"begun":true}` once no packet escapes it any
/// more, and in the place of what found no room in its rings `{"missed":123}`. What the client is
/// too slow to read stays in the rings, which are bounded. It ends with so many records; when its
/// client asks for something else, with all that was recorded up to then; or as any stream. Control
/// thread.
template <class Record>
class TapAnswer : public Answer {
public:
    /// `count`: records, from 1; nullopt: no end.
    TapAnswer(std::unique_ptr<PacketTap<Record>> tap, std::optional<std::uint32_t> count)
        : tap_(std::move(tap)), left_(count) {}

    bool is_stream() const final { return true; }
    bool is_ready() const final {
        return !tap_->empty() || (!begun_ && tap_->has_begun()) ||
               (concluded_ && tap_->has_stopped());
    }
    void conclude() final {
        concluded_ = true;
        tap_->stop();
    }
    bool write(Rows& rows) final {
        // Asked before: what comes after a worker has let go is nothing.
        const bool is_all = concluded_ && tap_->has_stopped();
        if (!begun_ && tap_->has_begun()) {
            begun_ = true;
            rows.add({{"begun", true}});
        }
        while (rows.has_room()) {
            auto record = tap_->next();
            if (!record) {
                tell_missed(rows);
                return !is_all;
            }
            rows.add(row_of(*record));
            if (left_ && --*left_ == 0) {
                tell_missed(rows);
                return false;
            }
        }
        tell_missed(rows);
        return true;
    }

protected:
    virtual Json row_of(const Record& record) const = 0;

private:
    void tell_missed(Rows& rows) {
        const auto missed = tap_->missed();
        if (missed != told_) {
            rows.add({{"missed", missed - std::exchange(told_, missed)}});
        }
    }

    std::unique_ptr<PacketTap<Record>> tap_;
    std::optional<std::uint32_t> left_;
    std::uint64_t told_ = 0;  ///< of those missed
    bool begun_ = false;      ///< and told
    bool concluded_ = false;
};

}  // namespace mgmd::ctl
