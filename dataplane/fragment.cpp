// SPDX-License-Identifier: Apache-2.0
#include "dataplane/fragment.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "common/checksum.hpp"
#include "common/headers.hpp"
#include "dataplane/frame.hpp"
#include "dataplane/packet.hpp"

// librte_ip_frag has the same function, but in 22.11 its copying form is experimental, takes no
// multi-segment packet and leaves the checksums to the caller.
namespace mgmd::dataplane {
namespace {

constexpr std::size_t kMaxHeader = 60;
constexpr std::uint16_t kBlock = 8;  // fragments are cut at multiples of eight octets (RFC 791 3.1)
constexpr std::uint8_t kEndOfOptions = 0;
constexpr std::uint8_t kNoOperation = 1;
constexpr std::uint8_t kCopiedFlag = 0x80;

/// An IPv4 header with its options, apart from any packet.
struct Header {
    std::array<std::uint8_t, kMaxHeader> bytes;
    std::uint16_t length;

    Ipv4Header& fixed() { return *reinterpret_cast<Ipv4Header*>(bytes.data()); }
    void set_length(std::size_t octets) {
        length = static_cast<std::uint16_t>(octets);
        fixed().version_ihl = static_cast<std::uint8_t>(0x40u | octets / 4);
    }
};

Header whole_header(const rte_mbuf& packet) {
    Header header;
    const auto* from = rte_pktmbuf_mtod(&packet, const Ipv4Header*);
    std::memcpy(header.bytes.data(), from, from->header_length());
    header.length = static_cast<std::uint16_t>(from->header_length());
    return header;
}

/// The header of every fragment but the first: options without the copied flag are left out
/// (RFC 791 3.1, "copied flag"). Classify has checked the lengths of the options.
Header later_header(const Header& first) {
    Header header = first;
    std::size_t to = sizeof(Ipv4Header);
    for (std::size_t at = sizeof(Ipv4Header); at < first.length;) {
        const std::uint8_t type = first.bytes[at];
        if (type == kEndOfOptions) {
            break;
        }
        if (type == kNoOperation) {
            ++at;
            continue;
        }
        const std::size_t left = first.length - at;
        const std::size_t length =
            left < 2 ? left : std::min<std::size_t>(first.bytes[at + 1], left);
        if (length < 2) {
            break;
        }
        if ((type & kCopiedFlag) != 0) {
            std::memcpy(&header.bytes[to], &first.bytes[at], length);
            to += length;
        }
        at += length;
    }
    while (to % 4 != 0) {
        header.bytes[to++] = kEndOfOptions;
    }
    header.set_length(to);
    return header;
}

/// One packet's way into fragments.
class Fragmenter {
public:
    Fragmenter(const rte_mbuf& packet, std::uint16_t mtu, rte_mempool& pool)
        : packet_(packet),
          pool_(pool),
          header_(whole_header(packet)),
          position_(header_.length),
          end_(header_.fixed().total_length.host()),
          most_(std::min<std::uint32_t>(mtu,
                                        rte_pktmbuf_data_room_size(&pool) - RTE_PKTMBUF_HEADROOM)),
          flags_offset_(header_.fixed().flags_fragment_offset.host()) {}

    bool done() const { return position_ >= end_; }

    /// nullptr: no buffer, or the rest can't be expressed in fragments of this size.
    rte_mbuf* next() {
        const std::uint32_t size = std::min(room(), end_ - position_);
        const bool last = position_ + size == end_;
        const std::uint32_t offset = (flags_offset_ & Ipv4Header::kOffsetMask) + blocks_;
        if (size == 0 || offset > Ipv4Header::kOffsetMask) {
            return nullptr;
        }
        rte_mbuf* made = rte_pktmbuf_alloc(&pool_);
        if (made == nullptr) {
            return nullptr;
        }
        write(*made, size, offset, last);
        if (blocks_ == 0) {
            header_ = later_header(header_);
        }
        position_ += size;
        blocks_ += size / kBlock;
        return made;
    }

private:
    std::uint32_t room() const {
        return most_ <= header_.length ? 0 : (most_ - header_.length) / kBlock * kBlock;
    }

    void write(rte_mbuf& made, std::uint32_t size, std::uint32_t offset, bool last) {
        // The last fragment keeps the More Fragments flag of what may be a fragment itself.
        const std::uint32_t flags = (flags_offset_ & ~std::uint32_t{Ipv4Header::kOffsetMask}) |
                                    (last ? 0u : Ipv4Header::kMoreFragments);
        Ipv4Header& fixed = header_.fixed();
        fixed.total_length = be16{static_cast<std::uint16_t>(header_.length + size)};
        fixed.flags_fragment_offset = be16{static_cast<std::uint16_t>(flags | offset)};
        fixed.checksum = be16{};
        fixed.checksum = internet_checksum({header_.bytes.data(), header_.length});
        auto* to = rte_pktmbuf_mtod(&made, std::uint8_t*);
        std::memcpy(to, header_.bytes.data(), header_.length);
        copy_octets(packet_, position_, size, to + header_.length);
        set_packet_length(made, header_.length + size);
    }

    const rte_mbuf& packet_;
    rte_mempool& pool_;
    Header header_;
    std::uint32_t position_;  ///< first octet of the packet that no fragment has yet
    std::uint32_t end_;
    std::uint32_t most_;  ///< octets of IP in one fragment
    std::uint32_t flags_offset_;
    std::uint32_t blocks_ = 0;  ///< of the data, in fragments already
};

}  // namespace

std::uint16_t fragment(const rte_mbuf& packet, std::uint16_t mtu, rte_mempool& pool,
                       std::span<rte_mbuf*> out) {
    Fragmenter fragmenter(packet, mtu, pool);
    std::uint16_t count = 0;
    while (!fragmenter.done()) {
        rte_mbuf* made = count == kMaxFragments ? nullptr : fragmenter.next();
        if (made == nullptr) {
            rte_pktmbuf_free_bulk(out.data(), count);
            return 0;
        }
        out[count++] = made;
    }
    return count;
}

}  // namespace mgmd::dataplane
