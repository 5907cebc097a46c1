// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "common/ctl/command_table.hpp"
#include "tests/fuzz/require.hpp"
#include "tools/mgmctl/captured_packet.hpp"

/// Any octets as a capture file that mgmctl is to explain a packet of: what it finds there is a
/// value that the router takes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mgmd;
    if (size < 2) {
        return 0;
    }
    std::FILE* file = ::fmemopen(const_cast<std::uint8_t*>(data + 1), size - 1, "rb");
    test::require(file != nullptr, "memory can be read as a file");
    const auto packet = mgmctl::captured_packet(file, 1 + data[0] % 4);
    if (!packet) {
        test::require(!packet.error().empty(), "a refusal says why");
        return 0;
    }
    const auto& argument = *ctl::find_command("explain")->argument("packet");
    test::require(ctl::check_value(argument, ctl::packet_value(*packet)).has_value(),
                  "the router takes it");
    return 0;
}
