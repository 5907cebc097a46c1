// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/ctl/line_buffer.hpp"
#include "common/ctl/request.hpp"
#include "tests/fuzz/require.hpp"

/// Any octets as what a client of the control socket sends: cut into lines within the bound,
/// whatever the pieces, and each refused with a message or read as a request that reads the same
/// when it is written and read again.
namespace {

using namespace mgmd::ctl;
using mgmd::test::require;

void check_line(const std::string& line) {
    Json id;
    const auto request = parse_request(line, id);
    if (!request) {
        require(!request.error().message.empty(), "a refusal says why");
        const auto answer = error_line(id, request.error());
        require(parse_line(std::string_view(answer).substr(0, answer.size() - 1)).has_value(),
                "a refusal can be told");
        return;
    }
    auto again = request_line(*request->command, request->arguments.json());
    again.pop_back();
    const auto read_again = parse_request(again, id);
    require(read_again.has_value() && read_again->command == request->command &&
                read_again->arguments.json() == request->arguments.json(),
            "a request says the same when written and read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    LineBuffer buffer(kMaxRequestOctets);
    std::string_view left(reinterpret_cast<const char*>(data), size);
    const std::size_t piece = size == 0 ? 1 : 1 + data[0];
    while (!left.empty()) {
        const auto count = std::min({piece, left.size(), buffer.room()});
        buffer.append(left.substr(0, count));
        left.remove_prefix(count);
        if (buffer.has_overflown()) {
            return 0;
        }
        while (const auto line = buffer.next()) {
            require(line->size() <= kMaxRequestOctets, "no line is longer than the bound");
            check_line(*line);
        }
    }
    require(buffer.rest().size() <= kMaxRequestOctets, "no more is kept than the bound");
    return 0;
}
