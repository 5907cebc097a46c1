// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "control/ctl/handlers/support.hpp"

namespace mgmd::ctl {

inline std::string_view state_of(bool installed, bool negative) {
    return installed ? "installed" : negative ? "negative" : "active";
}

/// Which entries a client asks for.
template <class F>
struct MfeFilter {
    FlowFilter<F> flows;
    std::optional<std::string> state;  ///< as state_of()

    bool admits(const mgm::MfeRecord<F>& mfe) const {
        return flows.admits(mfe.key) && concerns(mfe, flows.interface) &&
               (!state || *state == state_of(mfe.installed, mfe.negative));
    }

private:
    static bool concerns(const mgm::MfeRecord<F>& mfe, InterfaceIndex interface) {
        const auto is_it = [&](const auto& id) { return id.index == interface; };
        const auto& accepted = mfe.accept.interfaces;
        return interface == kNoInterface || is_it(mfe.incoming) ||
               std::find(accepted.begin(), accepted.end(), interface) != accepted.end() ||
               std::any_of(mfe.outgoing.begin(), mfe.outgoing.end(), is_it);
    }
};

/// Goes through the entries of one table and family, a page of MGM's at a time: what comes and goes
/// in between is seen or not, and nothing else is missed.
template <class F>
class MfeWalk {
public:
    /// `manager` outlives it.
    MfeWalk(const mgm::GroupManager<F>& manager, MfeFilter<F> filter)
        : manager_(manager), filter_(std::move(filter)), last_(filter_.flows.before_first()) {}

    /// Calls `use(mfe)` for those that the filter admits, while the rows have room. False: there
    /// are no more.
    template <class Use>
    bool step(Rows& rows, Use use) {
        while (rows.has_room()) {
            if (next_ == page_.records.size() && !fetch()) {
                return false;
            }
            const auto& mfe = page_.records[next_++];
            if (filter_.flows.is_past(mfe.key)) {
                return false;
            }
            rows.skip();
            if (filter_.admits(mfe)) {
                use(mfe);
            }
        }
        return true;
    }

private:
    bool fetch() {
        constexpr std::size_t kPageOctets = mgm::mfe_octets<F>(kMaxOutgoing);
        auto page =
            last_ ? manager_.next_mfes(*last_, kPageOctets) : manager_.first_mfes(kPageOctets);
        if (!page || page->records.empty()) {
            return false;
        }
        page_ = std::move(*page);
        next_ = 0;
        last_ = page_.records.back().key;
        return true;
    }

    const mgm::GroupManager<F>& manager_;
    MfeFilter<F> filter_;
    std::optional<mgm::SourceGroup<F>> last_;  ///< that was fetched
    mgm::Page<mgm::MfeRecord<F>> page_;
    std::size_t next_ = 0;  ///< in the page
};

}  // namespace mgmd::ctl
