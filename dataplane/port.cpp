// SPDX-License-Identifier: Apache-2.0
#include "dataplane/port.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <net/if.h>
#include <set>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_errno.h>

#include "dataplane/packet.hpp"
#include "dataplane/requirements.hpp"

namespace mgmd::dataplane {
namespace {

/// Data room of the buffers frames are received into.
constexpr std::uint32_t kBufferRoom = RTE_MBUF_DEFAULT_DATAROOM;

std::set<std::uint16_t> existing_ports() {
    std::set<std::uint16_t> ports;
    for (auto id = rte_eth_find_next(0); id < RTE_MAX_ETHPORTS;
         id = rte_eth_find_next(static_cast<std::uint16_t>(id + 1))) {
        ports.insert(static_cast<std::uint16_t>(id));
    }
    return ports;
}

MacAddress from_dpdk(const rte_ether_addr& address) {
    MacAddress mac;
    std::memcpy(mac.bytes.data(), address.addr_bytes, mac.bytes.size());
    return mac;
}

/// Hash on addresses alone where the device can, so that a flow stays on one worker whatever its
/// ports are.
std::uint64_t hash_functions(std::uint64_t offered) {
    const auto addresses = offered & RTE_ETH_RSS_IP;
    return (offered & RTE_ETH_RSS_IPV4) != 0 ? addresses : addresses | (offered & RTE_ETH_RSS_UDP);
}

/// Of the kernel interface behind a device. nullopt: there is none, or it does not tell.
std::optional<std::uint16_t> kernel_mtu(unsigned if_index) {
    ifreq request{};
    if (if_index == 0 || if_indextoname(if_index, request.ifr_name) == nullptr) {
        return std::nullopt;
    }
    const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool told = descriptor != -1 && ioctl(descriptor, SIOCGIFMTU, &request) == 0;
    if (descriptor != -1) {
        ::close(descriptor);
    }
    // Loopback has 65536.
    return told ? std::optional(static_cast<std::uint16_t>(std::min(request.ifr_mtu, 0xffff)))
                : std::nullopt;
}

/// Drivers answer -1 and -EFAULT for anything; DPDK's log says what it was.
bool names_nothing(int error) {
    return error == 0 || error == -1 || error == -EFAULT;
}

}  // namespace

Expected<std::unique_ptr<Port>> Port::open(const PortRequest& request, EalLog& complaints,
                                           const LogSink& log) {
    std::unique_ptr<Port> port(new Port(request, log));
    complaints.take_complaints();
    auto done = port->probe().and_then([&] { return port->make_ready(); });
    if (!done && port->rx_interrupts_) {
        // Also uio lacks them, and a machine may be out of vectors.
        port->rx_interrupts_ = false;
        log(LogLevel::warning, port->what("has no receive interrupts", 0) +
                                   "; idle workers poll it" + complaints.take_complaints());
        done = port->make_ready();
    }
    if (!done) {
        auto error = done.error();
        const auto missing = missing_for(request.device);
        error.message += (missing.empty() ? "" : "; " + missing) + complaints.take_complaints();
        return tl::make_unexpected(std::move(error));
    }
    return port;
}

Port::~Port() {
    close();
}

std::string Port::what(std::string_view action, int error) const {
    const auto driver = driver_.empty() ? "" : ", driver " + driver_;
    return "port \"" + request_.name + "\" (device \"" + request_.device + "\"" + driver +
           "): " + std::string(action) +
           (names_nothing(error) ? "" : ": " + std::string(rte_strerror(std::abs(error))));
}

Expected<> Port::probe() {
    const auto before = existing_ports();
    if (const int error = rte_dev_probe(request_.device.c_str()); error != 0) {
        return fail(ExitCode::system,
                    what("can't be opened", error) +
                        "; check the device string, and that its files or interfaces exist");
    }
    for (const auto id : existing_ports()) {
        if (!before.contains(id)) {
            id_ = id;
            break;
        }
    }
    if (id_ == RTE_MAX_ETHPORTS) {
        return fail(ExitCode::system, what("makes no port", 0) +
                                          "; it is not a network device, or another port has it");
    }
    open_ = true;
    if (const int error = rte_eth_dev_info_get(id_, &info_); error != 0) {
        return fail(ExitCode::system, what("tells nothing about itself", error));
    }
    driver_ = info_.driver_name;
    traits_ = traits_of(driver_, request_.device);
    rx_interrupts_ = request_.rx_interrupts && traits_.rx_interrupts;
    return {};
}

Expected<> Port::make_ready() {
    return configure().and_then([&] { return set_up_queues(); }).and_then([&] { return start(); });
}

void Port::choose_queues() {
    const auto wanted = std::max<std::uint16_t>(request_.queues, 1);
    tx_queues_ = std::min(wanted, info_.max_tx_queues);
    rx_queues_ = std::min(wanted, info_.max_rx_queues);
    if (traits_.queues_are_sources) {
        rx_queues_ = info_.max_rx_queues;
        return;
    }
    // Some devices insist on pairs.
    rx_queues_ = tx_queues_ = std::min(rx_queues_, tx_queues_);
    if (!traits_.spreads_by_itself && hash_functions(info_.flow_type_rss_offloads) == 0) {
        rx_queues_ = std::min<std::uint16_t>(rx_queues_, 1);
    }
}

rte_eth_conf Port::configuration() const {
    rte_eth_conf conf{};
    const std::uint32_t frame = request_.mtu + kL2Headroom;
    conf.rxmode.mtu = std::max(request_.mtu, info_.min_mtu);
    if (frame > kBufferRoom) {
        conf.rxmode.offloads |= info_.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
    }
    if (request_.segments) {
        conf.txmode.offloads |= info_.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    }
    if (rx_queues_ > 1 && info_.flow_type_rss_offloads != 0) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rx_adv_conf.rss_conf.rss_hf = hash_functions(info_.flow_type_rss_offloads);
    }
    conf.intr_conf.rxq = rx_interrupts_ ? 1 : 0;
    return conf;
}

