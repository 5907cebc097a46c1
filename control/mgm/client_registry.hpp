// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "control/mgm/protocol_client.hpp"
#include "control/mgm/types.hpp"

namespace mgmd::mgm {

/// A registered client, while it is one; reused afterwards.
using ClientIndex = std::uint32_t;
inline constexpr ClientIndex kNobody = ~ClientIndex{0};

/// Who is registered (1, 2).
template <class F>
class ClientRegistry {
public:
    /// already_exists: the name is taken, or there is an IGMP client already.
    Result<ClientHandle> add(ProtocolName name, ProtocolClient<F>& callbacks);
    void remove(ClientIndex client);

    /// invalid_parameter: stale, or never given.
    Result<ClientIndex> find(ClientHandle handle) const;
    bool is_current(ClientHandle handle) const;
    ClientHandle handle(ClientIndex client) const { return {client, slots_[client].generation}; }

    ProtocolClient<F>& callbacks(ClientIndex client) const { return *slots_[client].callbacks; }
    ProtocolName name(ClientIndex client) const { return slots_[client].name; }
    ClientIndex igmp() const { return igmp_; }  ///< kNobody: not registered

    /// In registration order.
    std::span<const ClientIndex> in_order() const { return order_; }

    /// Interfaces that the client owns or, for IGMP, is enabled on.
    std::uint32_t& open_interfaces(ClientIndex client) { return slots_[client].open_interfaces; }
    /// Takes and releases of the client that are in progress.
    std::uint32_t& in_handover(ClientIndex client) { return slots_[client].in_handover; }

private:
    struct ClientSlot {
        ProtocolClient<F>* callbacks = nullptr;  ///< nullptr: free
        ProtocolName name;
        std::uint32_t generation = 0;
        std::uint32_t open_interfaces = 0;
        std::uint32_t in_handover = 0;
    };

    std::vector<ClientSlot> slots_;
    std::vector<ClientIndex> free_;
    std::vector<ClientIndex> order_;
    ClientIndex igmp_ = kNobody;
};

}  // namespace mgmd::mgm
