// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mgmd {

/// A number of entries for several parties, none of which can keep the others out: half of them are
/// reserved in equal parts, the other half goes to whoever comes first.
class EntryBudget {
public:
    /// `parties` > 0.
    EntryBudget(std::uint64_t capacity, std::size_t parties)
        : capacity_(capacity),
          reserved_(capacity / 2 / parties),
          claimed_(reserved_ * parties),
          used_(parties, 0) {}

    /// Tells how many the party has now.
    void set(std::size_t party, std::uint64_t used) {
        claimed_ += claim(used) - claim(used_[party]);
        used_[party] = used;
    }
    bool has_room(std::size_t party, std::uint64_t more) const {
        const std::uint64_t used = used_[party];
        return claimed_ - claim(used) + claim(used + more) <= capacity_;
    }
    bool is_exceeded() const { return claimed_ > capacity_; }

private:
    /// What others can't have.
    std::uint64_t claim(std::uint64_t used) const { return std::max(used, reserved_); }

    std::uint64_t capacity_;
    std::uint64_t reserved_;  ///< for each
    std::uint64_t claimed_;   ///< by all
    std::vector<std::uint64_t> used_;
};

/// One party's part in a budget; by default of one without bounds. The budget outlives it.
class EntryShare {
public:
    EntryShare() = default;
    EntryShare(EntryBudget& budget, std::size_t party) : budget_(&budget), party_(party) {}

    void set(std::uint64_t used) const {
        if (budget_ != nullptr) {
            budget_->set(party_, used);
        }
    }
    bool has_room(std::uint64_t more) const {
        return budget_ == nullptr || budget_->has_room(party_, more);
    }

private:
    EntryBudget* budget_ = nullptr;
    std::size_t party_ = 0;
};

}  // namespace mgmd
