/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Dense-mode flooding as a plugin of mgmd: what arrives on one of its interfaces leaves on all the
 * others, except where somebody has pruned it. docs/plugins.md walks through it.
 *
 *     protocols:
 *       - plugin: ./flood.so
 *         interfaces: [source, left, right]
 *         arguments: {prune_time: 180, socket: /run/flood}
 *
 * A real protocol would hear of prunes in packets of its neighbours; this one reads datagrams like
 * "prune left 10.1.0.10 239.1.1.1" from a UNIX socket. A prune is forgotten after prune_time
 * seconds, and the flow is flooded there again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <mgmd/plugin.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** Multicast type (1 << 30), no registered vendor (0x3fff << 16), protocol 1. */
static const DWORD kProtocolId = 0x7fff0001;
static const DWORD kAllOnes = 0xffffffff;

static struct {
    HANDLE ipv4; /**< registration with MGM, one for each family */
    HANDLE ipv6;
    int socket;
    HANDLE watch;
    struct prune* prunes;
    unsigned prune_time; /**< seconds */
} flood = {.socket = -1};

/* --- flooding -------------------------------------------------------------------------------- */

/** Wants everything on an interface: (*,*), in both families. */
static DWORD flood_to(DWORD index) {
    DWORD error = MgmTakeInterfaceOwnership(flood.ipv4, index, 0);
    if (error == NO_ERROR) {
        error = MgmTakeInterfaceOwnership6(flood.ipv6, index, in6addr_any);
    }
    if (error == NO_ERROR) {
        error = MgmAddGroupMembershipEntry(flood.ipv4, 0, 0, 0, 0, index, 0, MGM_JOIN_STATE_FLAG);
    }
    if (error == NO_ERROR) {
        error = MgmAddGroupMembershipEntry6(flood.ipv6, in6addr_any, in6addr_any, in6addr_any,
                                            in6addr_any, index, in6addr_any, MGM_JOIN_STATE_FLAG);
    }
    return error;
}

/** A new source. MGM has left out the interface that its packets come from already. */
static void log_flow(int family, const void* source, const void* group, DWORD count) {
    char source_text[INET6_ADDRSTRLEN];
    char group_text[INET6_ADDRSTRLEN];
    mgmd_logf(MGMD_LOG_INFO, "flooding (%s,%s) to %u interfaces",
              inet_ntop(family, source, source_text, sizeof source_text),
              inet_ntop(family, group, group_text, sizeof group_text), (unsigned)count);
}

static DWORD on_creation(DWORD source, DWORD source_mask, DWORD group, DWORD group_mask,
                         DWORD in_index, DWORD in_next_hop, DWORD count, PMGM_IF_ENTRY list) {
    (void)source_mask, (void)group_mask, (void)in_index, (void)in_next_hop, (void)list;
    log_flow(AF_INET, &source, &group, count);
    return NO_ERROR;
}

static DWORD on_creation6(struct in6_addr source, struct in6_addr source_mask,
                          struct in6_addr group, struct in6_addr group_mask, DWORD in_index,
                          struct in6_addr in_next_hop, DWORD count, PMGM_IF_ENTRY6 list) {
    (void)source_mask, (void)group_mask, (void)in_index, (void)in_next_hop, (void)list;
    log_flow(AF_INET6, &source, &group, count);
    return NO_ERROR;
}

/** Nobody is left to send a flow to. A real protocol would prune it upstream now. */
static DWORD on_prune_alert(DWORD source, DWORD source_mask, DWORD group, DWORD group_mask,
                            DWORD index, DWORD next_hop, BOOL member_delete, PDWORD timeout) {
    (void)source, (void)source_mask, (void)group, (void)group_mask, (void)index, (void)next_hop;
    if (!member_delete) {
        *timeout = flood.prune_time;
    }
    return NO_ERROR;
}

