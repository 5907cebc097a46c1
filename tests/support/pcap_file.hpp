// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "tests/support/wire_writer.hpp"

namespace mgmd::test {

/// Frames in a capture file, all at time zero. Throw std::runtime_error when the file can't be
/// written or read, or is none.
void write_pcap(const std::filesystem::path& file, const std::vector<Bytes>& frames);
std::vector<Bytes> read_pcap(const std::filesystem::path& file);

/// A directory that is removed with everything in it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace mgmd::test
