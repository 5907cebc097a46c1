// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/client_registry.hpp"

namespace mgmd::mgm {

/// N(key), as far as anyone can tell it apart: nobody, exactly one component, or several.
class Components {
public:
    void add(ClientIndex component) {
        if (count_ == 0) {
            only_ = component;
            count_ = 1;
        } else if (component != only_) {
            count_ = 2;
        }
    }
    bool is_several() const { return count_ == 2; }
    /// wanted(client, key): N(key) without the client is not empty.
    bool wanted_by_others_than(ClientIndex client) const {
        return count_ == 2 || (count_ == 1 && only_ != client);
    }
    friend bool operator==(const Components&, const Components&) = default;

private:
    ClientIndex only_ = kNobody;
    unsigned count_ = 0;  ///< 2: two or more
};

}  // namespace mgmd::mgm
