/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What passes between the router and a plugin: the plugin's descriptor, and the tables of functions
 * that the router hands it. Plugins include <mgmd/plugin.h>.
 *
 * Any change here, or in <mgmd/mgm.h> and <mgmd/mgm6.h>, raises MGMD_PLUGIN_ABI; a router refuses
 * plugins that were made for another number.
 */
#ifndef MGMD_PLUGIN_ABI_H
#define MGMD_PLUGIN_ABI_H

#include <mgmd/mgm.h>
#include <mgmd/mgm6.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MGMD_PLUGIN_ABI 1

struct mgmd_router; /* opaque */

/** Extension: how IGMP's (MLD's) memberships count on an interface that the protocol owns. */
enum {
    MGMD_LOCAL_FORWARD = 0, /**< like the protocol's own; the default */
    MGMD_LOCAL_ADVISE = 1   /**< they are only told of; the protocol adds its own */
};

/** Extension: a route that the protocol installs itself. It never ages and memberships don't
 *  change it. */
typedef struct mgmd_route {
    DWORD dwSourceAddr;
    DWORD dwSourceMask;
    DWORD dwGroupAddr;
    DWORD dwGroupMask;
    const DWORD* accept; /**< the protocol's own interfaces that packets may arrive on */
    size_t accept_count;
    const DWORD* outgoing; /**< any configured interfaces */
    size_t outgoing_count; /**< 0: packets are dropped */
} mgmd_route;

typedef struct mgmd_route6 {
    struct in6_addr dwSourceAddr;
    struct in6_addr dwSourceMask;
    struct in6_addr dwGroupAddr;
    struct in6_addr dwGroupMask;
    const DWORD* accept;
    size_t accept_count;
    const DWORD* outgoing;
    size_t outgoing_count;
} mgmd_route6;

/* The functions of <mgmd/plugin.h>, whose parameters have names there. Enumerations are numbers
 * here. */
/* clang-format off */
struct mgmd_mgm {
    DWORD (*register_protocol)(struct mgmd_router *, const ROUTING_PROTOCOL_CONFIG *, DWORD,
                               DWORD, PHANDLE);
    DWORD (*deregister_protocol)(struct mgmd_router *, HANDLE);
    DWORD (*take_interface)(struct mgmd_router *, HANDLE, DWORD, DWORD);
    DWORD (*release_interface)(struct mgmd_router *, HANDLE, DWORD, DWORD);
    DWORD (*protocol_on_interface)(struct mgmd_router *, DWORD, DWORD, PDWORD, PDWORD);
    DWORD (*add_membership)(struct mgmd_router *, HANDLE, DWORD, DWORD, DWORD, DWORD, DWORD,
                            DWORD, DWORD);
    DWORD (*delete_membership)(struct mgmd_router *, HANDLE, DWORD, DWORD, DWORD, DWORD, DWORD,
                               DWORD, DWORD);
    DWORD (*get_mfe)(struct mgmd_router *, PMIB_IPMCAST_MFE, PDWORD, PBYTE);
    DWORD (*first_mfes)(struct mgmd_router *, PDWORD, PBYTE, PDWORD);
    DWORD (*next_mfes)(struct mgmd_router *, PMIB_IPMCAST_MFE, PDWORD, PBYTE, PDWORD);
    DWORD (*get_mfe_stats)(struct mgmd_router *, PMIB_IPMCAST_MFE, PDWORD, PBYTE, DWORD);
    DWORD (*first_mfes_stats)(struct mgmd_router *, PDWORD, PBYTE, PDWORD, DWORD);
    DWORD (*next_mfes_stats)(struct mgmd_router *, PMIB_IPMCAST_MFE, PDWORD, PBYTE, PDWORD,
                             DWORD);
    DWORD (*set_mfe)(struct mgmd_router *, HANDLE, PMIB_IPMCAST_MFE);
    DWORD (*start_group_enumeration)(struct mgmd_router *, HANDLE, DWORD, PHANDLE);
    DWORD (*next_groups)(struct mgmd_router *, HANDLE, PDWORD, PBYTE, PDWORD);
    DWORD (*end_group_enumeration)(struct mgmd_router *, HANDLE);
    DWORD (*set_local_mode)(struct mgmd_router *, HANDLE, DWORD, DWORD, DWORD);
    DWORD (*rpf_changed)(struct mgmd_router *, HANDLE, DWORD, DWORD);
    DWORD (*install_route)(struct mgmd_router *, HANDLE, const mgmd_route *);
    DWORD (*remove_route)(struct mgmd_router *, HANDLE, DWORD, DWORD, DWORD, DWORD);
};

