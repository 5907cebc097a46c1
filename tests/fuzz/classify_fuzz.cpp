// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "dataplane/worker_tap.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/ingress_fixture.hpp"

/// Any octets as a frame: it gets exactly one verdict, no buffer is lost, and what is handed on as
/// data keeps the promises of dataplane::Packet. The first octet says where it arrives and in
/// which pieces.
namespace {

using namespace mgmd;
using namespace mgmd::test;

class Harness : public IngressTest {
public:
    Harness() {
        GTEST_FLAG_SET(throw_on_failure, true);  // what the fixture asserts ends the process too
        interface(1).boundaries.ipv4 = {*parse_prefix<V4>("239.192.0.0/14")};
        interface(1).boundaries.ipv6_scope = 5;
        apply_settings();
        observers_.captures[0] = &capture_;
        observers_.capture_count = 1;
        ctx_.observers = &observers_;
    }

    void run(std::uint8_t how, std::span<const std::uint8_t> frame) {
        const auto port = static_cast<PortIndex>(how % ports_.size());
        std::vector<std::size_t> segments;
        for (unsigned shift = 2; shift < 8; shift += 2) {
            segments.push_back(std::size_t{how >> shift & 3u} * 17);
        }
        auto* made = make_mbuf(pool(), frame, (how & 0xfc) != 0 ? segments : decltype(segments){});
        require(made != nullptr, "the frame fits the pool");
        ctx_.port_in_hand = port;
        const auto outcome = receive_frames(port, {made});
        require(outcome.verdicts.received == 1, "one frame was counted");
        require(outcome.ipv4.size() + outcome.ipv6.size() + outcome.verdicts.dropped_total() +
                        outcome.verdicts.punted ==
                    1,
                "the frame has exactly one verdict");
        require(rte_mempool_in_use_count(pool()) == 0, "every buffer is back");
        check_captured(outcome, frame);
        check_data<V4>(outcome, frame);
        check_data<V6>(outcome, frame);
        for (const auto& control : outcome.control) {
            require(control.length <= frame.size(), "control sees what was received");
        }
    }

private:
    void TestBody() override {}

    void check_captured(const Outcome& outcome, std::span<const std::uint8_t> frame) {
        Bytes octets;
        const auto note = capture_.ring.pop(octets);
        require(note.has_value() == (outcome.verdicts.dropped_total() == 1),
                "what is dropped is captured");
        require(!note || std::equal(octets.begin(), octets.end(), frame.begin(), frame.end()),
                "it is captured as it was received");
    }

    template <class F>
    static void check_data(const Outcome& outcome, std::span<const std::uint8_t> frame) {
        for (const auto& data : outcome.data<F>()) {
            const auto& packet = data.packet;
            require(packet.ip_length >= packet.header_length, "the header is in the packet");
            require(packet.ip_length + packet.l2_length <= frame.size(), "nothing was made up");
            require(data.bytes.size() == std::max(packet.ip_length, dataplane::kMinPayload),
                    "the packet is trimmed or padded");
            require(std::equal(data.bytes.begin(), data.bytes.begin() + packet.ip_length,
                               frame.begin() + packet.l2_length),
                    "the packet is as received");
            require(is_multicast(data.key.group) && !is_link_scope_group(data.key.group),
                    "only forwardable groups are data");
            require(!is_multicast(data.key.source) && !is_unspecified(data.key.source) &&
                        !is_link_local(data.key.source),
                    "the source can be one");
        }
    }

    dataplane::WorkerCapture capture_{{}, 1 << 17};
    dataplane::Observers observers_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kLongestFrame = 9618;
    start_eal();
    static Harness harness;
    if (size != 0) {
        harness.run(data[0], {data + 1, std::min(size - 1, kLongestFrame)});
    }
    return 0;
}
