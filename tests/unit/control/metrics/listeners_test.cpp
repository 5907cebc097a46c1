// SPDX-License-Identifier: Apache-2.0
#include "control/listeners.hpp"

#include <filesystem>
#include <sys/stat.h>

#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/control/control_plane_fixture.hpp"

namespace mgmd {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using ::testing::HasSubstr;
using UnixSocket = boost::asio::local::stream_protocol::socket;

class ListenersTest : public ::testing::Test, protected test::ControlPlaneFixture {
protected:
    ListenersTest() {
        char name[] = "/tmp/mgmd-XXXXXX";
        directory_ = ::mkdtemp(name);
        settings.control_socket.path = directory_ / "control";
        settings.metrics.listen = "127.0.0.1:0";
        start();
        listeners_.emplace(settings, now_, loop, *control,
                           [](const ctl::Request&) -> ctl::Outcome<ctl::AnswerPtr> {
                               return ctl::refuse(ctl::Refused::conflict, "not here");
                           });
    }
    ~ListenersTest() override { fs::remove_all(directory_); }

    std::string path(const std::string& name = "control") const { return directory_ / name; }
    Expected<> reconfigure() { return listeners_->reconfigure(settings); }

    /// True once the router has taken the client.
    bool connects(UnixSocket& socket, const std::string& to) {
        boost::system::error_code error;
        socket.connect({to}, error);
        const auto clients = listeners_->control_socket().clients();
        return !error &&
               run_until([&] { return listeners_->control_socket().clients() == clients + 1; });
    }
    static bool is_served(std::uint16_t port) {
        boost::asio::io_context io;
        tcp::socket socket(io);
        boost::system::error_code error;
        socket.connect({boost::asio::ip::address_v4::loopback(), port}, error);
        return !error;
    }
    /// One that nobody else has now.
    static std::uint16_t free_port() {
        boost::asio::io_context io;
        return tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0})
            .local_endpoint()
            .port();
    }

    fs::path directory_;
    SteadyClock now_;
    std::optional<Listeners> listeners_;
    boost::asio::io_context io_;  ///< of clients
};

TEST_F(ListenersTest, TheControlSocketMovesAndItsClientsStay) {
    ASSERT_TRUE(listeners_->start());
    UnixSocket first(io_);
    UnixSocket second(io_);
    ASSERT_TRUE(connects(first, path()));
    settings.control_socket.path = path("other");
    ASSERT_TRUE(reconfigure());
    EXPECT_FALSE(fs::exists(path()));
    ASSERT_TRUE(connects(second, path("other")));
    EXPECT_EQ(listeners_->control_socket().clients(), 2u) << "the first one among them";
    settings.control_socket.path = "";
    ASSERT_TRUE(reconfigure());
    EXPECT_FALSE(fs::exists(path("other")));
    EXPECT_EQ(listeners_->control_socket().clients(), 2u);
    settings.control_socket.path = path();
    ASSERT_TRUE(reconfigure());
    UnixSocket third(io_);
    EXPECT_TRUE(connects(third, path()));
}

TEST_F(ListenersTest, PermissionsChangeWhereTheSocketIs) {
    ASSERT_TRUE(listeners_->start());
    settings.control_socket.mode = 0600;
    ASSERT_TRUE(reconfigure());
    struct stat found {};
    ASSERT_EQ(::stat(path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0600u);
    settings.control_socket.mode = 0666;
    settings.control_socket.group = "no-such-group";
    const auto refused = reconfigure();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("no-such-group"));
    ASSERT_EQ(::stat(path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0600u) << "as before";
    UnixSocket client(io_);
    EXPECT_TRUE(connects(client, path()));
}

TEST_F(ListenersTest, APlaceThatCantBeHadChangesNothing) {
    ASSERT_TRUE(listeners_->start());
    settings.control_socket.path = directory_;
    ASSERT_FALSE(reconfigure());
    UnixSocket client(io_);
    EXPECT_TRUE(connects(client, path()));
}

TEST_F(ListenersTest, MetricsMoveAndEnd) {
    ASSERT_TRUE(listeners_->start());
    const auto before = listeners_->exporter()->port();
    ASSERT_TRUE(reconfigure());
    EXPECT_EQ(listeners_->exporter()->port(), before) << "nothing of it is another";
    const auto after = free_port();
    settings.metrics.listen = "127.0.0.1:" + std::to_string(after);
    ASSERT_TRUE(reconfigure());
    EXPECT_TRUE(is_served(after));
    EXPECT_FALSE(is_served(before));
    settings.metrics.listen = "0.0.0.0:" + std::to_string(after);
    ASSERT_TRUE(reconfigure()) << "the same port at another address";
    EXPECT_TRUE(is_served(after));
    settings.metrics.listen = "";
    ASSERT_TRUE(reconfigure());
    EXPECT_FALSE(is_served(after));
    EXPECT_EQ(listeners_->exporter(), nullptr);
}

TEST_F(ListenersTest, MetricsReturnFromAPlaceThatCantBeHad) {
    const auto here = free_port();
    settings.metrics.listen = "127.0.0.1:" + std::to_string(here);
    ASSERT_TRUE(listeners_->start());
    const auto before = settings.metrics;
    settings.metrics.listen = "192.0.2.1:9475";
    const auto refused = reconfigure();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("192.0.2.1:9475"));
    settings.metrics = before;
    ASSERT_TRUE(reconfigure());
    EXPECT_TRUE(is_served(here));
}

}  // namespace
}  // namespace mgmd