struct mgmd_mgm6 {
    DWORD (*register_protocol)(struct mgmd_router *, const ROUTING_PROTOCOL_CONFIG6 *, DWORD,
                               DWORD, PHANDLE);
    DWORD (*deregister_protocol)(struct mgmd_router *, HANDLE);
    DWORD (*take_interface)(struct mgmd_router *, HANDLE, DWORD, struct in6_addr);
    DWORD (*release_interface)(struct mgmd_router *, HANDLE, DWORD, struct in6_addr);
    DWORD (*protocol_on_interface)(struct mgmd_router *, DWORD, struct in6_addr, PDWORD,
                                   PDWORD);
    DWORD (*add_membership)(struct mgmd_router *, HANDLE, struct in6_addr, struct in6_addr,
                            struct in6_addr, struct in6_addr, DWORD, struct in6_addr, DWORD);
    DWORD (*delete_membership)(struct mgmd_router *, HANDLE, struct in6_addr, struct in6_addr,
                               struct in6_addr, struct in6_addr, DWORD, struct in6_addr, DWORD);
    DWORD (*get_mfe)(struct mgmd_router *, PMIB_IPMCAST_MFE6, PDWORD, PBYTE);
    DWORD (*first_mfes)(struct mgmd_router *, PDWORD, PBYTE, PDWORD);
    DWORD (*next_mfes)(struct mgmd_router *, PMIB_IPMCAST_MFE6, PDWORD, PBYTE, PDWORD);
    DWORD (*get_mfe_stats)(struct mgmd_router *, PMIB_IPMCAST_MFE6, PDWORD, PBYTE, DWORD);
    DWORD (*first_mfes_stats)(struct mgmd_router *, PDWORD, PBYTE, PDWORD, DWORD);
    DWORD (*next_mfes_stats)(struct mgmd_router *, PMIB_IPMCAST_MFE6, PDWORD, PBYTE, PDWORD,
                             DWORD);
    DWORD (*set_mfe)(struct mgmd_router *, HANDLE, PMIB_IPMCAST_MFE6);
    DWORD (*start_group_enumeration)(struct mgmd_router *, HANDLE, DWORD, PHANDLE);
    DWORD (*next_groups)(struct mgmd_router *, HANDLE, PDWORD, PBYTE, PDWORD);
    DWORD (*end_group_enumeration)(struct mgmd_router *, HANDLE);
    DWORD (*set_local_mode)(struct mgmd_router *, HANDLE, DWORD, struct in6_addr, DWORD);
    DWORD (*rpf_changed)(struct mgmd_router *, HANDLE, DWORD, struct in6_addr);
    DWORD (*install_route)(struct mgmd_router *, HANDLE, const mgmd_route6 *);
    DWORD (*remove_route)(struct mgmd_router *, HANDLE, struct in6_addr, struct in6_addr,
                          struct in6_addr, struct in6_addr);
};
/* clang-format on */

enum mgmd_log_level {
    MGMD_LOG_DEBUG = 0,
    MGMD_LOG_INFO = 1,
    MGMD_LOG_WARNING = 2,
    MGMD_LOG_ERROR = 3
};

/** What to wait for on a descriptor, and what came; bits. */
enum {
    MGMD_READABLE = 0x1, /**< or hung up */
    MGMD_WRITABLE = 0x2
};

typedef void (*mgmd_timer_callback)(void* context);
typedef void (*mgmd_fd_callback)(int fd, unsigned events, void* context);

struct mgmd_services {
    void (*log)(struct mgmd_router* router, DWORD level, const char* text);
    DWORD(*start_timer)
    (struct mgmd_router* router, uint64_t milliseconds, mgmd_timer_callback callback, void* context,
     PHANDLE timer);
    DWORD (*cancel_timer)(struct mgmd_router* router, HANDLE timer);
    DWORD(*watch_fd)
    (struct mgmd_router* router, int fd, unsigned events, mgmd_fd_callback callback, void* context,
     PHANDLE watch);
    DWORD (*unwatch_fd)(struct mgmd_router* router, HANDLE watch);
    DWORD (*link_is_up)(struct mgmd_router* router, DWORD index, BOOL* up);
};

/** One of the interfaces that the configuration gives to the plugin. */
struct mgmd_interface {
    DWORD index; /**< the dwIfIndex of all functions */
    const char* name;
    DWORD mtu;              /**< octets of IP */
    const DWORD* addresses; /**< the router's own there, IPv4 */
    size_t address_count;
    const struct in6_addr* addresses6;
    size_t address6_count;
};

/** One of the plugin's `arguments` in the configuration. */
struct mgmd_argument {
    const char* name;
    const char* value;
};

/** What the router gives to a plugin. Lives as long as the process. */
struct mgmd_host_api {
    uint32_t abi;               /**< MGMD_PLUGIN_ABI of the router */
    uint32_t table;             /**< routing table (VRF) */
    struct mgmd_router* router; /**< first argument of all functions */
    const struct mgmd_services* services;
    const struct mgmd_mgm* mgm;
    const struct mgmd_mgm6* mgm6;
    const struct mgmd_interface* interfaces;
    size_t interface_count;
    const struct mgmd_argument* arguments;
    size_t argument_count;
};

/** What `init` returns when it is the arguments that are wrong: mgmd ends with this status. */
#define MGMD_BAD_CONFIGURATION 78

/** The one symbol that a plugin exports: `mgmd_plugin`. */
struct mgmd_plugin_descriptor {
    uint32_t abi;                      /**< MGMD_PLUGIN_ABI */
    const struct mgmd_host_api** host; /**< &mgmd_host: the router fills it in before `init` */
    const char* name;                  /**< 1 to 31 letters, digits, '.', '_', '-' */
    /** Begins. 0: done. Anything else ends the router's start: with status 78 after
     *  MGMD_BAD_CONFIGURATION, else 71. `stop` is not called then. */
    int (*init)(void);
    /** Ends: releases what it has. What it forgets the router ends itself. May be NULL. */
    void (*stop)(void);
    /** A link of its interfaces went up or down, also before the first packet. May be NULL. */
    void (*link)(DWORD index, BOOL up);
};

#ifdef __cplusplus
}
#endif

#endif
