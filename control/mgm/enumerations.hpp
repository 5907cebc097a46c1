// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// Snapshots of the joined groups, read page by page (32).
template <class F>
class Enumerations {
public:
    using Key = SourceGroup<F>;

    explicit Enumerations(const State<F>& state) : state_(state) {}

    Result<EnumerationHandle> start(ClientHandle client, EnumerationType type);
    Result<Page<Key>> next(EnumerationHandle handle, std::size_t buffer_octets);
    Result<> end(EnumerationHandle handle);
    void end_all(ClientIndex client);

private:
    struct Enumeration {
        ClientIndex client = kNobody;  ///< kNobody: free
        std::uint32_t generation = 0;
        std::size_t position = 0;
        std::vector<Key> keys;
    };

    std::vector<Key> snapshot(EnumerationType type) const;
    Result<Enumeration*> find(EnumerationHandle handle);

    const State<F>& state_;
    std::vector<Enumeration> slots_;
};

}  // namespace mgmd::mgm
