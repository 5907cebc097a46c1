// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/explanation.hpp"
#include "control/ctl/handlers/support.hpp"
#include "control/mgm/outlook.hpp"

/// An explanation of the dataplane's, and what MGM has to say about it, as rows: one for each step
/// on the packet's way, with its `outcome`, `why`, and where something could be done about it, what
/// it `needs`.
namespace mgmd::ctl {

/// What is explained.
struct Explained {
    const InterfaceSettings& in;             ///< as the client says
    const InterfaceSettings* out = nullptr;  ///< the only one to tell of; nullptr: all
    std::string packet;                      ///< what it is, for a person
    bool captured = false;                   ///< `packet` does not say where from and to
    Explanation explanation;
};

std::vector<Json> explain_rows(Context& context, const Explained& explained);

/// The rows of outgoing interfaces: what becomes of the copy of each, and why others are not among
/// them. Without an entry: what MGM would make of them.
template <class F>
void append_outgoing(Context& context, const Explained& explained, const FlowExplanation<F>& flow,
                     const mgm::FlowOutlook<F>& outlook, std::vector<Json>& rows);

/// A row; `needs` may be empty.
Json step_row(std::string step, std::string outcome, std::string why, std::string needs = {});

/// "(10.1.0.10, 239.1.1.1)"
template <class F>
std::string flow_text(const mgm::SourceGroup<F>& key) {
    return '(' + source_text(key) + ", " + group_text(key) + ')';
}

}  // namespace mgmd::ctl
