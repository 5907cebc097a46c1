// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/negative_reason.hpp"

#include <algorithm>
#include <vector>

namespace mgmd::ctl {
namespace {

/// Memberships that ask for the flow, and what becomes of each of them.
struct Wishes {
    std::vector<std::string> at_arrival;  ///< interfaces: copies never go back
    std::vector<std::string> behind_boundary;
    std::vector<std::string> excluded;   ///< hosts there want other sources
    std::vector<std::string> held_back;  ///< by the protocol that owns the interface
};

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

template <class F>
void collect(const Settings& settings, const mgm::MfeRecord<F>& mfe,
             const std::vector<mgm::MembershipRecord<F>>& memberships, Wishes& wishes) {
    for (const auto& membership : memberships) {
        const auto* interface = settings.interface(membership.interface.index);
        const auto name = interface == nullptr ? std::string("?") : interface->name;
        const auto& exclude = membership.exclude;
        if (membership.interface == mfe.incoming) {
            wishes.at_arrival.push_back(name);
        } else if (membership.inactive) {
            wishes.behind_boundary.push_back(name);
        } else if (!membership.by_owner &&
                   std::binary_search(exclude.begin(), exclude.end(), mfe.key.source)) {
            wishes.excluded.push_back(name);
        } else {
            wishes.held_back.push_back(name);
        }
    }
}

}  // namespace

template <class F>
std::string negative_reason(const Settings& settings, const mgm::GroupManager<F>& manager,
                            const mgm::MfeRecord<F>& mfe) {
    using Key = mgm::SourceGroup<F>;
    if (mfe.installed) {
        return "installed to drop";
    }
    if (mfe.incoming.is_none()) {
        return "no route to the source";
    }
    Wishes wishes;
    collect(settings, mfe, manager.memberships(mfe.key), wishes);
    for (int length = F::address_bits; length >= 0; --length) {
        const auto bits = static_cast<std::uint8_t>(length);
        collect(settings, mfe, manager.memberships(Key{masked(mfe.key.group, bits), {}, bits}),
                wishes);
    }
    if (!wishes.held_back.empty()) {
        return "kept from " + joined(wishes.held_back) + " by the protocol there";
    }
    if (!wishes.behind_boundary.empty()) {
        return "a boundary keeps it from " + joined(wishes.behind_boundary);
    }
    if (!wishes.excluded.empty()) {
        return "hosts on " + joined(wishes.excluded) + " exclude this source";
    }
    if (!wishes.at_arrival.empty()) {
        return "wanted only on " + joined(wishes.at_arrival) + ", where it arrives";
    }
    return "nobody wants it";
}

template std::string negative_reason(const Settings&, const mgm::GroupManager<V4>&,
                                     const mgm::MfeRecord<V4>&);
template std::string negative_reason(const Settings&, const mgm::GroupManager<V6>&,
                                     const mgm::MfeRecord<V6>&);

}  // namespace mgmd::ctl
