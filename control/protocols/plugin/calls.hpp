// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/protocols/plugin/abi.hpp"

/// What answers a plugin's calls. Every argument is checked, and no exception leaves.
namespace mgmd::plugin {

template <class F>
const typename Abi<F>::Functions& mgm_calls();

const mgmd_services& service_calls();

}  // namespace mgmd::plugin
