// SPDX-License-Identifier: Apache-2.0
#include "control/service/notify_socket.hpp"

#include <cstdlib>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/notify_listener.hpp"

namespace mgmd {
namespace {

using ::testing::HasSubstr;

class ServiceEnvironmentTest : public ::testing::Test {
protected:
    ~ServiceEnvironmentTest() override {
        for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
            unsetenv(name);
        }
    }
    static void set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }
};

TEST_F(ServiceEnvironmentTest, IsEmptyWithoutAManager) {
    const auto environment = read_service_environment();
    ASSERT_TRUE(environment);
    EXPECT_EQ(environment->socket, "");
    EXPECT_EQ(environment->watchdog, std::nullopt);
}

TEST_F(ServiceEnvironmentTest, HasTheWatchdogOfThisProcessAlone) {
    set("NOTIFY_SOCKET", "/run/x");
    set("WATCHDOG_USEC", "30000000");
    EXPECT_EQ(read_service_environment()->watchdog, std::chrono::seconds(30));
    set("WATCHDOG_PID", std::to_string(getpid()));
    EXPECT_EQ(read_service_environment()->watchdog, std::chrono::seconds(30));
    set("WATCHDOG_PID", std::to_string(getppid()));
    EXPECT_EQ(read_service_environment()->watchdog, std::nullopt);
    EXPECT_EQ(read_service_environment()->socket, "/run/x");
}

TEST_F(ServiceEnvironmentTest, NamesNumbersThatAreNone) {
    for (const char* wrong : {"0", "-1", "5s", "soon", "99999999999999999999"}) {
        set("WATCHDOG_USEC", wrong);
        const auto environment = read_service_environment();
        ASSERT_FALSE(environment) << wrong;
        EXPECT_THAT(environment.error().message,
                    HasSubstr("WATCHDOG_USEC=\"" + std::string(wrong) + '"'));
    }
}

TEST(NotifySocket, TellsEachInADatagramOfItsOwn) {
    test::NotifyListener listener;
    const auto socket = NotifySocket::open(listener.address());
    ASSERT_TRUE(socket);
    EXPECT_TRUE(socket->tell("READY=1\nSTATUS=a"));
    EXPECT_TRUE(socket->tell("STOPPING=1"));
    EXPECT_EQ(listener.next(), "READY=1\nSTATUS=a");
    EXPECT_EQ(listener.next(), "STOPPING=1");
    EXPECT_EQ(listener.next(), "");
}

TEST(NotifySocket, RefusesAddressesThatAreNone) {
    for (const auto& wrong : {std::string(), std::string("run/x"), std::string("@"),
                              std::string("/"), '/' + std::string(107, 'x')}) {
        EXPECT_FALSE(NotifySocket::open(wrong)) << wrong;
    }
    EXPECT_TRUE(NotifySocket::open('/' + std::string(106, 'x')));
}

TEST(NotifySocket, SaysWhyNobodyWasTold) {
    const auto socket = NotifySocket::open("/nonexistent/socket");
    ASSERT_TRUE(socket);
    const auto told = socket->tell("READY=1");
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().message,
              "NOTIFY_SOCKET=\"/nonexistent/socket\" in the environment: No such file or "
              "directory");
}

TEST(NotifySocket, DoesNotWaitForAManagerThatDoesNotRead) {
    test::NotifyListener listener;
    const auto socket = NotifySocket::open(listener.address());
    ASSERT_TRUE(socket);
    Expected<> told;
    for (int datagram = 0; told && datagram < 1'000'000; ++datagram) {
        told = socket->tell("STATUS=more");
    }
    ASSERT_FALSE(told);
    EXPECT_THAT(told.error().message, HasSubstr("Resource temporarily unavailable"));
}

}  // namespace
}  // namespace mgmd
