// SPDX-License-Identifier: Apache-2.0
// The calls of Engine that are about who has an interface, and how.
#include "control/mgm/engine.hpp"
#include "control/mgm/failure.hpp"

namespace mgmd::mgm {

template <class F>
void Engine<F>::report_hand_over(std::string_view what, const Interface& interface) const {
    state_.outside.reporter(NoticeKind::alert, what, [&](monitor::Notice& notice) {
        notice.family = F::family;
        notice.interface = interface.index;
        notice.protocol = kMembershipProtocol<F>;
    });
}

template <class F>
template <class Apply>
void Engine<F>::hand_over(ClientIndex client, Slot slot, Change<F>& change, Apply apply) {
    if (!ownership_.needs_handover(client, slot)) {
        apply();
        return;
    }
    ProtocolClient<F>& igmp = state_.clients.callbacks(state_.clients.igmp());
    const Interface interface = state_.links.id(slot);
    state_.links[slot].in_handover = true;
    ++state_.clients.in_handover(client);
    report_hand_over("disable", interface);
    igmp.on_disable_igmp(interface);
    apply();
    settle(change);
    report_hand_over("enable", interface);
    igmp.on_enable_igmp(interface);
    --state_.clients.in_handover(client);
    state_.links[slot].in_handover = false;
}

template <class F>
Result<> Engine<F>::take_interface(ClientHandle client, Interface interface, LocalMode local) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto slot = ownership_.check_take(client, interface);
        if (!slot) {
            return tl::make_unexpected(slot.error());
        }
        if (change != nullptr) {
            hand_over(client.slot, *slot, *change,
                      [&] { ownership_.take(client.slot, *slot, local, *change); });
        }
        return {};
    });
}

template <class F>
Result<> Engine<F>::release_interface(ClientHandle client, Interface interface) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto slot = ownership_.check_release(client, interface);
        if (!slot) {
            return tl::make_unexpected(slot.error());
        }
        if (change != nullptr) {
            hand_over(client.slot, *slot, *change,
                      [&] { ownership_.release(client.slot, *slot, *change); });
        }
        return {};
    });
}

template <class F>
Result<ProtocolName> Engine<F>::protocol_on_interface(Interface interface) const {
    const Slot slot = state_.links.find(interface);
    if (slot == kNoSlot) {
        return refuse(Errc::not_found, "interface {} is not configured", to_string(interface));
    }
    const ClientIndex client = state_.component(slot);
    if (client == kNobody) {
        return refuse(Errc::not_found, "no protocol is on interface {}", to_string(interface));
    }
    return state_.clients.name(client);
}

template <class F>
Result<> Engine<F>::resync_done(ClientHandle client, Interface interface) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto slot = ownership_.check_resync(client, interface);
        if (!slot) {
            return tl::make_unexpected(slot.error());
        }
        if (change != nullptr) {
            ownership_.resync_done(*slot, *change);
        }
        return {};
    });
}

template <class F>
Result<> Engine<F>::set_local_mode(ClientHandle client, Interface interface, LocalMode local) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto slot = ownership_.check_owner(client, interface);
        if (!slot) {
            return tl::make_unexpected(slot.error());
        }
        if (change != nullptr) {
            ownership_.set_local_mode(*slot, local, *change);
        }
        return {};
    });
}

template <class F>
Result<> Engine<F>::rpf_changed(ClientHandle client, Interface interface) {
    return run([=, this](Change<F>* change) -> Result<> {
        const auto slot = ownership_.check_owner(client, interface);
        if (!slot) {
            return tl::make_unexpected(slot.error());
        }
        if (change != nullptr) {
            builder_.examine_arriving(*slot);
        }
        return {};
    });
}

template class Engine<V4>;
template class Engine<V6>;

}  // namespace mgmd::mgm
