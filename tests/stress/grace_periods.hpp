// SPDX-License-Identifier: Apache-2.0
#pragma once

// Each stress test is built twice: on the grace periods that mgmd has, and on grace periods made of
// std::atomic, which the thread sanitizer can follow.
#ifdef WITH_RTE_RCU_QSBR
#include "dataplane/qsbr.hpp"
#else
#include "tests/support/atomic_qsbr.hpp"
#endif

namespace mgmd::dataplane::test {

#ifdef WITH_RTE_RCU_QSBR
using GracePeriods = Qsbr;
#else
using GracePeriods = AtomicQsbr;
#endif

}  // namespace mgmd::dataplane::test
