// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/mgm/key_watch.hpp"
#include "control/mgm/settler.hpp"
#include "control/mgm/state.hpp"

namespace mgmd::mgm {

/// The add and delete calls (9 - 14).
template <class F>
class MembershipService {
public:
    using Key = SourceGroup<F>;

    MembershipService(State<F>& state, Settler<F>& settler) : state_(state), settler_(settler) {}

    /// Whether the call would be accepted now. Nothing changes, except the count of refusals.
    Result<> check_add(ClientHandle handle, const Membership<F>& membership);
    Result<> check_delete(ClientHandle handle, const Membership<F>& membership);

    /// Precondition of both: checked.
    Result<> add(ClientHandle handle, const Membership<F>& membership, Change<F>& change);
    Result<> remove(ClientHandle handle, const Membership<F>& membership, Change<F>& change);

    /// Decides again about the link in the entries that a key covers.
    void update_covered(const Key& key, Slot slot);

private:
    struct Target {
        ClientIndex client = kNobody;
        Slot slot = kNoSlot;
    };

    Result<> check_form(const Membership<F>& membership, bool may_exclude) const;
    Result<Target> check_target(ClientHandle handle, const Membership<F>& membership) const;
    Result<> check_limits(const Membership<F>& membership, Slot slot) const;
    Result<> check_entry(const Membership<F>& membership) const;
    bool has(const Key& key, Target target) const;

    void join_igmp(const Membership<F>& membership, Slot slot, Change<F>& change);
    void join_owner(const Key& key, Slot slot);
    void end_overrides(const Key& key, Slot slot);
    Member& ensure(const Key& key, Slot slot);
    Result<> override_outgoing(const Membership<F>& membership, Slot slot, bool forward);

    State<F>& state_;
    Settler<F>& settler_;
};

}  // namespace mgmd::mgm