static DWORD on_prune_alert6(struct in6_addr source, struct in6_addr source_mask,
                             struct in6_addr group, struct in6_addr group_mask, DWORD index,
                             struct in6_addr next_hop, BOOL member_delete, PDWORD timeout) {
    (void)source, (void)source_mask, (void)group, (void)group_mask, (void)index, (void)next_hop;
    if (!member_delete) {
        *timeout = flood.prune_time;
    }
    return NO_ERROR;
}

/* --- prunes ---------------------------------------------------------------------------------- */

/** A flow that is not wanted on an interface. */
struct prune {
    struct prune* next;
    HANDLE timer;
    char name[32]; /**< of the interface */
    DWORD index;
    int family;
    char source_text[INET6_ADDRSTRLEN];
    char group_text[INET6_ADDRSTRLEN];
    union {
        struct in_addr ipv4;
        struct in6_addr ipv6;
    } source, group;
};

/** Puts the interface into the flow's outgoing list, or takes it out: the entry alone. */
static DWORD forward(const struct prune* prune, BOOL on) {
    struct in6_addr ones;
    if (prune->family == AF_INET) {
        return (on ? MgmAddGroupMembershipEntry : MgmDeleteGroupMembershipEntry)(
            flood.ipv4, prune->source.ipv4.s_addr, kAllOnes, prune->group.ipv4.s_addr, kAllOnes,
            prune->index, 0, MGM_FORWARD_STATE_FLAG);
    }
    memset(&ones, 0xff, sizeof ones);
    return (on ? MgmAddGroupMembershipEntry6 : MgmDeleteGroupMembershipEntry6)(
        flood.ipv6, prune->source.ipv6, ones, prune->group.ipv6, ones, prune->index, in6addr_any,
        MGM_FORWARD_STATE_FLAG);
}

static void forget(struct prune* prune) {
    struct prune** at = &flood.prunes;
    while (*at != prune) {
        at = &(*at)->next;
    }
    *at = prune->next;
    free(prune);
}

/** The time of a prune is over. ERROR_NOT_FOUND: the flow has ended in between. */
static void graft(void* context) {
    struct prune* prune = context;
    mgmd_logf(MGMD_LOG_INFO, "(%s,%s) floods %s again", prune->source_text, prune->group_text,
              prune->name);
    forward(prune, TRUE);
    forget(prune);
}

/** FALSE: not a prune of one of our interfaces. */
static BOOL parse(const char* text, struct prune* prune) {
    size_t i;
    if (sscanf(text, "prune %31s %45s %45s", prune->name, prune->source_text, prune->group_text) !=
        3) {
        return FALSE;
    }
    prune->family = strchr(prune->group_text, ':') == NULL ? AF_INET : AF_INET6;
    for (i = 0; i < mgmd_host->interface_count; ++i) {
        if (strcmp(mgmd_host->interfaces[i].name, prune->name) == 0) {
            prune->index = mgmd_host->interfaces[i].index;
        }
    }
    return prune->index != 0 && inet_pton(prune->family, prune->source_text, &prune->source) == 1 &&
           inet_pton(prune->family, prune->group_text, &prune->group) == 1;
}

static void on_datagram(int fd, unsigned events, void* context) {
    char text[256];
    struct prune* prune;
    const ssize_t length = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    (void)events, (void)context;
    if (length < 0) {
        return;
    }
    text[length] = '\0';
    prune = calloc(1, sizeof *prune);
    if (prune == NULL || !parse(text, prune)) {
        mgmd_logf(MGMD_LOG_WARNING, "not a prune of our interfaces: %s", text);
        free(prune);
        return;
    }
    if (forward(prune, FALSE) != NO_ERROR ||
        mgmd_start_timer(flood.prune_time * UINT64_C(1000), graft, prune, &prune->timer) !=
            NO_ERROR) {
        mgmd_logf(MGMD_LOG_WARNING, "can't prune: %s", text);
        free(prune);
        return;
    }
    prune->next = flood.prunes;
    flood.prunes = prune;
    mgmd_logf(MGMD_LOG_INFO, "(%s,%s) is pruned from %s", prune->source_text, prune->group_text,
              prune->name);
}

