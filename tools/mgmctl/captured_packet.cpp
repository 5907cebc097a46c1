// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/captured_packet.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <pcap/pcap.h>

namespace mgmd::mgmctl {
namespace {

struct Close {
    void operator()(pcap_t* capture) const { pcap_close(capture); }
};

tl::unexpected<std::string> fail(std::string message) {
    return tl::make_unexpected(std::move(message));
}

tl::expected<ctl::PacketOctets, std::string> packet_of(const pcap_pkthdr& header,
                                                       const std::uint8_t* octets) {
    // What is captured is at most what was there, whatever the file says.
    const auto length = std::max(header.len, header.caplen);
    if (length > ctl::PacketOctets::kMostOctets) {
        return fail("a frame of " + std::to_string(length) + " octets: a router takes at most " +
                    std::to_string(ctl::PacketOctets::kMostOctets));
    }
    const auto given = std::min<std::size_t>(header.caplen, ctl::PacketOctets::kMostGiven);
    return ctl::PacketOctets{{octets, octets + given}, length};
}

}  // namespace

tl::expected<ctl::PacketOctets, std::string> captured_packet(std::FILE* capture,
                                                             std::uint64_t number) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    const std::unique_ptr<pcap_t, Close> opened(pcap_fopen_offline(capture, error.data()));
    if (opened == nullptr) {
        std::fclose(capture);
        return fail(error.data());
    }
    if (pcap_datalink(opened.get()) != DLT_EN10MB) {
        return fail("a capture of something other than Ethernet");
    }
    for (std::uint64_t at = 1;; ++at) {
        pcap_pkthdr* header = nullptr;
        const std::uint8_t* octets = nullptr;
        const int found = pcap_next_ex(opened.get(), &header, &octets);
        if (found == PCAP_ERROR_BREAK) {
            return fail("packet " + std::to_string(number) + ": there are " +
                        std::to_string(at - 1));
        }
        if (found != 1) {
            return fail("packet " + std::to_string(at) + ": " + pcap_geterr(opened.get()));
        }
        if (at == number) {
            return packet_of(*header, octets);
        }
    }
}

tl::expected<ctl::PacketOctets, std::string> captured_packet(const std::string& path,
                                                             std::uint64_t number) {
    std::FILE* capture = std::fopen(path.c_str(), "rb");
    if (capture == nullptr) {
        return fail(path + ": " + std::strerror(errno));
    }
    auto packet = captured_packet(capture, number);
    return packet ? packet : fail(path + ": " + packet.error());
}

}  // namespace mgmd::mgmctl
