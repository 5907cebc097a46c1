// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "tests/unit/control/protocols/plugin/plugin_fixture.hpp"

/// Whatever a plugin does wrong, it gets an error, and MGM is as it was.
namespace mgmd::plugin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr DWORD kOnes = 0xffffffff;
const ROUTING_PROTOCOL_CONFIG kNoCallbacks{};

class PluginMisuseTest : public PluginFixture {
protected:
    void SetUp() override {
        ASSERT_TRUE(start());
        ASSERT_EQ(MgmRegisterMProtocol(&kNoCallbacks, kProtocol, 0, &protocol_), NO_ERROR);
    }
    static DWORD join(HANDLE handle, DWORD index, DWORD flags = MGM_JOIN_STATE_FLAG) {
        return MgmAddGroupMembershipEntry(handle, 0, 0, group(), kOnes, index, 0, flags);
    }
    static DWORD group() { return abi_address<V4>("239.1.1.1"); }

    HANDLE protocol_ = nullptr;
};

TEST_F(PluginMisuseTest, NullPointers) {
    HANDLE handle = nullptr;
    DWORD number = 1;
    EXPECT_EQ(MgmRegisterMProtocol(nullptr, kProtocol, 1, &handle), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmRegisterMProtocol(&kNoCallbacks, kProtocol, 1, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetProtocolOnInterface(kLeft, 0, nullptr, &number), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetProtocolOnInterface(kLeft, 0, &number, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetMfe(nullptr, &number, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetFirstMfe(nullptr, nullptr, &number), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetFirstMfe(&number, nullptr, &number), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetNextMfe(nullptr, &number, nullptr, &number), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGetNextMfeStats(nullptr, &number, nullptr, &number, MGM_MFE_STATS_0),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmSetMfe(protocol_, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGroupEnumerationStart(protocol_, ANY_SOURCE, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_install_route(protocol_, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_start_timer(1, nullptr, nullptr, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_watch_fd(0, MGMD_READABLE, nullptr, nullptr, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_link_is_up(kLeft, nullptr), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(plugin_->refused_calls(), 15u);
}

TEST_F(PluginMisuseTest, HandlesThatAreNone) {
    HANDLE enumeration = nullptr;
    HANDLE timer = nullptr;
    ASSERT_EQ(MgmGroupEnumerationStart(protocol_, ANY_SOURCE, &enumeration), NO_ERROR);
    ASSERT_EQ(mgmd_start_timer(
                  1'000'000, [](void*) {}, nullptr, &timer),
              NO_ERROR);
    int on_stack = 0;
    for (const HANDLE handle :
         {HANDLE{nullptr}, static_cast<HANDLE>(&on_stack), enumeration, timer}) {
        EXPECT_EQ(MgmDeRegisterMProtocol(handle), ERROR_INVALID_PARAMETER);
        EXPECT_EQ(MgmTakeInterfaceOwnership(handle, kLeft, 0), ERROR_INVALID_PARAMETER);
        EXPECT_EQ(MgmReleaseInterfaceOwnership(handle, kLeft, 0), ERROR_INVALID_PARAMETER);
        EXPECT_EQ(join(handle, kLeft), ERROR_INVALID_PARAMETER);
        EXPECT_EQ(mgmd_rpf_changed(handle, kLeft, 0), ERROR_INVALID_PARAMETER);
    }
    EXPECT_EQ(MgmDeRegisterMProtocol6(protocol_), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGroupEnumerationEnd(protocol_), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGroupEnumerationEnd6(enumeration), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_unwatch_fd(timer), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmDeRegisterMProtocol(protocol_), NO_ERROR);
    EXPECT_EQ(MgmDeRegisterMProtocol(protocol_), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmGroupEnumerationEnd(enumeration), ERROR_INVALID_PARAMETER) << "it went with it";
}

TEST_F(PluginMisuseTest, InterfacesOfOthers) {
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kForeign, 0), ERROR_ALREADY_EXISTS);
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, 4, 0), ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, 0x10001, 0), ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 7), ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(MgmReleaseInterfaceOwnership(protocol_, kLeft, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join(protocol_, kForeign), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join(protocol_, kLeft), ERROR_INVALID_PARAMETER) << "not taken yet";
    EXPECT_EQ(join(protocol_, 4), ERROR_NOT_FOUND);
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), NO_ERROR);
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), ERROR_ALREADY_EXISTS);
    EXPECT_EQ(MgmDeRegisterMProtocol(protocol_), ERROR_CAN_NOT_COMPLETE);
    settings_.interfaces[kForeign - 1].protocol = InterfaceProtocol::none;
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kForeign, 0), ERROR_CAN_NOT_COMPLETE)
        << "nobody's, but not given to the plugin";
}

