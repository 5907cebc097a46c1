// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>

#include "dataplane/grace_clock.hpp"

namespace mgmd::dataplane::test {

/// Grace periods made of std::atomic alone, by the rules of rte_rcu_qsbr: no DPDK, and the thread
/// sanitizer sees every edge. Workers begin offline.
class AtomicQsbr final : public GraceClock {
public:
    explicit AtomicQsbr(WorkerIndex workers) : seen_(workers) {}

    Token start() override { return token_.fetch_add(1) + 1; }
    bool passed(Token token) override { return !laggard(token); }
    std::optional<WorkerIndex> laggard(Token token) const override {
        for (WorkerIndex worker = 0; worker < seen_.size(); ++worker) {
            const auto seen = seen_[worker].token.load();
            if (seen != kOffline && seen < token) {
                return worker;
            }
        }
        return std::nullopt;
    }

    // The worker.
    void online(WorkerIndex worker) { quiescent(worker); }
    void quiescent(WorkerIndex worker) { seen_[worker].token.store(token_.load()); }
    void offline(WorkerIndex worker) { seen_[worker].token.store(kOffline); }

private:
    static constexpr Token kOffline = 0;
    struct alignas(64) Seen {
        std::atomic<Token> token{kOffline};
    };

    std::atomic<Token> token_{1};
    std::deque<Seen> seen_;
};

}  // namespace mgmd::dataplane::test
