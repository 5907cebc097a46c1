// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <rte_rcu_qsbr.h>

#include "common/ids.hpp"
#include "dataplane/grace_clock.hpp"

namespace mgmd::dataplane {

/// Grace periods from rte_rcu_qsbr, without its experimental defer queue. One for all tables.
class Qsbr final : public GraceClock {
public:
    /// Throws std::bad_alloc.
    explicit Qsbr(WorkerIndex workers);

    // The control thread.

    Token start() override { return rte_rcu_qsbr_start(state_.get()); }
    bool passed(Token token) override {
        return rte_rcu_qsbr_check(state_.get(), token, false) == 1;
    }
    std::optional<WorkerIndex> laggard(Token token) const override;

    // Worker `worker`, about itself. All workers begin offline.

    /// Before it looks anything up, and after any sleep.
    void online(WorkerIndex worker) { rte_rcu_qsbr_thread_online(state_.get(), worker); }
    /// Before it sleeps or ends: it holds no entry any more.
    void offline(WorkerIndex worker) { rte_rcu_qsbr_thread_offline(state_.get(), worker); }
    /// It holds no entry that it looked up before.
    void quiescent(WorkerIndex worker) { rte_rcu_qsbr_quiescent(state_.get(), worker); }

private:
    struct Free {
        void operator()(rte_rcu_qsbr* state) const;
    };
    std::unique_ptr<rte_rcu_qsbr, Free> state_;
    WorkerIndex workers_;
};

}  // namespace mgmd::dataplane
