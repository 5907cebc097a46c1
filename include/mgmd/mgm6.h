/* SPDX-License-Identifier: Apache-2.0 */
/**
 * <mgmd/mgm.h> for IPv6: the same structures and callbacks, with addresses of type struct in6_addr.
 * IGMP means MLD here, TTL the hop limit.
 */
#ifndef MGMD_MGM6_H
#define MGMD_MGM6_H

#include <mgmd/mgm.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct MGM_IF_ENTRY6 {
    DWORD dwIfIndex;
    struct in6_addr dwIfNextHopAddr;
    BOOL bIGMP;
    BOOL bIsEnabled;
} MGM_IF_ENTRY6, *PMGM_IF_ENTRY6;

typedef struct mgmd_rpf_route6 {
    DWORD dwRouteProtocol;
    struct in6_addr dwRouteNetwork;
    struct in6_addr dwRouteMask;
    DWORD dwArrivalIfIndex;
    struct in6_addr dwArrivalIfNextHopAddr;
} mgmd_rpf_route6;

typedef DWORD (*PMGM_RPF_CALLBACK6)(struct in6_addr dwSourceAddr, struct in6_addr dwSourceMask,
                                    struct in6_addr dwGroupAddr, struct in6_addr dwGroupMask,
                                    PDWORD pdwInIfIndex, struct in6_addr* pdwInIfNextHopAddr,
                                    struct in6_addr* pdwUpStreamNbr, DWORD dwHdrSize,
                                    PBYTE pbPacketHdr, PBYTE pbRoute);

typedef DWORD (*PMGM_CREATION_ALERT_CALLBACK6)(struct in6_addr dwSourceAddr,
                                               struct in6_addr dwSourceMask,
                                               struct in6_addr dwGroupAddr,
                                               struct in6_addr dwGroupMask, DWORD dwInIfIndex,
                                               struct in6_addr dwInIfNextHopAddr, DWORD dwIfCount,
                                               PMGM_IF_ENTRY6 pmieOutIfList);

typedef DWORD (*PMGM_PRUNE_ALERT_CALLBACK6)(struct in6_addr dwSourceAddr,
                                            struct in6_addr dwSourceMask,
                                            struct in6_addr dwGroupAddr,
                                            struct in6_addr dwGroupMask, DWORD dwIfIndex,
                                            struct in6_addr dwIfNextHopAddr, BOOL bMemberDelete,
                                            PDWORD pdwTimeout);

typedef DWORD (*PMGM_JOIN_ALERT_CALLBACK6)(struct in6_addr dwSourceAddr,
                                           struct in6_addr dwSourceMask,
                                           struct in6_addr dwGroupAddr, struct in6_addr dwGroupMask,
                                           BOOL bMemberUpdate);

typedef DWORD (*PMGM_WRONG_IF_CALLBACK6)(struct in6_addr dwSourceAddr, struct in6_addr dwGroupAddr,
                                         DWORD dwIfIndex, struct in6_addr dwIfNextHopAddr,
                                         DWORD dwHdrSize, PBYTE pbPacketHdr);

typedef DWORD (*PMGM_LOCAL_JOIN_CALLBACK6)(struct in6_addr dwSourceAddr,
                                           struct in6_addr dwSourceMask,
                                           struct in6_addr dwGroupAddr, struct in6_addr dwGroupMask,
                                           DWORD dwIfIndex, struct in6_addr dwIfNextHopAddr);
typedef DWORD (*PMGM_LOCAL_LEAVE_CALLBACK6)(struct in6_addr dwSourceAddr,
                                            struct in6_addr dwSourceMask,
                                            struct in6_addr dwGroupAddr,
                                            struct in6_addr dwGroupMask, DWORD dwIfIndex,
                                            struct in6_addr dwIfNextHopAddr);

typedef DWORD (*PMGM_DISABLE_IGMP_CALLBACK6)(DWORD dwIfIndex, struct in6_addr dwIfNextHopAddr);
typedef DWORD (*PMGM_ENABLE_IGMP_CALLBACK6)(DWORD dwIfIndex, struct in6_addr dwIfNextHopAddr);

typedef struct ROUTING_PROTOCOL_CONFIG6 {
    DWORD dwCallbackFlags;
    PMGM_RPF_CALLBACK6 pfnRpfCallback;
    PMGM_CREATION_ALERT_CALLBACK6 pfnCreationAlertCallback;
    PMGM_PRUNE_ALERT_CALLBACK6 pfnPruneAlertCallback;
    PMGM_JOIN_ALERT_CALLBACK6 pfnJoinAlertCallback;
    PMGM_WRONG_IF_CALLBACK6 pfnWrongIfCallback;
    PMGM_LOCAL_JOIN_CALLBACK6 pfnLocalJoinCallback;
    PMGM_LOCAL_LEAVE_CALLBACK6 pfnLocalLeaveCallback;
    PMGM_DISABLE_IGMP_CALLBACK6 pfnDisableIgmpCallback;
    PMGM_ENABLE_IGMP_CALLBACK6 pfnEnableIgmpCallback;
} ROUTING_PROTOCOL_CONFIG6, *PROUTING_PROTOCOL_CONFIG6;