Expected<> Port::configure() {
    choose_queues();
    const auto conf = configuration();
    std::uint16_t device_mtu = 0;
    rte_eth_dev_get_mtu(id_, &device_mtu);
    if (const int error = rte_eth_dev_configure(id_, rx_queues_, tx_queues_, &conf); error != 0) {
        return fail(ExitCode::system, what("refuses its configuration", error) + "; mtu " +
                                          std::to_string(request_.mtu) + ", " +
                                          std::to_string(rx_queues_) + " receive and " +
                                          std::to_string(tx_queues_) + " transmit queues");
    }
    facts_.mtu = choose_mtu(device_mtu);
    facts_.shares_frames = request_.tx_sharing.value_or(traits_.shares_frames);
    const bool advertised = (conf.txmode.offloads & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0;
    facts_.takes_segments = takes_segments(traits_, advertised);
    rx_descriptors_ = request_.rx_descriptors;
    tx_descriptors_ = request_.tx_descriptors;
    rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx_descriptors_, &tx_descriptors_);
    return {};
}

/// The MTU that frames may rely on: what was asked for, or what the device kept, if that is less.
/// Behind a device with a kernel interface there is one more MTU, which DPDK may not know, and
/// frames past it are lost in silence. `dpdk_mtu`: of the device before it was configured.
std::uint16_t Port::choose_mtu(std::uint16_t dpdk_mtu) {
    const auto kernel = kernel_mtu(info_.if_index);
    if (kernel.value_or(dpdk_mtu) == request_.mtu) {
        return request_.mtu;
    }
    const int error = rte_eth_dev_set_mtu(id_, request_.mtu);
    if (error == 0 || (error == -ENOTSUP && !kernel)) {
        return request_.mtu;
    }
    const auto kept = kernel.value_or(dpdk_mtu);
    log_(LogLevel::warning, what("keeps its MTU " + std::to_string(kept) + " instead of " +
                                     std::to_string(request_.mtu),
                                 error));
    return std::min(request_.mtu, kept);
}

Expected<> Port::set_up_queues() {
    const int node = rte_eth_dev_socket_id(id_);
    for (std::uint16_t queue = 0; queue < rx_queues_; ++queue) {
        auto* pool = request_.pool(queue);
        const int error = rte_eth_rx_queue_setup(id_, queue, rx_descriptors_,
                                                 static_cast<unsigned>(node), nullptr, pool);
        if (error != 0) {
            return fail(ExitCode::system,
                        what("refuses receive queue " + std::to_string(queue), error) + "; " +
                            std::to_string(rx_descriptors_) + " rx_descriptors");
        }
    }
    for (std::uint16_t queue = 0; queue < tx_queues_; ++queue) {
        // The default configuration may ask for MBUF_FAST_FREE, which frees frames as if nobody
        // else referenced them.
        auto conf = info_.default_txconf;
        conf.offloads = 0;
        const int error =
            rte_eth_tx_queue_setup(id_, queue, tx_descriptors_, static_cast<unsigned>(node), &conf);
        if (error != 0) {
            return fail(ExitCode::system,
                        what("refuses transmit queue " + std::to_string(queue), error) + "; " +
                            std::to_string(tx_descriptors_) + " tx_descriptors");
        }
    }
    return {};
}

