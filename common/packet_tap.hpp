// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/drop_reason.hpp"
#include "common/ids.hpp"
#include "common/ip_address.hpp"

/// The door by which packets of the running router are looked at: captures copy them, traces record
/// what each stage did with them. Workers write into bounded rings and never wait for who reads.
namespace mgmd {

/// Which packets of one family are meant.
template <class F>
struct TapMatch {
    bool any = true;      ///< false: none of this family
    Prefix<F> sources{};  ///< of length 0: all
    Prefix<F> groups{};   ///< the destination; of length 0: all

    bool admits(const typename F::Address& source, const typename F::Address& group) const {
        return any && sources.contains(source) && groups.contains(group);
    }
};

/// Which packets are meant: plain values, which a worker compares.
struct TapFilter {
    InterfaceIndex interface = kNoInterface;  ///< kNoInterface: all
    TapMatch<V4> ipv4;
    TapMatch<V6> ipv6;
    bool others = true;        ///< frames that are not IP, or end inside their headers
    std::uint32_t one_in = 1;  ///< of so many that match, on each worker, the last is meant; from 1
};

/// What happens to a captured frame.
enum class TapPoint : std::uint8_t {
    in,    ///< received
    out,   ///< handed to a driver, which took it
    drop,  ///< dropped: its verdict
};

struct CaptureRequest {
    TapFilter filter;
    bool in = true;
    bool out = true;
    bool drop = true;
    std::optional<DropReason> reason;   ///< drops for this reason only
    std::uint16_t snap_length = 65535;  ///< most octets of a frame that are kept
};

/// What a worker notes of a captured frame, before its octets.
struct CaptureNote {
    std::uint64_t timestamp = 0;              ///< TSC
    std::uint32_t length = 0;                 ///< octets of the frame, without FCS
    std::uint16_t captured = 0;               ///< of these that were kept
    InterfaceIndex interface = kNoInterface;  ///< kNoInterface: none is configured for it
    PortIndex port = 0;
    TapPoint point = TapPoint::in;
    DropReason reason = DropReason::count;  ///< of a drop
};

struct CapturedPacket {
    CaptureNote note;
    std::int64_t time_ns = 0;  ///< since 1970-01-01 00:00 UTC
    WorkerIndex worker = 0;
    /// From the Ethernet header on; of a drop behind classify, without what followed the IP packet.
    std::vector<std::uint8_t> octets;
};

/// The reader's end of a capture or a trace. Control thread. Its end ends it.
template <class Record>
class PacketTap {
public:
    virtual ~PacketTap() = default;

    /// Every worker looks out: a packet that comes now is met.
    virtual bool has_begun() const = 0;
    /// No more is recorded. What has been can still be read.
    virtual void stop() = 0;
    /// After stop(): every worker has let go of it, and what is there now is all.
    virtual bool has_stopped() const = 0;
    /// Nothing to read now.
    virtual bool empty() const = 0;
    /// nullopt: nothing now. Records of several workers come in the order of their time, as far as
    /// they are there.
    virtual std::optional<Record> next() = 0;
    /// Records that found no room in a ring so far.
    virtual std::uint64_t missed() const = 0;
};

}  // namespace mgmd
