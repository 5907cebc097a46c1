// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "control/protocols/plugin/answer.hpp"
#include "control/protocols/plugin/calls.hpp"
#include "control/protocols/plugin/read_calls.hpp"
#include "control/protocols/proxy/proxy_client.hpp"
#include "control/protocols/static_client.hpp"

namespace mgmd::plugin {
namespace {

using mgm::Errc;
using mgm::refuse;
using mgm::Result;

/// What the router registers itself.
constexpr std::array kRouterProtocols{mgm::kIgmpProtocol, mgm::kMldProtocol, kStaticProtocol,
                                      kProxyProtocol};

template <class F>
struct MgmCalls {
    using Address = AbiAddress<F>;
    using Mfe = typename Abi<F>::Mfe;
    using Route = typename Abi<F>::Route;
    using Handle = mgm::ClientHandle;

    /// `call(part, registration, plugin)` where the handle is one of the plugin's registrations.
    template <class Call>
    static DWORD of_client(mgmd_router* router, const char* function, HANDLE handle, Call call) {
        return answer(router, function, [&](Plugin& plugin) -> Result<DWORD> {
            auto& part = plugin.part<F>();
            const auto* bridge = part.registrations.find(handle);
            return bridge == nullptr ? Result<DWORD>(bad_handle())
                                     : call(part, (*bridge)->handle, plugin);
        });
    }

    static DWORD register_protocol(mgmd_router* router, const typename Abi<F>::Callbacks* callbacks,
                                   DWORD protocol, DWORD component, PHANDLE handle) {
        return answer(router, "MgmRegisterMProtocol", [&](Plugin& plugin) -> Result<DWORD> {
            if (callbacks == nullptr || handle == nullptr) {
                return null_pointer(callbacks == nullptr ? "prpiInfo" : "phProtocol");
            }
            if (std::find(kRouterProtocols.begin(), kRouterProtocols.end(), protocol) !=
                kRouterProtocols.end()) {
                return refuse(Errc::already_exists, "protocol {:#x} is the router's own", protocol);
            }
            auto& part = plugin.part<F>();
            if (part.registrations.is_full()) {
                return refuse(Errc::not_enough_memory, "{} registrations, no more",
                              part.registrations.size());
            }
            const mgm::ProtocolName name{protocol, component};
            auto bridge = std::make_unique<ProtocolBridge<F>>(plugin, name, *callbacks);
            const auto registered = part.manager.register_protocol(name, *bridge);
            if (!registered) {
                return tl::make_unexpected(registered.error());
            }
            bridge->handle = *registered;
            *handle = part.registrations.add(std::move(bridge));
            return NO_ERROR;
        });
    }

    static DWORD deregister_protocol(mgmd_router* router, HANDLE handle) {
        return of_client(router, "MgmDeRegisterMProtocol", handle,
                         [&](auto& part, Handle client, Plugin& plugin) -> Result<DWORD> {
                             const auto done = part.manager.deregister_protocol(client);
                             if (done) {
                                 part.enumerations.erase_if([&](const auto& enumeration) {
                                     return enumeration.client == client;
                                 });
                                 part.ended.push_back(*part.registrations.take(handle));
                                 plugin.forget_ended_later();
                             }
                             return answered(done);
                         });
    }

    static DWORD take_interface(mgmd_router* router, HANDLE handle, DWORD index, Address next_hop) {
        return of_client(router, "MgmTakeInterfaceOwnership", handle,
                         [&](auto& part, Handle client, Plugin& plugin) -> Result<DWORD> {
                             const auto interface = interface_from_abi<F>(index, next_hop);
                             if (const auto owner = plugin.check_owner(interface.index); !owner) {
                                 return answered(owner);
                             }
                             return answered(part.manager.take_interface(client, interface));
                         });
    }

    static DWORD release_interface(mgmd_router* router, HANDLE handle, DWORD index,
                                   Address next_hop) {
        return of_client(router, "MgmReleaseInterfaceOwnership", handle,
                         [&](auto& part, Handle client, Plugin&) {
                             return answered(part.manager.release_interface(
                                 client, interface_from_abi<F>(index, next_hop)));
                         });
    }

    static DWORD protocol_on_interface(mgmd_router* router, DWORD index, Address next_hop,
                                       PDWORD protocol, PDWORD component) {
        return answer(router, "MgmGetProtocolOnInterface", [&](Plugin& plugin) -> Result<DWORD> {
            if (protocol == nullptr || component == nullptr) {
                return null_pointer(protocol == nullptr ? "pdwIfProtocolId" : "pdwIfComponentId");
            }
            const auto owner = plugin.part<F>().manager.protocol_on_interface(
                interface_from_abi<F>(index, next_hop));
            if (!owner) {
                return tl::make_unexpected(owner.error());
            }
            *protocol = owner->protocol;
            *component = owner->component;
            return NO_ERROR;
        });
    }

