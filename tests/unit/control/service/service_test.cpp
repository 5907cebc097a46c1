// SPDX-License-Identifier: Apache-2.0
#include "control/service/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captured_log.hpp"
#include "tests/support/notify_listener.hpp"

namespace mgmd {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ServiceTest : public ::testing::Test {
protected:
    void make(const Expected<ServiceEnvironment>& environment) {
        service_.emplace(loop_, environment, [this] {
            // After some looks there is nothing more to see.
            if (++looks_ == last_look_) {
                loop_.stop();
            }
            return health_;
        });
    }
    ServiceEnvironment environment(std::optional<microseconds> watchdog) {
        return {listener_.address(), watchdog};
    }
    void run_until_look(int number) {
        last_look_ = number;
        loop_.run();
    }

    test::CapturedLog log_;
    test::NotifyListener listener_;
    Waker waker_;
    EventLoop loop_{waker_, ControlPolicy::sleep};
    ServiceHealth health_{true, "all is well"};
    int looks_ = 0;
    int last_look_ = 0;
    std::optional<Service> service_;
};

TEST_F(ServiceTest, TellsNothingBeforeItIsReady) {
    make(environment(milliseconds(2)));
    loop_.post([this] { loop_.stop(); });
    loop_.run();
    EXPECT_EQ(listener_.next(), "");
    service_->ready();
    EXPECT_EQ(listener_.next(), "READY=1\nSTATUS=all is well");
}

TEST_F(ServiceTest, FeedsTheWatchdogWhileAllIsAlive) {
    make(environment(milliseconds(2)));
    service_->ready();
    run_until_look(3);
    EXPECT_EQ(listener_.next(), "READY=1\nSTATUS=all is well");
    EXPECT_EQ(listener_.next(), "WATCHDOG=1\nSTATUS=all is well");
    health_ = {false, "worker 1 does not poll"};
    run_until_look(6);
    EXPECT_EQ(listener_.next(), "WATCHDOG=1\nSTATUS=all is well") << "the last look before";
    EXPECT_EQ(listener_.next(), "STATUS=worker 1 does not poll");
    EXPECT_EQ(listener_.next(), "STATUS=worker 1 does not poll");
    health_ = {true, "all is well"};
    run_until_look(8);
    EXPECT_EQ(listener_.next(), "STATUS=worker 1 does not poll");
    EXPECT_EQ(listener_.next(), "WATCHDOG=1\nSTATUS=all is well");
}

TEST_F(ServiceTest, TellsThatItReadsItsConfigurationAgain) {
    make(environment({}));
    service_->ready();
    listener_.next();
    const auto microseconds_now = [] {
        return std::chrono::duration_cast<microseconds>(
                   std::chrono::steady_clock::now().time_since_epoch())
            .count();
    };
    const auto before = microseconds_now();
    service_->reloading();
    const auto told = listener_.next();
    const std::string beginning = "RELOADING=1\nMONOTONIC_USEC=";
    ASSERT_EQ(told.substr(0, beginning.size()), beginning);
    const auto at = std::stoll(told.substr(beginning.size()));
    EXPECT_LE(before, at);
    EXPECT_LE(at, microseconds_now());
    service_->reloaded();
    EXPECT_EQ(listener_.next(), "READY=1\nSTATUS=all is well");
}

TEST_F(ServiceTest, EndsWithStopping) {
    make(environment(milliseconds(2)));
    service_->ready();
    service_->stopping();
    loop_.post([this] { loop_.stop(); });
    loop_.run();
    EXPECT_EQ(listener_.next(), "READY=1\nSTATUS=all is well");
    EXPECT_EQ(listener_.next(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(listener_.next(), "");
}

TEST_F(ServiceTest, DoesNothingWithoutAManager) {
    make(ServiceEnvironment{});
    service_->ready();
    service_->stopping();
    EXPECT_EQ(looks_, 0);
    EXPECT_THAT(log_.lines_with("warning"), IsEmpty());
}

TEST_F(ServiceTest, WarnsOnceOfAManagerThatCanNotBeTold) {
    make(ServiceEnvironment{"/nonexistent", milliseconds(2)});
    service_->ready();
    run_until_look(4);
    EXPECT_THAT(log_.lines_with("warning"),
                ElementsAre(HasSubstr("NOTIFY_SOCKET=\"/nonexistent\"")));
}

TEST_F(ServiceTest, WarnsOfAnEnvironmentWithoutSense) {
    make(fail(ExitCode::usage, "WATCHDOG_USEC=\"soon\""));
    make(ServiceEnvironment{"relative", {}});
    service_->ready();
    EXPECT_THAT(log_.lines_with("warning"),
                ElementsAre(HasSubstr("WATCHDOG_USEC=\"soon\""), HasSubstr("\"relative\"")));
}

}  // namespace
}  // namespace mgmd