TEST_F(PluginMisuseTest, ArgumentsWithoutMeaning) {
    HANDLE handle = nullptr;
    ASSERT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), NO_ERROR);
    EXPECT_EQ(join(protocol_, kLeft, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join(protocol_, kLeft, 4), ERROR_INVALID_PARAMETER);
    const auto join_with_masks = [this](DWORD source, DWORD source_mask, DWORD mask) {
        return MgmAddGroupMembershipEntry(protocol_, source, source_mask, group(), mask, kLeft, 0,
                                          MGM_JOIN_STATE_FLAG);
    };
    EXPECT_EQ(join_with_masks(0, kOnes, kOnes), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join_with_masks(0x0a, 0, kOnes), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join_with_masks(0, 0, 0xff00ff00), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(join_with_masks(0, 0, 0), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(MgmRegisterMProtocol(&kNoCallbacks, kProtocol, 0, &handle), ERROR_ALREADY_EXISTS);
    EXPECT_EQ(MgmRegisterMProtocol(&kNoCallbacks, 0x4137000a, 1, &handle), ERROR_ALREADY_EXISTS);
    EXPECT_EQ(mgmd_host->mgm->start_group_enumeration(mgmd_host->router, protocol_, 2, &handle),
              ERROR_INVALID_PARAMETER);
    EXPECT_EQ(mgmd_set_local_mode(protocol_, kLeft, 0, 2), ERROR_INVALID_PARAMETER);
    EXPECT_EQ(ipv4_.manager.usage().memberships, 0u);
}

TEST_F(PluginMisuseTest, ThingsWithoutNumber) {
    HANDLE handle = nullptr;
    for (std::size_t i = 0; i < FamilyPart<V4>::kMostEnumerations; ++i) {
        ASSERT_EQ(MgmGroupEnumerationStart(protocol_, ANY_SOURCE, &handle), NO_ERROR);
    }
    EXPECT_EQ(MgmGroupEnumerationStart(protocol_, ANY_SOURCE, &handle), ERROR_NOT_ENOUGH_MEMORY);
    for (DWORD i = 1; i < FamilyPart<V4>::kMostRegistrations; ++i) {
        ASSERT_EQ(MgmRegisterMProtocol(&kNoCallbacks, kProtocol, i, &handle), NO_ERROR);
    }
    EXPECT_EQ(MgmRegisterMProtocol(&kNoCallbacks, kProtocol, 999, &handle),
              ERROR_NOT_ENOUGH_MEMORY);
}

TEST_F(PluginMisuseTest, AnotherThread) {
    const mgmd::test::CapturedLog log;
    std::thread([this] {
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), ERROR_CAN_NOT_COMPLETE);
            EXPECT_EQ(mgmd_start_timer(
                          0, [](void*) {}, nullptr, nullptr),
                      ERROR_CAN_NOT_COMPLETE);
        }
    }).join();
    EXPECT_FALSE(ipv4_.manager.protocol_on_interface({kLeft, {}}));
    EXPECT_THAT(log.lines_with("another thread"),
                ElementsAre(HasSubstr("plugin test: MgmTakeInterfaceOwnership")));
}

TEST_F(PluginMisuseTest, CallsAfterStop) {
    ASSERT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), NO_ERROR);
    plugin_->stop();
    DWORD number = 0;
    const mgmd::test::CapturedLog log;
    EXPECT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(MgmGetFirstMfe(&number, nullptr, &number), ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(mgmd_start_timer(
                  0, [](void*) {}, nullptr, nullptr),
              ERROR_CAN_NOT_COMPLETE);
    EXPECT_EQ(log.lines_with("does not run any more").size(), 1u);
    EXPECT_FALSE(ipv4_.manager.protocol_on_interface({kLeft, {}}));
}

TEST_F(PluginMisuseTest, WhatItForgetsIsEndedForIt) {
    HANDLE handle = nullptr;
    ASSERT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), NO_ERROR);
    ASSERT_EQ(join(protocol_, kLeft), NO_ERROR);
    ASSERT_EQ(MgmGroupEnumerationStart(protocol_, ANY_SOURCE, &handle), NO_ERROR);
    ASSERT_EQ(mgmd_start_timer(
                  0, [](void*) { FAIL(); }, nullptr, nullptr),
              NO_ERROR);
    const mgmd::test::CapturedLog log;
    plugin_->stop();
    io_.run();
    EXPECT_EQ(ipv4_.manager.clients().size(), 0u);
    EXPECT_EQ(ipv4_.manager.usage().memberships, 0u);
    EXPECT_THAT(log.lines_with("left"), ElementsAre("warning: plugin test: left 1 registrations, 1 "
                                                    "timers and descriptors behind; ended"));
}

TEST_F(PluginMisuseTest, DeregisteringFromACallback) {
    static HANDLE handle;
    ROUTING_PROTOCOL_CONFIG callbacks{};
    callbacks.pfnJoinAlertCallback = [](DWORD, DWORD, DWORD, DWORD, BOOL) -> DWORD {
        return MgmDeRegisterMProtocol(handle);
    };
    ASSERT_EQ(MgmRegisterMProtocol(&callbacks, kProtocol, 1, &handle), NO_ERROR);
    ASSERT_EQ(MgmTakeInterfaceOwnership(protocol_, kLeft, 0), NO_ERROR);
    ASSERT_EQ(join(protocol_, kLeft), NO_ERROR);
    EXPECT_EQ(MgmDeRegisterMProtocol(handle), ERROR_INVALID_PARAMETER);
    ipv4_.run_posted();
    EXPECT_EQ(ipv4_.manager.clients().size(), 1u);
}

}  // namespace
}  // namespace mgmd::plugin::test
