// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/ctl/protocol.hpp"

namespace mgmd::ctl {

/// Where an answer puts its rows, and how much of it may come in one go: control does other things
/// in between. Control thread.
class Rows {
public:
    /// `output` gets the lines; it and `id` outlive this.
    Rows(std::string& output, const Json& id)
        : output_(output), id_(id), most_octets_(output.size() + kSliceOctets) {}

    void add(Json row) {
        output_ += row_line(id_, std::move(row));
        spent_ += kRowCost;
    }
    /// Something was looked at that is no row of this answer.
    void skip(std::size_t cost = 1) { spent_ += cost; }
    /// False: the slice is over.
    bool has_room() const { return spent_ < kSliceCost && output_.size() < most_octets_; }

private:
    static constexpr std::size_t kSliceOctets = 32 * 1024;
    static constexpr std::size_t kSliceCost = 512;  ///< a fraction of a millisecond
    static constexpr std::size_t kRowCost = 8;

    std::string& output_;
    const Json& id_;
    std::size_t most_octets_;
    std::size_t spent_ = 0;
};

/// The answer to one request, produced slice by slice as its client reads. What it tells of may
/// change in between: it keeps keys, never pointers. Control thread.
class Answer {
public:
    virtual ~Answer() = default;
    /// Whether there is anything to write now; the loop asks in each round.
    virtual bool is_ready() const { return true; }
    /// Writes until the rows have no more room, or less. False: that was all.
    virtual bool write(Rows& rows) = 0;
    /// Whether it has no end but its client's (stream.hpp). Others are carried out for a client
    /// that has gone, too.
    virtual bool is_stream() const { return false; }
    /// Its client has sent its next request: a stream that may end then writes what there is left.
    virtual void conclude() {}
};

using AnswerPtr = std::unique_ptr<Answer>;

/// An answer of few rows, all there from the beginning.
class FixedAnswer final : public Answer {
public:
    explicit FixedAnswer(std::vector<Json> rows = {}) : rows_(std::move(rows)) {}
    bool write(Rows& rows) override {
        while (next_ < rows_.size() && rows.has_room()) {
            rows.add(std::move(rows_[next_++]));
        }
        return next_ < rows_.size();
    }

private:
    std::vector<Json> rows_;
    std::size_t next_ = 0;
};

inline AnswerPtr answer(std::vector<Json> rows) {
    return std::make_unique<FixedAnswer>(std::move(rows));
}
/// Of a command that has nothing to say but that it is done.
inline AnswerPtr done() {
    return std::make_unique<FixedAnswer>();
}

}  // namespace mgmd::ctl
