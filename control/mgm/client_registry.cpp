// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/client_registry.hpp"

#include "control/mgm/failure.hpp"

namespace mgmd::mgm {

template <class F>
Result<ClientHandle> ClientRegistry<F>::add(ProtocolName name, ProtocolClient<F>& callbacks) {
    for (const ClientIndex client : order_) {
        if (slots_[client].name == name) {
            return refuse(Errc::already_exists, "protocol {:#x} component {} is registered",
                          name.protocol, name.component);
        }
    }
    const bool is_igmp = name.protocol == kMembershipProtocol<F>;
    if (is_igmp && igmp_ != kNobody) {
        return refuse(Errc::already_exists,
                      "protocol {:#x} is registered as component {}: one only", name.protocol,
                      slots_[igmp_].name.component);
    }
    if (free_.empty()) {
        free_.push_back(static_cast<ClientIndex>(slots_.size()));
        slots_.emplace_back();
    }
    const ClientIndex client = free_.back();
    free_.pop_back();
    ClientSlot& slot = slots_[client];
    slot = {.callbacks = &callbacks, .name = name, .generation = slot.generation + 1};
    order_.push_back(client);
    if (is_igmp) {
        igmp_ = client;
    }
    return handle(client);
}

template <class F>
void ClientRegistry<F>::remove(ClientIndex client) {
    slots_[client].callbacks = nullptr;
    std::erase(order_, client);
    free_.push_back(client);
    if (igmp_ == client) {
        igmp_ = kNobody;
    }
}

template <class F>
bool ClientRegistry<F>::is_current(ClientHandle handle) const {
    return handle.slot < slots_.size() && slots_[handle.slot].callbacks != nullptr &&
           slots_[handle.slot].generation == handle.generation;
}

template <class F>
Result<ClientIndex> ClientRegistry<F>::find(ClientHandle handle) const {
    if (!is_current(handle)) {
        return refuse(Errc::invalid_parameter, "client handle {}.{} is not registered", handle.slot,
                      handle.generation);
    }
    return handle.slot;
}

template class ClientRegistry<V4>;
template class ClientRegistry<V6>;

}  // namespace mgmd::mgm
