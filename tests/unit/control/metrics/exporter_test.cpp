// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/exporter.hpp"

#include <future>
#include <sstream>
#include <string>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/control/control_plane_fixture.hpp"

namespace mgmd::metrics {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ExporterTest : public ::testing::Test, protected mgmd::test::ControlPlaneFixture {
protected:
    void SetUp() override {
        settings.metrics.listen = "127.0.0.1:0";
        start();
    }
    Expected<std::unique_ptr<Exporter>> listen() {
        return Exporter::listen(settings, now, loop, *control);
    }

    SteadyClock now;
};

/// The whole answer of the server.
std::string ask(std::uint16_t port, const std::string& request) {
    boost::asio::io_context io;
    tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::asio::write(socket, boost::asio::buffer(request));
    std::string answer;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
    return answer;
}

std::string get(const std::string& path) {
    return "GET " + path + " HTTP/1.0\r\n\r\n";
}

TEST_F(ExporterTest, ServesASnapshotThatControlTakes) {
    view.interfaces[1].rx_packets = 41;
    auto exporter = listen();
    ASSERT_TRUE(exporter) << exporter.error().message;
    const auto port = (*exporter)->port();
    auto scrape = std::async(std::launch::async, [&] { return ask(port, get("/metrics")); });
    ASSERT_TRUE(run_until(
        [&] { return scrape.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    const auto answer = scrape.get();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_THAT(answer,
                HasSubstr("mgmd_interface_receive_packets_total{interface=\"source\"} 41\n"));
}

TEST_F(ExporterTest, ServesNothingElse) {
    auto exporter = listen();
    ASSERT_TRUE(exporter);
    const auto port = (*exporter)->port();
    EXPECT_THAT(ask(port, get("/")), StartsWith("HTTP/1.0 404"));
    EXPECT_THAT(ask(port, get("/../../../../etc/passwd")), StartsWith("HTTP/1.0 40"));
    EXPECT_THAT(ask(port, "no request\r\n\r\n"), StartsWith("HTTP/1.0 400"));
}

TEST_F(ExporterTest, SaysThatAPortIsInUse) {
    const auto first = listen();
    ASSERT_TRUE(first);
    settings.metrics.listen = "127.0.0.1:" + std::to_string((*first)->port());
    const auto second = listen();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().exit_code, ExitCode::system);
    EXPECT_THAT(second.error().message, StartsWith("metrics.listen \"127.0.0.1:"));
    EXPECT_THAT(second.error().message, HasSubstr("another process listens there"));
}

TEST_F(ExporterTest, SaysThatAnAddressIsNotItsOwn) {
    settings.metrics.listen = "192.0.2.1:9475";
    const auto exporter = listen();
    ASSERT_FALSE(exporter);
    EXPECT_THAT(exporter.error().message, HasSubstr("this machine does not have the address"));
}

TEST_F(ExporterTest, EndsWhileAScraperWaitsAndTheLoopRunsOn) {
    auto exporter = listen();
    ASSERT_TRUE(exporter);
    const auto port = (*exporter)->port();
    boost::asio::io_context io;
    tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    auto scrape = std::async(std::launch::async, [&] {
        boost::system::error_code end;
        boost::asio::write(socket, boost::asio::buffer(get("/metrics")), end);
        std::string answer;
        boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
    });
    exporter->reset();
    // The server leaves connections open that it had accepted and not yet looked at.
    ::shutdown(socket.native_handle(), SHUT_RDWR);
    scrape.get();
    bool ran = false;
    loop.post([&] { ran = true; });
    EXPECT_TRUE(run_until([&] { return ran; })) << "what was posted for the exporter is harmless";
}

}  // namespace
}  // namespace mgmd::metrics