typedef struct SOURCE_GROUP_ENTRY6 {
    struct in6_addr dwSourceAddr;
    struct in6_addr dwSourceMask;
    struct in6_addr dwGroupAddr;
    struct in6_addr dwGroupMask;
} SOURCE_GROUP_ENTRY6, *PSOURCE_GROUP_ENTRY6;

typedef struct MIB_IPMCAST_OIF6 {
    DWORD dwOutIfIndex;
    struct in6_addr dwNextHopAddr;
    DWORD dwReserved;
    DWORD dwReserved1;
} MIB_IPMCAST_OIF6, *PMIB_IPMCAST_OIF6;

typedef struct MIB_IPMCAST_MFE6 {
    struct in6_addr dwGroup;
    struct in6_addr dwSource;
    struct in6_addr dwSrcMask;
    struct in6_addr dwUpStrmNgbr;
    DWORD dwInIfIndex;
    DWORD dwInIfProtocol;
    DWORD dwRouteProtocol;
    struct in6_addr dwRouteNetwork;
    struct in6_addr dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulTimeOut;
    ULONG ulNumOutIf;
    DWORD fFlags;

    DWORD dwReserved;
    MIB_IPMCAST_OIF6 rgmioOutInfo[1];
} MIB_IPMCAST_MFE6, *PMIB_IPMCAST_MFE6;

typedef struct MIB_IPMCAST_OIF_STATS6 {
    DWORD dwOutIfIndex;
    struct in6_addr dwNextHopAddr;
    DWORD dwDialContext;
    ULONG ulTtlTooLow;
    ULONG ulFragNeeded;
    ULONG ulOutPackets;
    ULONG ulOutDiscards;
} MIB_IPMCAST_OIF_STATS6, *PMIB_IPMCAST_OIF_STATS6;

typedef struct MIB_IPMCAST_MFE_STATS6 {
    struct in6_addr dwGroup;
    struct in6_addr dwSource;
    struct in6_addr dwSrcMask;
    struct in6_addr dwUpStrmNgbr;
    DWORD dwInIfIndex;
    DWORD dwInIfProtocol;
    DWORD dwRouteProtocol;
    struct in6_addr dwRouteNetwork;
    struct in6_addr dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulNumOutIf;
    ULONG ulInPkts;
    ULONG ulInOctets;
    ULONG ulPktsDifferentIf;
    ULONG ulQueueOverflow;
    MIB_IPMCAST_OIF_STATS6 rgmiosOutStats[1];
} MIB_IPMCAST_MFE_STATS6, *PMIB_IPMCAST_MFE_STATS6;

typedef struct MIB_IPMCAST_MFE_STATS_EX6 {
    struct in6_addr dwGroup;
    struct in6_addr dwSource;
    struct in6_addr dwSrcMask;
    struct in6_addr dwUpStrmNgbr;
    DWORD dwInIfIndex;
    DWORD dwInIfProtocol;
    DWORD dwRouteProtocol;
    struct in6_addr dwRouteNetwork;
    struct in6_addr dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulNumOutIf;
    ULONG ulInPkts;
    ULONG ulInOctets;
    ULONG ulPktsDifferentIf;
    ULONG ulQueueOverflow;
    ULONG ulUninitMfe;
    ULONG ulNegativeMfe;
    ULONG ulInDiscards;
    ULONG ulInHdrErrors;
    ULONG ulTotalOutPackets;
    MIB_IPMCAST_OIF_STATS6 rgmiosOutStats[1];
} MIB_IPMCAST_MFE_STATS_EX6, *PMIB_IPMCAST_MFE_STATS_EX6;

static inline size_t SIZEOF_MIB_MFE6(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE6, rgmioOutInfo) + outgoing * sizeof(MIB_IPMCAST_OIF6);
}
static inline size_t SIZEOF_MIB_MFE_STATS6(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE_STATS6, rgmiosOutStats) +
           outgoing * sizeof(MIB_IPMCAST_OIF_STATS6);
}
static inline size_t SIZEOF_MIB_MFE_STATS_EX6(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE_STATS_EX6, rgmiosOutStats) +
           outgoing * sizeof(MIB_IPMCAST_OIF_STATS6);
}

#ifdef __cplusplus
}
#endif

#endif
