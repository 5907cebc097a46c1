// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/mgm/group_manager.hpp"
#include "tests/model/operation.hpp"

/// What the names of the operations stand for in each family. The universe is small so that calls
/// collide.
namespace mgmd::mgm::differential {

template <class F>
struct Universe {
    using Address = typename F::Address;

    static ProtocolName protocol(Who who);
    static InterfaceId<F> interface(Where where);
    static Address source(From from);
    static Prefix<F> group(To to);
    static SourceGroup<F> key(Flow flow);
    static Prefix<F> network(Net net);
    static Address hop(Hop hop);
    /// The links of a point-to-multipoint interface are their own next hops.
    static Route<F> route(const Operation& operation);

    /// link4 has a boundary, and so has tunnel_b: not the same.
    static std::vector<InterfaceConfig<F>> configuration();

    static std::string name(const InterfaceId<F>& interface);
    static std::string name(const SourceGroup<F>& key);
};

/// Bounds small enough to be met, times short enough to pass.
Options options();

}  // namespace mgmd::mgm::differential
