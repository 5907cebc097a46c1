// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <rte_ethdev.h>
#include <rte_mempool.h>

#include "common/dataplane_view.hpp"
#include "common/error.hpp"
#include "common/log_sink.hpp"
#include "dataplane/driver_table.hpp"
#include "dataplane/eal_log.hpp"
#include "dataplane/interface_table.hpp"
#include "dataplane/port_errors.hpp"

namespace mgmd::dataplane {

/// What a port is to be. Kernel ports are ports too.
struct PortRequest {
    std::string name;    ///< for messages
    std::string device;  ///< DPDK device string or PCI address
    std::optional<MacAddress> mac;
    MacAddress fallback_mac;  ///< where a device without an address gets no other
    std::uint16_t mtu = 1500;
    std::uint16_t queues = 1;  ///< pairs wanted; the device may have fewer
    std::uint16_t rx_descriptors = 1024;
    std::uint16_t tx_descriptors = 1024;
    std::optional<bool> tx_sharing;
    bool segments = false;       ///< frames of several segments will be sent
    bool rx_interrupts = false;  ///< wanted, where the device has them
    /// The pool of a receive queue's buffers.
    std::function<rte_mempool*(std::uint16_t queue)> pool;
};

/// A DPDK port from probe to close. Control thread, except rte_eth_rx_burst and rte_eth_tx_burst
/// with `id()`.
class Port {
public:
    /// Probes, configures and starts. An error names the port, the device and what to do.
    static Expected<std::unique_ptr<Port>> open(const PortRequest& request, EalLog& complaints,
                                                const LogSink& log);
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    std::uint16_t id() const { return id_; }
    std::uint16_t rx_queues() const { return rx_queues_; }
    std::uint16_t tx_queues() const { return tx_queues_; }
    const PortFacts& facts() const { return facts_; }
    bool has_rx_interrupts() const { return rx_interrupts_; }

    /// Looks at the link. True: it changed since the last look.
    bool poll_link();
    bool link_up() const { return link_up_; }  ///< any thread
    /// Looks at the device's error counters once in a while. Errors and losses since the last
    /// report, when there is one to make.
    std::optional<std::uint64_t> poll_errors(TimePoint now);
    Expected<> set_up(bool up);
    PortView view() const;  ///< also after close(): as it was then

    /// Frees what the device keeps and gives it back. No worker uses the port any more.
    void close();
    /// Most buffers that the driver does not give back when it is closed.
    std::uint32_t buffers_lost_at_close() const;

private:
    Port(const PortRequest& request, const LogSink& log) : request_(request), log_(log) {}
    Expected<> probe();
    Expected<> make_ready();
    Expected<> configure();
    Expected<> set_up_queues();
    Expected<> start();
    void choose_queues();
    std::uint16_t choose_mtu(std::uint16_t dpdk_mtu);
    void choose_mac();
    void choose_filter();
    rte_eth_conf configuration() const;
    std::string what(std::string_view action, int error) const;
    void drain();

    PortRequest request_;
    LogSink log_;
    std::uint16_t id_ = RTE_MAX_ETHPORTS;
    rte_eth_dev_info info_{};
    std::string driver_;
    DriverTraits traits_;
    std::uint16_t rx_queues_ = 0;
    std::uint16_t tx_queues_ = 0;
    std::uint16_t rx_descriptors_ = 0;
    std::uint16_t tx_descriptors_ = 0;
    PortFacts facts_;
    ReceiveFilter filter_ = ReceiveFilter::as_is;
    bool rx_interrupts_ = false;
    bool open_ = false;
    bool started_ = false;
    std::atomic<bool> link_up_{false};  // control: rw, telemetry: ro
    rte_eth_stats last_stats_{};
    PortErrors errors_;
};

}  // namespace mgmd::dataplane
