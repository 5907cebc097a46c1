/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The functions of MGM under their documented names, and the same for IPv6 with a 6 at the end.
 * Included by <mgmd/plugin.h>.
 *
 * All are for the router's thread: that of `init`, `stop`, `link` and all callbacks; from another
 * thread, or after `stop`, they return ERROR_CAN_NOT_COMPLETE. They may be called from callbacks.
 * Handles of other plugins, of things that have ended, and made-up ones are
 * ERROR_INVALID_PARAMETER, and so is a NULL where something is to be read or written.
 */
#ifndef MGMD_MGM_FUNCTIONS_H
#define MGMD_MGM_FUNCTIONS_H

#include <mgmd/plugin_abi.h>

#ifdef __cplusplus
/* C has no other casts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
extern "C" {
#endif

/** The router. Each file of a plugin may have this definition: they are one. */
__attribute__((weak, visibility("hidden"))) const struct mgmd_host_api* mgmd_host = NULL;

static inline DWORD MgmRegisterMProtocol(const ROUTING_PROTOCOL_CONFIG* prpiInfo,
                                         DWORD dwProtocolId, DWORD dwComponentId,
                                         PHANDLE phProtocol) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm->register_protocol(mgmd_host->router, prpiInfo, dwProtocolId,
                                                   dwComponentId, phProtocol);
}
static inline DWORD MgmDeRegisterMProtocol(HANDLE hProtocol) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->deregister_protocol(mgmd_host->router, hProtocol);
}
static inline DWORD MgmTakeInterfaceOwnership(HANDLE hProtocol, DWORD dwIfIndex,
                                              DWORD dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->take_interface(mgmd_host->router, hProtocol,
                                                              dwIfIndex, dwIfNextHopAddr);
}
static inline DWORD MgmReleaseInterfaceOwnership(HANDLE hProtocol, DWORD dwIfIndex,
                                                 DWORD dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->release_interface(mgmd_host->router, hProtocol,
                                                                 dwIfIndex, dwIfNextHopAddr);
}
static inline DWORD MgmGetProtocolOnInterface(DWORD dwIfIndex, DWORD dwIfNextHopAddr,
                                              PDWORD pdwIfProtocolId, PDWORD pdwIfComponentId) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->protocol_on_interface(
                                   mgmd_host->router, dwIfIndex, dwIfNextHopAddr, pdwIfProtocolId,
                                   pdwIfComponentId);
}
static inline DWORD MgmAddGroupMembershipEntry(HANDLE hProtocol, DWORD dwSourceAddr,
                                               DWORD dwSourceMask, DWORD dwGroupAddr,
                                               DWORD dwGroupMask, DWORD dwIfIndex,
                                               DWORD dwIfNextHopIPAddr, DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->add_membership(
                                   mgmd_host->router, hProtocol, dwSourceAddr, dwSourceMask,
                                   dwGroupAddr, dwGroupMask, dwIfIndex, dwIfNextHopIPAddr, dwFlags);
}
static inline DWORD MgmDeleteGroupMembershipEntry(HANDLE hProtocol, DWORD dwSourceAddr,
                                                  DWORD dwSourceMask, DWORD dwGroupAddr,
                                                  DWORD dwGroupMask, DWORD dwIfIndex,
                                                  DWORD dwIfNextHopIPAddr, DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->delete_membership(
                                   mgmd_host->router, hProtocol, dwSourceAddr, dwSourceMask,
                                   dwGroupAddr, dwGroupMask, dwIfIndex, dwIfNextHopIPAddr, dwFlags);
}
static inline DWORD MgmGetMfe(PMIB_IPMCAST_MFE pimm, PDWORD pdwBufferSize, PBYTE pbBuffer) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm->get_mfe(mgmd_host->router, pimm, pdwBufferSize, pbBuffer);
}
static inline DWORD MgmGetFirstMfe(PDWORD pdwBufferSize, PBYTE pbBuffer, PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->first_mfes(mgmd_host->router, pdwBufferSize,
                                                          pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGetNextMfe(PMIB_IPMCAST_MFE pimmStart, PDWORD pdwBufferSize, PBYTE pbBuffer,
                                  PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->next_mfes(mgmd_host->router, pimmStart,
                                                         pdwBufferSize, pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGetMfeStats(PMIB_IPMCAST_MFE pimm, PDWORD pdwBufferSize, PBYTE pbBuffer,
                                   DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->get_mfe_stats(mgmd_host->router, pimm, pdwBufferSize,
                                                             pbBuffer, dwFlags);
}
static inline DWORD MgmGetFirstMfeStats(PDWORD pdwBufferSize, PBYTE pbBuffer, PDWORD pdwNumEntries,
                                        DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->first_mfes_stats(mgmd_host->router, pdwBufferSize,
                                                                pbBuffer, pdwNumEntries, dwFlags);
}
static inline DWORD MgmGetNextMfeStats(PMIB_IPMCAST_MFE pimmStart, PDWORD pdwBufferSize,
                                       PBYTE pbBuffer, PDWORD pdwNumEntries, DWORD dwFlags) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm->next_mfes_stats(mgmd_host->router, pimmStart, pdwBufferSize,
                                                 pbBuffer, pdwNumEntries, dwFlags);
}
static inline DWORD MgmSetMfe(HANDLE hProtocol, PMIB_IPMCAST_MFE pmimm) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->set_mfe(mgmd_host->router, hProtocol, pmimm);
}
static inline DWORD MgmGroupEnumerationStart(HANDLE hProtocol, MGM_ENUM_TYPES metEnumType,
                                             PHANDLE phEnumHandle) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->start_group_enumeration(
                                   mgmd_host->router, hProtocol, (DWORD)metEnumType, phEnumHandle);
}
static inline DWORD MgmGroupEnumerationGetNext(HANDLE hEnum, PDWORD pdwBufferSize, PBYTE pbBuffer,
                                               PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->next_groups(mgmd_host->router, hEnum, pdwBufferSize,
                                                           pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGroupEnumerationEnd(HANDLE hEnum) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->end_group_enumeration(mgmd_host->router, hEnum);
}
static inline DWORD mgmd_set_local_mode(HANDLE hProtocol, DWORD dwIfIndex, DWORD dwIfNextHopAddr,
                                        DWORD dwLocalMode) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm->set_local_mode(mgmd_host->router, hProtocol, dwIfIndex,
                                                dwIfNextHopAddr, dwLocalMode);
}
static inline DWORD mgmd_rpf_changed(HANDLE hProtocol, DWORD dwIfIndex, DWORD dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->rpf_changed(mgmd_host->router, hProtocol, dwIfIndex,
                                                           dwIfNextHopAddr);
}
static inline DWORD mgmd_install_route(HANDLE hProtocol, const mgmd_route* route) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm->install_route(mgmd_host->router, hProtocol, route);
}
static inline DWORD mgmd_remove_route(HANDLE hProtocol, DWORD dwSourceAddr, DWORD dwSourceMask,
                                      DWORD dwGroupAddr, DWORD dwGroupMask) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm->remove_route(mgmd_host->router, hProtocol, dwSourceAddr,
                                              dwSourceMask, dwGroupAddr, dwGroupMask);
}