/** Listens at a path; 0: done. */
static int listen_at(const char* path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        mgmd_logf(MGMD_LOG_ERROR, "socket: the path is too long: %s", path);
        return MGMD_BAD_CONFIGURATION;
    }
    strcpy(address.sun_path, path);
    unlink(path);
    flood.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (flood.socket < 0 ||
        bind(flood.socket, (const struct sockaddr*)&address, sizeof address) != 0) {
        mgmd_logf(MGMD_LOG_ERROR, "socket %s: %s", path, strerror(errno));
        return 1;
    }
    return (int)mgmd_watch_fd(flood.socket, MGMD_READABLE, on_datagram, NULL, &flood.watch);
}

/* --- life ------------------------------------------------------------------------------------ */

static int read_arguments(void) {
    const char* text = mgmd_argument_value("prune_time", "180");
    char* end;
    const long seconds = strtol(text, &end, 10);
    if (*text == '\0' || *end != '\0' || seconds < 1 || seconds > 86400) {
        mgmd_logf(MGMD_LOG_ERROR, "prune_time: \"%s\" is no number of seconds, 1 to 86400", text);
        return MGMD_BAD_CONFIGURATION;
    }
    flood.prune_time = (unsigned)seconds;
    return 0;
}

/** The documented order: register, take the interfaces, then say what is wanted where. */
static int init(void) {
    const ROUTING_PROTOCOL_CONFIG callbacks = {.pfnCreationAlertCallback = on_creation,
                                               .pfnPruneAlertCallback = on_prune_alert};
    const ROUTING_PROTOCOL_CONFIG6 callbacks6 = {.pfnCreationAlertCallback = on_creation6,
                                                 .pfnPruneAlertCallback = on_prune_alert6};
    const char* path = mgmd_argument_value("socket", NULL);
    size_t i;
    const int bad = read_arguments();
    if (bad) {
        return bad;
    }
    if (MgmRegisterMProtocol(&callbacks, kProtocolId, 0, &flood.ipv4) != NO_ERROR ||
        MgmRegisterMProtocol6(&callbacks6, kProtocolId, 0, &flood.ipv6) != NO_ERROR) {
        return 1;
    }
    for (i = 0; i < mgmd_host->interface_count; ++i) {
        const struct mgmd_interface* interface = &mgmd_host->interfaces[i];
        const DWORD error = flood_to(interface->index);
        if (error != NO_ERROR) {
            mgmd_logf(MGMD_LOG_ERROR, "can't flood %s: error %u", interface->name, (unsigned)error);
            return 1;
        }
    }
    return path == NULL ? 0 : listen_at(path);
}

static void stop(void) {
    size_t i;
    for (i = 0; i < mgmd_host->interface_count; ++i) {
        MgmReleaseInterfaceOwnership(flood.ipv4, mgmd_host->interfaces[i].index, 0);
        MgmReleaseInterfaceOwnership6(flood.ipv6, mgmd_host->interfaces[i].index, in6addr_any);
    }
    MgmDeRegisterMProtocol(flood.ipv4);
    MgmDeRegisterMProtocol6(flood.ipv6);
    if (flood.socket >= 0) {
        mgmd_unwatch_fd(flood.watch);
        close(flood.socket);
        unlink(mgmd_argument_value("socket", ""));
    }
    while (flood.prunes != NULL) {
        mgmd_cancel_timer(flood.prunes->timer);
        forget(flood.prunes);
    }
}

const struct mgmd_plugin_descriptor mgmd_plugin = {
    .abi = MGMD_PLUGIN_ABI, .host = &mgmd_host, .name = "flood", .init = init, .stop = stop};
