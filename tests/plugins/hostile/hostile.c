/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A plugin that does all that a plugin should not do, and logs what it gets for it. Arguments:
 * `foreign`, the index of an interface that is another protocol's.
 */
#include <mgmd/plugin.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static const DWORD kProtocolId = 0x7fff0666;
static const DWORD kGroup = 0x010101ef; /* 239.1.1.1 in network byte order */
static const DWORD kOnes = 0xffffffff;

static HANDLE registered;

static void expect(const char* what, DWORD error) {
    mgmd_logf(MGMD_LOG_INFO, "%s: %u", what, (unsigned)error);
}

static void never(void* context) {
    (void)context;
    mgmd_log(MGMD_LOG_ERROR, "a timer that was to be ended");
}

static DWORD add(HANDLE handle, DWORD index) {
    return MgmAddGroupMembershipEntry(handle, 0, 0, kGroup, kOnes, index, 0, MGM_JOIN_STATE_FLAG);
}

static void never_fd(int fd, unsigned events, void* context) {
    (void)fd, (void)events;
    never(context);
}

static void pass_nothing(void) {
    DWORD size = 4096;
    expect("NULL configuration", MgmRegisterMProtocol(NULL, kProtocolId, 7, &registered));
    expect("NULL buffer", MgmGetFirstMfe(&size, NULL, &size));
    expect("NULL size", MgmGetFirstMfe(NULL, NULL, NULL));
    expect("NULL handle", MgmDeRegisterMProtocol(NULL));
    expect("NULL callback", mgmd_start_timer(1, NULL, NULL, NULL));
}

static void make_up_handles(void) {
    HANDLE timer;
    HANDLE stale;
    const ROUTING_PROTOCOL_CONFIG none = {0};
    expect("made-up handle", MgmDeRegisterMProtocol((HANDLE)(uintptr_t)0xdeadbeef));
    expect("pointer for a handle", add(&timer, 1));
    mgmd_start_timer(60000, never, NULL, &timer);
    expect("timer for a protocol", MgmDeRegisterMProtocol(timer));
    MgmRegisterMProtocol(&none, kProtocolId, 1, &stale);
    MgmDeRegisterMProtocol(stale);
    expect("stale handle", MgmDeRegisterMProtocol(stale));
    expect("IPv4 handle for IPv6", MgmDeRegisterMProtocol6(registered));
}

static void reach_for_others(void) {
    const DWORD foreign = (DWORD)atoi(mgmd_argument_value("foreign", "0"));
    const ROUTING_PROTOCOL_CONFIG none = {0};
    HANDLE handle;
    expect("foreign interface", MgmTakeInterfaceOwnership(registered, foreign, 0));
    expect("member on a foreign interface", add(registered, foreign));
    expect("no such interface", MgmTakeInterfaceOwnership(registered, 99999, 0));
    expect("twice the same", MgmRegisterMProtocol(&none, kProtocolId, 0, &handle));
    expect("IGMP's own id", MgmRegisterMProtocol(&none, 0x4137000a, 0, &handle));
    expect("member without flags",
           MgmAddGroupMembershipEntry(registered, 0, 0, kGroup, kOnes, foreign, 0, 0));
    expect("closed descriptor", mgmd_watch_fd(987, MGMD_READABLE, never_fd, NULL, NULL));
}

/** Never ends, so that it calls after `stop` as well. */
static void* call_for_ever(void* context) {
    const DWORD first = add(registered, 1);
    (void)context;
    expect("another thread", first);
    for (;;) {
        BYTE buffer[1024];
        DWORD size = sizeof buffer;
        DWORD count;
        if (MgmGetFirstMfe(&size, buffer, &count) != ERROR_CAN_NOT_COMPLETE) {
            abort();
        }
        usleep(1000);
    }
    return NULL;
}

static int init(void) {
    const ROUTING_PROTOCOL_CONFIG none = {0};
    HANDLE enumeration;
    pthread_t thread;
    if (MgmRegisterMProtocol(&none, kProtocolId, 0, &registered) != NO_ERROR ||
        MgmTakeInterfaceOwnership(registered, mgmd_host->interfaces[0].index, 0) != NO_ERROR) {
        return 1;
    }
    pass_nothing();
    make_up_handles();
    reach_for_others();
    expect("deregister with an interface", MgmDeRegisterMProtocol(registered));
    MgmGroupEnumerationStart(registered, ANY_SOURCE, &enumeration); /* never ended */
    mgmd_log(MGMD_LOG_INFO, "a line\nthat is none\x1b[31m");
    return pthread_create(&thread, NULL, call_for_ever, NULL);
}

/** Leaves all behind: the interface, the registration, the enumeration, timers, the thread. */
static void stop(void) {}

const struct mgmd_plugin_descriptor mgmd_plugin = {
    .abi = MGMD_PLUGIN_ABI, .host = &mgmd_host, .name = "hostile", .init = init, .stop = stop};
