/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The vocabulary of the Multicast Group Manager (MGM): types, structures, callbacks, flags and
 * error numbers, under their documented names, so that the public documentation of MGM is theirs,
 * too. What only this router has begins with mgmd_; what is for IPv6 ends with 6 and differs in
 * nothing but the type of its addresses.
 *
 * C11 and C++. The functions are in <mgmd/plugin.h>.
 *
 * Addresses are in network byte order, as in struct in_addr. An interface is a pair of index and
 * next hop; the next hop is 0, except on point-to-multipoint links. A source of 0 with a mask of 0
 * is any source, a group of 0 with a mask of 0 is any group; otherwise masks are all ones, and as
 * an extension a group may be a range, (*,G/len), with the mask of its prefix.
 */
#ifndef MGMD_MGM_H
#define MGMD_MGM_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Plain C types of the documented widths. */
typedef uint32_t DWORD;
typedef uint32_t ULONG; /**< 32 bits, as documented; counters wrap */
typedef int32_t BOOL;
typedef uint8_t BYTE;
typedef void* HANDLE; /**< opaque; never reused for anything else */
typedef DWORD* PDWORD;
typedef BYTE* PBYTE;
typedef HANDLE* PHANDLE;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

/** What the functions return. */
enum {
    NO_ERROR = 0,
    ERROR_NOT_ENOUGH_MEMORY = 8,     /**< a limit was reached; nothing changed */
    ERROR_INVALID_PARAMETER = 87,    /**< NULL, a bad handle, or not the caller's to change */
    ERROR_INSUFFICIENT_BUFFER = 122, /**< *pdwBufferSize says how much one entry takes */
    ERROR_ALREADY_EXISTS = 183,
    ERROR_MORE_DATA = 234,         /**< the buffer has what fits; there is more */
    ERROR_NO_MORE_ITEMS = 259,     /**< the buffer has the last 0 .. n entries */
    ERROR_CAN_NOT_COMPLETE = 1003, /**< refused in this state, thread or callback */
    ERROR_NOT_FOUND = 1168
};

/** dwFlags of memberships; bits. */
enum {
    MGM_JOIN_STATE_FLAG = 0x1,    /**< the membership, and existing entries */
    MGM_FORWARD_STATE_FLAG = 0x2, /**< only the outgoing list of the existing (S,G) entry */
    MGM_FORWARD_STATE = 0x2       /**< its other documented name */
};

/** dwFlags of statistics. */
enum {
    MGM_MFE_STATS_0 = 0x1, /**< MIB_IPMCAST_MFE_STATS */
    MGM_MFE_STATS_1 = 0x2  /**< MIB_IPMCAST_MFE_STATS_EX */
};

typedef enum MGM_ENUM_TYPES {
    ANY_SOURCE = 0, /**< each joined group once, source 0 */
    ALL_SOURCES = 1 /**< each joined (source, group) once */
} MGM_ENUM_TYPES;

/* --- IPv4 ------------------------------------------------------------------------------------ */

/** One of the protocol's own outgoing interfaces of a new entry. */
typedef struct MGM_IF_ENTRY {
    DWORD dwIfIndex;
    DWORD dwIfNextHopAddr;
    BOOL bIGMP;      /**< IGMP is enabled there */
    BOOL bIsEnabled; /**< clear it: this (S,G) does not leave there */
} MGM_IF_ENTRY, *PMGM_IF_ENTRY;

/** What pbRoute of the RPF callback points to. In: the route found. Out: what readers see. */
typedef struct mgmd_rpf_route {
    DWORD dwRouteProtocol; /**< MIB_IPFORWARD_PROTO number; 0: no route */
    DWORD dwRouteNetwork;
    DWORD dwRouteMask;
    DWORD dwArrivalIfIndex; /**< in: where the packet arrived */
    DWORD dwArrivalIfNextHopAddr;
} mgmd_rpf_route;

/* The router ignores what callbacks return. Pointers are valid during the call. */

/** A new source: the interface that its data should arrive on, which the protocol may change to
 *  another one of its own. The header may be empty: dwHdrSize is 0. */
typedef DWORD (*PMGM_RPF_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask, DWORD dwGroupAddr,
                                   DWORD dwGroupMask, PDWORD pdwInIfIndex,
                                   PDWORD pdwInIfNextHopAddr, PDWORD pdwUpStreamNbr,
                                   DWORD dwHdrSize, PBYTE pbPacketHdr, PBYTE pbRoute);
