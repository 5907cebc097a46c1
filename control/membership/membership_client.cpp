// SPDX-License-Identifier: Apache-2.0
#include "control/membership/membership_client.hpp"

#include <spdlog/spdlog.h>

#include "control/protocols/refusal.hpp"

namespace mgmd {
namespace {

template <class F>
constexpr const char* kName = F::family == Family::ipv4 ? "IGMP" : "MLD";

}  // namespace

template <class F>
MembershipClient<F>::MembershipClient(mgm::GroupManager<F>& manager, const Settings& settings,
                                      TableId table, Post post)
    : manager_(manager), settings_(settings), table_(table), post_(std::move(post)) {}

template <class F>
MembershipClient<F>::~MembershipClient() {
    stop();
}

template <class F>
bool MembershipClient<F>::enabled_on(const InterfaceSettings& interface) const {
    return interface.table == table_ && interface.family<F>().membership.enabled;
}

template <class F>
Expected<> MembershipClient<F>::start() {
    const auto handle = manager_.register_protocol({mgm::kMembershipProtocol<F>, 0}, *this);
    if (!handle) {
        return refusal(kName<F>, handle.error());
    }
    handle_ = *handle;
    for (const auto& interface : settings_.interfaces) {
        if (!enabled_on(interface)) {
            continue;
        }
        const mgm::InterfaceId<F> id{interface.index, {}};
        if (const auto taken = manager_.take_interface(*handle_, id); !taken) {
            return refusal(std::string(kName<F>) + " on " + interface.name, taken.error());
        }
        taken_.push_back(id);
        if (const auto joined = add_joins(interface); !joined) {
            return refusal(std::string(kName<F>) + " join on " + interface.name, joined.error());
        }
    }
    return {};
}

template <class F>
mgm::Result<> MembershipClient<F>::add_joins(const InterfaceSettings& interface) {
    for (const auto& join : interface.family<F>().membership.static_joins) {
        mgm::Membership<F> membership;
        membership.key = {join.group, join.source, F::address_bits};
        membership.interface = {interface.index, {}};
        if (auto added = manager_.add_membership(*handle_, membership); !added) {
            return added;
        }
    }
    return {};
}

template <class F>
void MembershipClient<F>::stop() {
    if (!handle_) {
        return;
    }
    const auto report = [](const mgm::Result<>& result) {
        if (!result) {
            spdlog::error("{}: {}", kName<F>, result.error().message);
        }
    };
    for (const auto& interface : taken_) {
        report(manager_.release_interface(*handle_, interface));
    }
    taken_.clear();
    report(manager_.deregister_protocol(*handle_));
    handle_.reset();
}

template <class F>
void MembershipClient<F>::on_disable_igmp(const mgm::InterfaceId<F>& interface) {
    disabled_.insert(interface);
}

template <class F>
void MembershipClient<F>::on_enable_igmp(const mgm::InterfaceId<F>& interface) {
    disabled_.erase(interface);
    // Re-adding from inside the callback is refused (MGM 6).
    post_([this, interface, alive = std::weak_ptr<const bool>(alive_)] {
        if (!alive.expired()) {
            resync(interface);
        }
    });
}

template <class F>
void MembershipClient<F>::resync(mgm::InterfaceId<F> interface) {
    const auto* settings = settings_.interface(interface.index);
    if (!handle_ || settings == nullptr || disabled_.contains(interface)) {
        return;  // stopped, or another hand-over began: its end posts again
    }
    if (const auto joined = add_joins(*settings); !joined) {
        spdlog::error("{} on {}: {}", kName<F>, settings->name, joined.error().message);
    }
    if (const auto done = manager_.resync_done(*handle_, interface); !done) {
        spdlog::error("{} on {}: {}", kName<F>, settings->name, done.error().message);
    }
}

template class MembershipClient<V4>;
template class MembershipClient<V6>;

}  // namespace mgmd
