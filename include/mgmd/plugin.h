/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A multicast routing protocol for mgmd as a shared object: include this, define `mgmd_plugin`,
 * compile with the flags of `pkg-config --cflags mgmd-plugin` and -shared -fPIC. docs/plugins.md
 * of mgmd walks through an example.
 *
 *     static int init(void) { return 0; }
 *     const struct mgmd_plugin_descriptor mgmd_plugin = {
 *         .abi = MGMD_PLUGIN_ABI, .host = &mgmd_host, .name = "mine", .init = init};
 *
 * The router calls the plugin on one thread, its control thread, and answers calls only there: the
 * plugin needs no lock and must not block. Only mgmd_log and mgmd_logf are for any thread.
 * Callbacks must not throw.
 */
#ifndef MGMD_PLUGIN_H
#define MGMD_PLUGIN_H

#include <mgmd/mgm_functions.h>
#include <mgmd/plugin_abi.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
/* C has no other casts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
extern "C" {
#endif

/** To be defined by the plugin. */
extern __attribute__((visibility("default"))) const struct mgmd_plugin_descriptor mgmd_plugin;

/** A line in the router's log, after the plugin's name. Any thread, until `stop` has returned. */
static inline void mgmd_log(enum mgmd_log_level level, const char* text) {
    if (mgmd_host != NULL) {
        mgmd_host->services->log(mgmd_host->router, (DWORD)level, text);
    }
}

/** The same as printf does it; up to 511 octets. */
__attribute__((format(printf, 2, 3))) static inline void mgmd_logf(enum mgmd_log_level level,
                                                                   const char* format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    mgmd_log(level, text);
}

/** The value of an argument in the configuration; `otherwise` if it is not given. */
static inline const char* mgmd_argument_value(const char* name, const char* otherwise) {
    size_t i;
    for (i = 0; mgmd_host != NULL && i < mgmd_host->argument_count; ++i) {
        if (strcmp(mgmd_host->arguments[i].name, name) == 0) {
            return mgmd_host->arguments[i].value;
        }
    }
    return otherwise;
}

/**
 * Calls `callback(context)` once, after so many milliseconds or a little later, never from inside
 * this call. *timer: to cancel it with; may be NULL. At most 65 536 wait at a time.
 */
static inline DWORD mgmd_start_timer(uint64_t milliseconds, mgmd_timer_callback callback,
                                     void* context, PHANDLE timer) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->services->start_timer(mgmd_host->router, milliseconds,
                                                                callback, context, timer);
}

/** ERROR_INVALID_PARAMETER: it has been called, or cancelled, before. */
static inline DWORD mgmd_cancel_timer(HANDLE timer) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->services->cancel_timer(mgmd_host->router, timer);
}

/**
 * Calls `callback(fd, what, context)` as long as the descriptor is as asked, until it is no longer
 * watched: MGMD_READABLE, MGMD_WRITABLE or both. The descriptor stays the plugin's; the router has
 * a duplicate, so unwatch before you close. At most 1 024 are watched at a time.
 * ERROR_INVALID_PARAMETER: not open, or nothing that can be waited for (a file).
 */
static inline DWORD mgmd_watch_fd(int fd, unsigned events, mgmd_fd_callback callback, void* context,
                                  PHANDLE watch) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->services->watch_fd(mgmd_host->router, fd, events,
                                                             callback, context, watch);
}

static inline DWORD mgmd_unwatch_fd(HANDLE watch) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->services->unwatch_fd(mgmd_host->router, watch);
}

/** Whether an interface of the plugin has a link. ERROR_NOT_FOUND: it is none of its interfaces. */
static inline DWORD mgmd_link_is_up(DWORD index, BOOL* up) {
    return mgmd_host == NULL ? (DWORD)ERROR_CAN_NOT_COMPLETE
                             : mgmd_host->services->link_is_up(mgmd_host->router, index, up);
}

#ifdef __cplusplus
}
#pragma GCC diagnostic pop
#endif

#endif