/** An entry has been made; the list has the protocol's own outgoing interfaces. */
typedef DWORD (*PMGM_CREATION_ALERT_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask,
                                              DWORD dwGroupAddr, DWORD dwGroupMask,
                                              DWORD dwInIfIndex, DWORD dwInIfNextHopAddr,
                                              DWORD dwIfCount, PMGM_IF_ENTRY pmieOutIfList);
/** Nobody else wants the data any more. *pdwTimeout, when bMemberDelete is FALSE: seconds that the
 *  entry is going to live; out: shall live. */
typedef DWORD (*PMGM_PRUNE_ALERT_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask,
                                           DWORD dwGroupAddr, DWORD dwGroupMask, DWORD dwIfIndex,
                                           DWORD dwIfNextHopAddr, BOOL bMemberDelete,
                                           PDWORD pdwTimeout);
/** Others want the data. */
typedef DWORD (*PMGM_JOIN_ALERT_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask, DWORD dwGroupAddr,
                                          DWORD dwGroupMask, BOOL bMemberUpdate);
/** Data of a known (S,G) arrived on the wrong one of the protocol's interfaces. */
typedef DWORD (*PMGM_WRONG_IF_CALLBACK)(DWORD dwSourceAddr, DWORD dwGroupAddr, DWORD dwIfIndex,
                                        DWORD dwIfNextHopAddr, DWORD dwHdrSize, PBYTE pbPacketHdr);
/** IGMP has receivers, has them no more, on the protocol's interface. */
typedef DWORD (*PMGM_LOCAL_JOIN_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask, DWORD dwGroupAddr,
                                          DWORD dwGroupMask, DWORD dwIfIndex,
                                          DWORD dwIfNextHopAddr);
typedef DWORD (*PMGM_LOCAL_LEAVE_CALLBACK)(DWORD dwSourceAddr, DWORD dwSourceMask,
                                           DWORD dwGroupAddr, DWORD dwGroupMask, DWORD dwIfIndex,
                                           DWORD dwIfNextHopAddr);
/** For IGMP only, which this router is itself: a plugin's are never called. */
typedef DWORD (*PMGM_DISABLE_IGMP_CALLBACK)(DWORD dwIfIndex, DWORD dwIfNextHopAddr);
typedef DWORD (*PMGM_ENABLE_IGMP_CALLBACK)(DWORD dwIfIndex, DWORD dwIfNextHopAddr);

/** A protocol's callbacks. NULL: the default is accepted. */
typedef struct ROUTING_PROTOCOL_CONFIG {
    DWORD dwCallbackFlags; /**< reserved: 0 */
    PMGM_RPF_CALLBACK pfnRpfCallback;
    PMGM_CREATION_ALERT_CALLBACK pfnCreationAlertCallback;
    PMGM_PRUNE_ALERT_CALLBACK pfnPruneAlertCallback;
    PMGM_JOIN_ALERT_CALLBACK pfnJoinAlertCallback;
    PMGM_WRONG_IF_CALLBACK pfnWrongIfCallback;
    PMGM_LOCAL_JOIN_CALLBACK pfnLocalJoinCallback;
    PMGM_LOCAL_LEAVE_CALLBACK pfnLocalLeaveCallback;
    PMGM_DISABLE_IGMP_CALLBACK pfnDisableIgmpCallback;
    PMGM_ENABLE_IGMP_CALLBACK pfnEnableIgmpCallback;
} ROUTING_PROTOCOL_CONFIG, *PROUTING_PROTOCOL_CONFIG;

typedef struct SOURCE_GROUP_ENTRY {
    DWORD dwSourceAddr;
    DWORD dwSourceMask;
    DWORD dwGroupAddr;
    DWORD dwGroupMask;
} SOURCE_GROUP_ENTRY, *PSOURCE_GROUP_ENTRY;

typedef struct MIB_IPMCAST_OIF {
    DWORD dwOutIfIndex;
    DWORD dwNextHopAddr;
    DWORD dwReserved;
    DWORD dwReserved1;
} MIB_IPMCAST_OIF, *PMIB_IPMCAST_OIF;

