// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mgmd/plugin_abi.h>

#include "control/mgm/types.hpp"
#include "control/protocols/plugin/handle_table.hpp"

namespace boost::asio {
class io_context;
}
namespace boost::system {
class error_code;
}

namespace mgmd::plugin {

/// A plugin's timers and the descriptors that it waits for. Control thread.
class LoopServices {
public:
    static constexpr std::size_t kMostTimers = 65'536;
    static constexpr std::size_t kMostWatches = 1'024;

    /// Runs code of the plugin.
    using Enter = std::function<void(const char* what, const std::function<void()>& call)>;

    /// `io` outlives it. `plugin`: the plugin's number, for its handles.
    LoopServices(boost::asio::io_context& io, std::uint8_t plugin, Enter enter);
    ~LoopServices();
    LoopServices(const LoopServices&) = delete;
    LoopServices& operator=(const LoopServices&) = delete;

    mgm::Result<HANDLE> start_timer(std::uint64_t milliseconds, mgmd_timer_callback callback,
                                    void* context);
    mgm::Result<> cancel_timer(HANDLE timer);
    mgm::Result<HANDLE> watch(int fd, unsigned events, mgmd_fd_callback callback, void* context);
    mgm::Result<> unwatch(HANDLE watch);

    /// Ends all and says how many there were.
    std::size_t end_all();

private:
    struct Timer;
    struct Watch;

    void fire(HANDLE handle);
    void wait(HANDLE handle, Watch& watch, unsigned event);
    void on_ready(HANDLE handle, unsigned event, const boost::system::error_code& error);

    boost::asio::io_context& io_;
    Enter enter_;
    HandleTable<std::unique_ptr<Timer>> timers_;
    HandleTable<std::shared_ptr<Watch>> watches_;
    /// Tells handlers that come late whether it still is there.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace mgmd::plugin
