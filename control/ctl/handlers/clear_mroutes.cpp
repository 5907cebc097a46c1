// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/mfe_walk.hpp"

namespace mgmd::ctl {
namespace {

/// Ends the entries of one table and family that a client names. Installed routes stay: those are
/// their protocol's to remove.
template <class F>
class ClearedMroutes final : public Answer {
public:
    ClearedMroutes(mgm::GroupManager<F>& manager, const MfeFilter<F>& filter)
        : manager_(manager), walk_(manager, filter) {}

    bool write(Rows& rows) override {
        return walk_.step(rows, [&](const mgm::MfeRecord<F>& mfe) {
            if (!mfe.installed) {
                manager_.end_mfe(mfe.key);
            }
        });
    }

private:
    mgm::GroupManager<F>& manager_;
    MfeWalk<F> walk_;
};

}  // namespace

Outcome<AnswerPtr> clear_mroutes(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    std::vector<AnswerPtr> parts;
    for_tables(context, arguments, [&]<class F>(TableId, TableControl<F>& control) {
        if (const auto flows = FlowFilter<F>::of(arguments, *interface)) {
            parts.push_back(std::make_unique<ClearedMroutes<F>>(
                control.manager(), MfeFilter<F>{*flows, arguments.text("state")}));
        }
    });
    return std::make_unique<ChainedAnswer>(std::move(parts));
}

}  // namespace mgmd::ctl