/** A multicast forwarding entry. Times in seconds; expiry 0: never ages. */
typedef struct MIB_IPMCAST_MFE {
    DWORD dwGroup;
    DWORD dwSource;  /**< 0: any */
    DWORD dwSrcMask; /**< all ones, or 0 */
    DWORD dwUpStrmNgbr;
    DWORD dwInIfIndex;    /**< 0: none, or an installed route */
    DWORD dwInIfProtocol; /**< who owns that interface; 0: nobody */
    DWORD dwRouteProtocol;
    DWORD dwRouteNetwork;
    DWORD dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulTimeOut;
    ULONG ulNumOutIf; /**< 0: a negative entry */
    DWORD fFlags;     /**< 0 */
    /** Extension: low bits of dwGroup that any group may have, where the entry is (*,G/len). */
    DWORD dwReserved;
    MIB_IPMCAST_OIF rgmioOutInfo[1]; /**< ulNumOutIf of them */
} MIB_IPMCAST_MFE, *PMIB_IPMCAST_MFE;

typedef struct MIB_IPMCAST_OIF_STATS {
    DWORD dwOutIfIndex;
    DWORD dwNextHopAddr;
    DWORD dwDialContext; /**< 0 */
    ULONG ulTtlTooLow;
    ULONG ulFragNeeded;
    ULONG ulOutPackets;
    ULONG ulOutDiscards;
} MIB_IPMCAST_OIF_STATS, *PMIB_IPMCAST_OIF_STATS;

/** Statistics of an entry. Times in 1/100 s; expiry 0: never ages. */
typedef struct MIB_IPMCAST_MFE_STATS {
    DWORD dwGroup;
    DWORD dwSource;
    DWORD dwSrcMask;
    DWORD dwUpStrmNgbr;
    DWORD dwInIfIndex;
    DWORD dwInIfProtocol;
    DWORD dwRouteProtocol;
    DWORD dwRouteNetwork;
    DWORD dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulNumOutIf;
    ULONG ulInPkts; /**< accepted */
    ULONG ulInOctets;
    ULONG ulPktsDifferentIf;
    ULONG ulQueueOverflow; /**< packets that found no room to wait for the entry */
    MIB_IPMCAST_OIF_STATS rgmiosOutStats[1];
} MIB_IPMCAST_MFE_STATS, *PMIB_IPMCAST_MFE_STATS;

typedef struct MIB_IPMCAST_MFE_STATS_EX {
    DWORD dwGroup;
    DWORD dwSource;
    DWORD dwSrcMask;
    DWORD dwUpStrmNgbr;
    DWORD dwInIfIndex;
    DWORD dwInIfProtocol;
    DWORD dwRouteProtocol;
    DWORD dwRouteNetwork;
    DWORD dwRouteMask;
    ULONG ulUpTime;
    ULONG ulExpiryTime;
    ULONG ulNumOutIf;
    ULONG ulInPkts;
    ULONG ulInOctets;
    ULONG ulPktsDifferentIf;
    ULONG ulQueueOverflow;
    ULONG ulUninitMfe;       /**< arrivals while the entry was being made */
    ULONG ulNegativeMfe;     /**< dropped because nobody wants them */
    ULONG ulInDiscards;      /**< copies not sent */
    ULONG ulInHdrErrors;     /**< TTL expired */
    ULONG ulTotalOutPackets; /**< copies sent */
    MIB_IPMCAST_OIF_STATS rgmiosOutStats[1];
} MIB_IPMCAST_MFE_STATS_EX, *PMIB_IPMCAST_MFE_STATS_EX;

/** Octets of an entry with so many outgoing interfaces. */
static inline size_t SIZEOF_MIB_MFE(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE, rgmioOutInfo) + outgoing * sizeof(MIB_IPMCAST_OIF);
}
static inline size_t SIZEOF_MIB_MFE_STATS(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE_STATS, rgmiosOutStats) +
           outgoing * sizeof(MIB_IPMCAST_OIF_STATS);
}
static inline size_t SIZEOF_MIB_MFE_STATS_EX(size_t outgoing) {
    return offsetof(MIB_IPMCAST_MFE_STATS_EX, rgmiosOutStats) +
           outgoing * sizeof(MIB_IPMCAST_OIF_STATS);
}

#ifdef __cplusplus
}
#endif

#endif