    static Result<mgm::Membership<F>> membership_of(const Address& source,
                                                    const Address& source_mask,
                                                    const Address& group, const Address& group_mask,
                                                    DWORD index, const Address& next_hop,
                                                    DWORD flags) {
        const auto key = key_from_abi<F>(source, source_mask, group, group_mask);
        if (!key) {
            return refuse(Errc::invalid_parameter, "a mask that does not fit its address");
        }
        if (flags == 0 || (flags & ~(MGM_JOIN_STATE_FLAG | MGM_FORWARD_STATE_FLAG)) != 0) {
            return refuse(Errc::invalid_parameter, "dwFlags {:#x}: 1, 2 or 3", flags);
        }
        mgm::Membership<F> membership;
        membership.key = *key;
        membership.interface = interface_from_abi<F>(index, next_hop);
        membership.flags = static_cast<mgm::MembershipFlags>(flags);
        return membership;
    }

    static DWORD add_membership(mgmd_router* router, HANDLE handle, Address source,
                                Address source_mask, Address group, Address group_mask, DWORD index,
                                Address next_hop, DWORD flags) {
        return of_client(
            router, "MgmAddGroupMembershipEntry", handle, [&](auto& part, Handle client, Plugin&) {
                return answered(
                    membership_of(source, source_mask, group, group_mask, index, next_hop, flags)
                        .and_then([&](const auto& membership) {
                            return part.manager.add_membership(client, membership);
                        }));
            });
    }

    static DWORD delete_membership(mgmd_router* router, HANDLE handle, Address source,
                                   Address source_mask, Address group, Address group_mask,
                                   DWORD index, Address next_hop, DWORD flags) {
        return of_client(
            router, "MgmDeleteGroupMembershipEntry", handle,
            [&](auto& part, Handle client, Plugin&) {
                return answered(
                    membership_of(source, source_mask, group, group_mask, index, next_hop, flags)
                        .and_then([&](const auto& membership) {
                            return part.manager.delete_membership(client, membership);
                        }));
            });
    }

    static DWORD set_mfe(mgmd_router* router, HANDLE handle, Mfe* mfe) {
        return of_client(router, "MgmSetMfe", handle,
                         [&](auto& part, Handle client, Plugin&) -> Result<DWORD> {
                             if (mfe == nullptr) {
                                 return null_pointer("pmimm");
                             }
                             return answered(part.manager.set_mfe_upstream(
                                 client, key_of<F>(*mfe), from_abi<F>(mfe->dwUpStrmNgbr)));
                         });
    }

    static DWORD start_group_enumeration(mgmd_router* router, HANDLE handle, DWORD type,
                                         PHANDLE enumeration) {
        return of_client(router, "MgmGroupEnumerationStart", handle,
                         [&](auto& part, Handle client, Plugin&) -> Result<DWORD> {
                             if (enumeration == nullptr) {
                                 return null_pointer("phEnumHandle");
                             }
                             if (type != ANY_SOURCE && type != ALL_SOURCES) {
                                 return refuse(Errc::invalid_parameter, "metEnumType {}: 0 or 1",
                                               static_cast<unsigned>(type));
                             }
                             if (part.enumerations.is_full()) {
                                 return refuse(Errc::not_enough_memory, "{} enumerations are open",
                                               part.enumerations.size());
                             }
                             const auto started = part.manager.start_group_enumeration(
                                 client, static_cast<mgm::EnumerationType>(type));
                             if (!started) {
                                 return tl::make_unexpected(started.error());
                             }
                             *enumeration = part.enumerations.add({*started, client});
                             return NO_ERROR;
                         });
    }

    static DWORD end_group_enumeration(mgmd_router* router, HANDLE enumeration) {
        return answer(router, "MgmGroupEnumerationEnd", [&](Plugin& plugin) -> Result<DWORD> {
            auto& part = plugin.part<F>();
            const auto ended = part.enumerations.take(enumeration);
            return ended ? answered(part.manager.end_group_enumeration(ended->handle))
                         : Result<DWORD>(bad_handle());
        });
    }