void Port::choose_mac() {
    rte_ether_addr own{};
    rte_eth_macaddr_get(id_, &own);
    facts_.mac = from_dpdk(own);
    if (request_.mac && traits_.any_mac) {
        facts_.mac = *request_.mac;
    } else if (request_.mac && *request_.mac != facts_.mac) {
        rte_ether_addr wanted{};
        std::memcpy(wanted.addr_bytes, request_.mac->bytes.data(), sizeof(wanted.addr_bytes));
        if (const int error = rte_eth_dev_default_mac_addr_set(id_, &wanted); error == 0) {
            facts_.mac = *request_.mac;
        } else {
            log_(LogLevel::warning, what("keeps its own MAC " + to_string(facts_.mac), error));
        }
    }
    if (facts_.mac == MacAddress{}) {
        facts_.mac = request_.fallback_mac;
    }
}

void Port::choose_filter() {
    if (rte_eth_allmulticast_enable(id_) == 0) {
        filter_ = ReceiveFilter::all_multicast;
    } else if (rte_eth_promiscuous_enable(id_) == 0) {
        filter_ = ReceiveFilter::promiscuous;
    }
}

Expected<> Port::start() {
    choose_mac();
    if (const int error = rte_eth_dev_start(id_); error != 0) {
        return fail(ExitCode::system, what("does not start", error));
    }
    started_ = true;
    (void)rte_eth_stats_reset(id_);
    choose_filter();
    poll_link();
    return {};
}

bool Port::poll_link() {
    rte_eth_link link{};
    if (!open_ || rte_eth_link_get_nowait(id_, &link) != 0) {
        return false;
    }
    const bool up = link.link_status == RTE_ETH_LINK_UP;
    return link_up_.exchange(up) != up;
}

std::optional<std::uint64_t> Port::poll_errors(TimePoint now) {
    rte_eth_stats stats{};
    if (!open_ || !errors_.due(now) || rte_eth_stats_get(id_, &stats) != 0) {
        return std::nullopt;
    }
    return errors_.look(stats.imissed + stats.ierrors + stats.oerrors + stats.rx_nombuf, now);
}

Expected<> Port::set_up(bool up) {
    const int error =
        !open_ ? -ENODEV : (up ? rte_eth_dev_set_link_up(id_) : rte_eth_dev_set_link_down(id_));
    if (error != 0) {
        return fail(ExitCode::system, what("can't change its link", error));
    }
    return {};
}

PortView Port::view() const {
    auto stats = last_stats_;
    if (open_) {
        rte_eth_stats_get(id_, &stats);
    }
    PortView view;
    view.name = request_.name;
    view.driver = driver_;
    view.mac = facts_.mac;
    view.mtu = facts_.mtu;
    view.link_up = link_up_;
    view.shares_frames = facts_.shares_frames;
    view.filter = filter_;
    view.rx_queues = rx_queues_;
    view.tx_queues = tx_queues_;
    view.rx_packets = stats.ipackets;
    view.tx_packets = stats.opackets;
    view.rx_missed = stats.imissed;
    view.rx_errors = stats.ierrors;
    view.tx_errors = stats.oerrors;
    view.rx_no_mbuf = stats.rx_nombuf;
    return view;
}

void Port::drain() {
    std::array<rte_mbuf*, kMaxBurst> frames;
    for (std::uint16_t queue = 0; queue < rx_queues_; ++queue) {
        while (const auto count = rte_eth_rx_burst(id_, queue, frames.data(), frames.size())) {
            rte_pktmbuf_free_bulk(frames.data(), count);
        }
    }
}

std::uint32_t Port::buffers_lost_at_close() const {
    const std::uint32_t queues = rx_queues_ + tx_queues_;
    return traits_.loses_buffers ? queues * traits_.queue_keeps : 0;
}

void Port::close() {
    if (!std::exchange(open_, false)) {
        return;
    }
    rte_eth_stats_get(id_, &last_stats_);
    if (started_) {
        if (traits_.keeps_frames) {
            drain();
        }
        (void)rte_eth_dev_stop(id_);
    }
    link_up_ = false;
    (void)rte_eth_dev_close(id_);
    if (rte_dev_remove(info_.device) != 0) {
        log_(LogLevel::warning, what("can't be given back", rte_errno));
    }
}

}  // namespace mgmd::dataplane
