// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "common/clock.hpp"
#include "common/log_limit.hpp"
#include "control/mgm/alerts.hpp"
#include "control/mgm/client_registry.hpp"
#include "control/monitor/reporter.hpp"

namespace mgmd::mgm {

/// Delivers alerts in the order in which they were caused (17). A callback that calls MGM adds to
/// the queue; what it causes is the next round.
template <class F>
class AlertQueue {
public:
    using Post = std::function<void(std::function<void()>)>;
    /// What a client answered to the PRUNE of an entry.
    using PruneAnswer = std::function<void(const Alert<F>&, std::chrono::seconds timeout)>;

    /// `max_rounds` in one deliver(); the rest is delivered by a posted task.
    AlertQueue(const ClientRegistry<F>& clients, const Clock& clock, Post post,
               std::size_t max_rounds, PruneAnswer prune_answer, monitor::Reporter reporter);

    void push(std::vector<Alert<F>> alerts);
    /// Calls the callbacks, unless it is called from inside one of them.
    void deliver();

private:
    struct Item {
        ClientHandle recipient;  ///< stale by the time of delivery: dropped
        Alert<F> alert;
    };

    void dispatch(Item& item);
    void report(const Item& item) const;
    void call(ProtocolClient<F>& client, Alert<F>& alert);
    void continue_later();

    const ClientRegistry<F>& clients_;
    const Clock& clock_;
    Post post_;
    std::size_t max_rounds_;
    PruneAnswer prune_answer_;
    monitor::Reporter reporter_;
    std::deque<Item> waiting_;
    bool delivering_ = false;
    bool posted_ = false;
    LogLimit too_many_;
    /// Posted tasks look at it, so that they do nothing once the queue is gone.
    std::shared_ptr<AlertQueue*> self_;
};

}  // namespace mgmd::mgm