    static DWORD set_local_mode(mgmd_router* router, HANDLE handle, DWORD index, Address next_hop,
                                DWORD mode) {
        return of_client(
            router, "mgmd_set_local_mode", handle,
            [&](auto& part, Handle client, Plugin&) -> Result<DWORD> {
                if (mode != MGMD_LOCAL_FORWARD && mode != MGMD_LOCAL_ADVISE) {
                    return refuse(Errc::invalid_parameter, "dwLocalMode {}: 0 or 1", mode);
                }
                return answered(part.manager.set_local_mode(
                    client, interface_from_abi<F>(index, next_hop),
                    mode == MGMD_LOCAL_ADVISE ? mgm::LocalMode::advise : mgm::LocalMode::forward));
            });
    }

    static DWORD rpf_changed(mgmd_router* router, HANDLE handle, DWORD index, Address next_hop) {
        return of_client(
            router, "mgmd_rpf_changed", handle, [&](auto& part, Handle client, Plugin&) {
                return answered(
                    part.manager.rpf_changed(client, interface_from_abi<F>(index, next_hop)));
            });
    }

    static Result<mgm::InstalledRoute<F>> route_of(const Route* route) {
        if (route == nullptr || (route->accept == nullptr && route->accept_count != 0) ||
            (route->outgoing == nullptr && route->outgoing_count != 0)) {
            return null_pointer(route == nullptr ? "route" : "a list of its interfaces");
        }
        const auto key = key_from_abi<F>(route->dwSourceAddr, route->dwSourceMask,
                                         route->dwGroupAddr, route->dwGroupMask);
        if (!key) {
            return refuse(Errc::invalid_parameter, "a mask that does not fit its address");
        }
        if (std::max(route->accept_count, route->outgoing_count) > kMaxInterfaces) {
            return refuse(Errc::invalid_parameter, "more interfaces than there can be");
        }
        mgm::InstalledRoute<F> installed;
        installed.key = *key;
        for (std::size_t i = 0; i < route->accept_count; ++i) {
            installed.accept.push_back(interface_from_abi<F>(route->accept[i], {}));
        }
        for (std::size_t i = 0; i < route->outgoing_count; ++i) {
            installed.outgoing.push_back({interface_from_abi<F>(route->outgoing[i], {}), {}, {}});
        }
        installed.action = route->outgoing_count == 0 ? Action::drop : Action::forward;
        return installed;
    }

    static DWORD install_route(mgmd_router* router, HANDLE handle, const Route* route) {
        return of_client(router, "mgmd_install_route", handle,
                         [&](auto& part, Handle client, Plugin&) {
                             return answered(route_of(route).and_then([&](const auto& installed) {
                                 return part.manager.install_route(client, installed);
                             }));
                         });
    }

    static DWORD remove_route(mgmd_router* router, HANDLE handle, Address source,
                              Address source_mask, Address group, Address group_mask) {
        return of_client(router, "mgmd_remove_route", handle,
                         [&](auto& part, Handle client, Plugin&) -> Result<DWORD> {
                             const auto key =
                                 key_from_abi<F>(source, source_mask, group, group_mask);
                             return key ? answered(part.manager.remove_route(client, *key))
                                        : refuse(Errc::invalid_parameter,
                                                 "a mask that does not fit its address");
                         });
    }
};

}  // namespace

template <class F>
const typename Abi<F>::Functions& mgm_calls() {
    using Calls = MgmCalls<F>;
    using Reads = ReadCalls<F>;
    static constexpr typename Abi<F>::Functions kFunctions{
        .register_protocol = Calls::register_protocol,
        .deregister_protocol = Calls::deregister_protocol,
        .take_interface = Calls::take_interface,
        .release_interface = Calls::release_interface,
        .protocol_on_interface = Calls::protocol_on_interface,
        .add_membership = Calls::add_membership,
        .delete_membership = Calls::delete_membership,
        .get_mfe = Reads::get_mfe,
        .first_mfes = Reads::first_mfes,
        .next_mfes = Reads::next_mfes,
        .get_mfe_stats = Reads::get_mfe_stats,
        .first_mfes_stats = Reads::first_mfes_stats,
        .next_mfes_stats = Reads::next_mfes_stats,
        .set_mfe = Calls::set_mfe,
        .start_group_enumeration = Calls::start_group_enumeration,
        .next_groups = Reads::next_groups,
        .end_group_enumeration = Calls::end_group_enumeration,
        .set_local_mode = Calls::set_local_mode,
        .rpf_changed = Calls::rpf_changed,
        .install_route = Calls::install_route,
        .remove_route = Calls::remove_route,
    };
    return kFunctions;
}

template const mgmd_mgm& mgm_calls<V4>();
template const mgmd_mgm6& mgm_calls<V6>();

}  // namespace mgmd::plugin
