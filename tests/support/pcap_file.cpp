// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pcap_file.hpp"

#include <memory>
#include <pcap/pcap.h>
#include <stdexcept>
#include <stdlib.h>

namespace mgmd::test {
namespace {

struct Close {
    void operator()(pcap_t* capture) const { pcap_close(capture); }
    void operator()(pcap_dumper_t* dumper) const { pcap_dump_close(dumper); }
};

}  // namespace

void write_pcap(const std::filesystem::path& file, const std::vector<Bytes>& frames) {
    const std::unique_ptr<pcap_t, Close> capture(pcap_open_dead(DLT_EN10MB, 65535));
    const std::unique_ptr<pcap_dumper_t, Close> dumper(pcap_dump_open(capture.get(), file.c_str()));
    if (dumper == nullptr) {
        throw std::runtime_error(pcap_geterr(capture.get()));
    }
    for (const auto& frame : frames) {
        pcap_pkthdr header{};
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
        pcap_dump(reinterpret_cast<u_char*>(dumper.get()), &header, frame.data());
    }
}

std::vector<Bytes> read_pcap(const std::filesystem::path& file) {
    char error[PCAP_ERRBUF_SIZE] = {};
    const std::unique_ptr<pcap_t, Close> capture(pcap_open_offline(file.c_str(), error));
    if (capture == nullptr) {
        throw std::runtime_error(error);
    }
    std::vector<Bytes> frames;
    pcap_pkthdr* header = nullptr;
    const u_char* data = nullptr;
    while (pcap_next_ex(capture.get(), &header, &data) == 1) {
        frames.emplace_back(data, data + header->caplen);
    }
    return frames;
}

TemporaryDirectory::TemporaryDirectory() {
    auto name = (std::filesystem::temp_directory_path() / "mgmd-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("no temporary directory");
    }
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace mgmd::test
