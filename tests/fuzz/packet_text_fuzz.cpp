// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <span>
#include <sstream>

#include "tests/fuzz/require.hpp"
#include "tools/mgmctl/tap/packet_text.hpp"
#include "tools/mgmctl/tap/pcapng.hpp"

/// Any octets as a captured frame: they become one line, and a block of a capture file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace mgmd::mgmctl;
    // As the seeds of classify have it: the first octet is none of the frame.
    const auto frame = std::span(data, size).subspan(size == 0 ? 0 : 1);
    const auto text = packet_text(frame);
    mgmd::test::require(!text.empty() && text.find('\n') == std::string::npos, "one line");
    (void)from_hexadecimal({reinterpret_cast<const char*>(data), size});
    std::ostringstream file;
    PcapngWriter writer(file);
    const auto before = file.str().size();
    writer.add_packet("link", {.octets = frame, .comment = text});
    mgmd::test::require((file.str().size() - before) % 4 == 0, "blocks are of whole words");
    return 0;
}