/* --- IPv6 ------------------------------------------------------------------------------------ */

static inline DWORD MgmRegisterMProtocol6(const ROUTING_PROTOCOL_CONFIG6* prpiInfo,
                                          DWORD dwProtocolId, DWORD dwComponentId,
                                          PHANDLE phProtocol) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm6->register_protocol(mgmd_host->router, prpiInfo, dwProtocolId,
                                                    dwComponentId, phProtocol);
}
static inline DWORD MgmDeRegisterMProtocol6(HANDLE hProtocol) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->deregister_protocol(mgmd_host->router, hProtocol);
}
static inline DWORD MgmTakeInterfaceOwnership6(HANDLE hProtocol, DWORD dwIfIndex,
                                               struct in6_addr dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->take_interface(mgmd_host->router, hProtocol,
                                                               dwIfIndex, dwIfNextHopAddr);
}
static inline DWORD MgmReleaseInterfaceOwnership6(HANDLE hProtocol, DWORD dwIfIndex,
                                                  struct in6_addr dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->release_interface(mgmd_host->router, hProtocol,
                                                                  dwIfIndex, dwIfNextHopAddr);
}
static inline DWORD MgmGetProtocolOnInterface6(DWORD dwIfIndex, struct in6_addr dwIfNextHopAddr,
                                               PDWORD pdwIfProtocolId, PDWORD pdwIfComponentId) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->protocol_on_interface(
                                   mgmd_host->router, dwIfIndex, dwIfNextHopAddr, pdwIfProtocolId,
                                   pdwIfComponentId);
}
static inline DWORD MgmAddGroupMembershipEntry6(HANDLE hProtocol, struct in6_addr dwSourceAddr,
                                                struct in6_addr dwSourceMask,
                                                struct in6_addr dwGroupAddr,
                                                struct in6_addr dwGroupMask, DWORD dwIfIndex,
                                                struct in6_addr dwIfNextHopIPAddr, DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->add_membership(
                                   mgmd_host->router, hProtocol, dwSourceAddr, dwSourceMask,
                                   dwGroupAddr, dwGroupMask, dwIfIndex, dwIfNextHopIPAddr, dwFlags);
}
static inline DWORD MgmDeleteGroupMembershipEntry6(HANDLE hProtocol, struct in6_addr dwSourceAddr,
                                                   struct in6_addr dwSourceMask,
                                                   struct in6_addr dwGroupAddr,
                                                   struct in6_addr dwGroupMask, DWORD dwIfIndex,
                                                   struct in6_addr dwIfNextHopIPAddr,
                                                   DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->delete_membership(
                                   mgmd_host->router, hProtocol, dwSourceAddr, dwSourceMask,
                                   dwGroupAddr, dwGroupMask, dwIfIndex, dwIfNextHopIPAddr, dwFlags);
}
static inline DWORD MgmGetMfe6(PMIB_IPMCAST_MFE6 pimm, PDWORD pdwBufferSize, PBYTE pbBuffer) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm6->get_mfe(mgmd_host->router, pimm, pdwBufferSize, pbBuffer);
}
static inline DWORD MgmGetFirstMfe6(PDWORD pdwBufferSize, PBYTE pbBuffer, PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->first_mfes(mgmd_host->router, pdwBufferSize,
                                                           pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGetNextMfe6(PMIB_IPMCAST_MFE6 pimmStart, PDWORD pdwBufferSize,
                                   PBYTE pbBuffer, PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->next_mfes(mgmd_host->router, pimmStart,
                                                          pdwBufferSize, pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGetMfeStats6(PMIB_IPMCAST_MFE6 pimm, PDWORD pdwBufferSize, PBYTE pbBuffer,
                                    DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->get_mfe_stats(mgmd_host->router, pimm,
                                                              pdwBufferSize, pbBuffer, dwFlags);
}
static inline DWORD MgmGetFirstMfeStats6(PDWORD pdwBufferSize, PBYTE pbBuffer, PDWORD pdwNumEntries,
                                         DWORD dwFlags) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->first_mfes_stats(mgmd_host->router, pdwBufferSize,
                                                                 pbBuffer, pdwNumEntries, dwFlags);
}
static inline DWORD MgmGetNextMfeStats6(PMIB_IPMCAST_MFE6 pimmStart, PDWORD pdwBufferSize,
                                        PBYTE pbBuffer, PDWORD pdwNumEntries, DWORD dwFlags) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm6->next_mfes_stats(mgmd_host->router, pimmStart, pdwBufferSize,
                                                  pbBuffer, pdwNumEntries, dwFlags);
}
static inline DWORD MgmSetMfe6(HANDLE hProtocol, PMIB_IPMCAST_MFE6 pmimm) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->set_mfe(mgmd_host->router, hProtocol, pmimm);
}
static inline DWORD MgmGroupEnumerationStart6(HANDLE hProtocol, MGM_ENUM_TYPES metEnumType,
                                              PHANDLE phEnumHandle) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->start_group_enumeration(
                                   mgmd_host->router, hProtocol, (DWORD)metEnumType, phEnumHandle);
}
static inline DWORD MgmGroupEnumerationGetNext6(HANDLE hEnum, PDWORD pdwBufferSize, PBYTE pbBuffer,
                                                PDWORD pdwNumEntries) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->next_groups(mgmd_host->router, hEnum, pdwBufferSize,
                                                            pbBuffer, pdwNumEntries);
}
static inline DWORD MgmGroupEnumerationEnd6(HANDLE hEnum) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->end_group_enumeration(mgmd_host->router, hEnum);
}
static inline DWORD mgmd_set_local_mode6(HANDLE hProtocol, DWORD dwIfIndex,
                                         struct in6_addr dwIfNextHopAddr, DWORD dwLocalMode) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm6->set_local_mode(mgmd_host->router, hProtocol, dwIfIndex,
                                                 dwIfNextHopAddr, dwLocalMode);
}
static inline DWORD mgmd_rpf_changed6(HANDLE hProtocol, DWORD dwIfIndex,
                                      struct in6_addr dwIfNextHopAddr) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->rpf_changed(mgmd_host->router, hProtocol, dwIfIndex,
                                                            dwIfNextHopAddr);
}
static inline DWORD mgmd_install_route6(HANDLE hProtocol, const mgmd_route6* route) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->mgm6->install_route(mgmd_host->router, hProtocol, route);
}
static inline DWORD mgmd_remove_route6(HANDLE hProtocol, struct in6_addr dwSourceAddr,
                                       struct in6_addr dwSourceMask, struct in6_addr dwGroupAddr,
                                       struct in6_addr dwGroupMask) {
    return mgmd_host == NULL
               ? (DWORD)ERROR_CAN_NOT_COMPLETE
               : mgmd_host->mgm6->remove_route(mgmd_host->router, hProtocol, dwSourceAddr,
                                               dwSourceMask, dwGroupAddr, dwGroupMask);
}

#ifdef __cplusplus
}
#pragma GCC diagnostic pop
#endif

#endif
