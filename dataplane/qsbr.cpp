// SPDX-License-Identifier: Apache-2.0
#include "dataplane/qsbr.hpp"

#include <cstdlib>
#include <new>

namespace mgmd::dataplane {

void Qsbr::Free::operator()(rte_rcu_qsbr* state) const {
    std::free(state);
}

Qsbr::Qsbr(WorkerIndex workers) : workers_(workers) {
    const std::size_t octets = rte_rcu_qsbr_get_memsize(workers);
    state_.reset(static_cast<rte_rcu_qsbr*>(std::aligned_alloc(RTE_CACHE_LINE_SIZE, octets)));
    if (state_ == nullptr || rte_rcu_qsbr_init(state_.get(), workers) != 0) {
        throw std::bad_alloc();
    }
    for (WorkerIndex worker = 0; worker < workers; ++worker) {
        rte_rcu_qsbr_thread_register(state_.get(), worker);
    }
}

std::optional<WorkerIndex> Qsbr::laggard(Token token) const {
    for (WorkerIndex worker = 0; worker < workers_; ++worker) {
        const auto seen = __atomic_load_n(&state_->qsbr_cnt[worker].cnt, __ATOMIC_ACQUIRE);
        if (seen != __RTE_QSBR_CNT_THR_OFFLINE && seen < token) {
            return worker;
        }
    }
    return std::nullopt;
}

}  // namespace mgmd::dataplane
