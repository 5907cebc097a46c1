// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "tests/bench/probe/flow_writer.hpp"

namespace mgmd::probe {

/// A host where copies leave. It joins one group after the other, 239.64.0.1 first, each while a
/// stream to it has been running for a while that nobody wanted.
class Host {
public:
    /// So many joins a second, until it is a member of all groups below `groups`.
    Host(std::uint64_t rate, std::uint32_t groups, std::uint64_t hz)
        : gap_(hz / rate), patience_(hz), groups_(groups) {}

    /// The group of the stream.
    std::uint32_t group() const { return group_; }

    /// Whether the report for that group arrives now. One that has brought no copy for a second is
    /// lost, and the next group's turn has come.
    bool reports(std::uint64_t now) {
        if (next_ == 0) {
            next_ = now + gap_;
        }
        if (reported_ != 0 && now - reported_ > patience_) {
            ++lost_;
            go_on(now);
        }
        if (reported_ != 0 || now < next_ || group_ + 1 >= groups_) {
            return false;
        }
        reported_ = now;
        return true;
    }

    /// A copy of a packet to `group` left. The time since the report, if it is the first one since.
    std::optional<std::uint64_t> saw(std::uint32_t group, std::uint64_t now) {
        if (reported_ == 0 || group != group_) {
            return std::nullopt;
        }
        const std::uint64_t waited = now > reported_ ? now - reported_ : 0;
        go_on(now);
        return waited;
    }

    std::uint64_t lost() const { return lost_; }

private:
    void go_on(std::uint64_t now) {
        ++group_;
        reported_ = 0;
        next_ = now + gap_;
    }

    std::uint64_t gap_;
    std::uint64_t patience_;
    std::uint32_t groups_;
    std::uint32_t group_ = 1;
    std::uint64_t next_ = 0;      ///< TSC
    std::uint64_t reported_ = 0;  ///< TSC; 0: not yet
    std::uint64_t lost_ = 0;
};

/// RFC 1071, of an even number of octets.
inline std::uint16_t checksum(const std::byte* at, std::size_t octets) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < octets; i += 2) {
        sum +=
            std::to_integer<std::uint32_t>(at[i]) << 8 | std::to_integer<std::uint32_t>(at[i + 1]);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

inline constexpr std::size_t kReportOctets = 60;

/// 192.168.1.2 wants 239.64.0.0 + group of any source: an IGMPv3 report with one record
/// (RFC 9776 4.2), in an untagged Ethernet frame.
inline void write_report(std::byte* frame, std::uint32_t group) {
    constexpr std::size_t kIp = 14;
    constexpr std::size_t kIgmp = kIp + 24;
    constexpr std::size_t kIgmpOctets = 16;
    std::memset(frame, 0, kReportOctets);
    put32(frame, 0x0100'5e00);
    put32(frame + 4, 0x0016'0200);
    put32(frame + 8, 0x0000'0b02);
    put16(frame + 12, 0x0800);
    put32(frame + kIp, 0x46c0'0028);
    put32(frame + kIp + 8, 0x0102'0000);  // TTL 1, IGMP
    put32(frame + kIp + 12, 0xc0a8'0102);
    put32(frame + kIp + 16, 0xe000'0016);  // 224.0.0.22
    put32(frame + kIp + 20, 0x9404'0000);  // Router Alert (RFC 2113)
    put16(frame + kIp + 10, checksum(frame + kIp, 24));
    put32(frame + kIgmp, 0x2200'0000);
    put32(frame + kIgmp + 4, 1);
    put32(frame + kIgmp + 8, 0x0400'0000);  // CHANGE_TO_EXCLUDE_MODE, no sources
    put32(frame + kIgmp + 12, 0xef40'0000 + group);
    put16(frame + kIgmp + 2, checksum(frame + kIgmp, kIgmpOctets));
}

}  // namespace mgmd::probe
