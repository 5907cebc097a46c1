// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include "control/protocols/plugin/plugin_object.hpp"
#include "tests/unit/control/protocols/plugin/plugin_fixture.hpp"

/// From the object to the end: loading, what a plugin is given, timers, descriptors, links.
namespace mgmd::plugin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class PluginLifeTest : public PluginFixture {};

std::string why_not_loaded(const std::string& path) {
    const auto loaded = load_object(path);
    EXPECT_EQ(loaded ? ExitCode::ok : loaded.error().exit_code, ExitCode::configuration);
    return loaded ? "" : loaded.error().message;
}

TEST(PluginObject, WhatIsNoPluginIsNamed) {
    EXPECT_EQ(why_not_loaded("/nowhere/x.so"),
              "plugin \"/nowhere/x.so\": can't be loaded: No such file or directory");
    EXPECT_EQ(why_not_loaded("/"), "plugin \"/\": can't be loaded: not a file");
    EXPECT_THAT(why_not_loaded("README.md"), HasSubstr("can't be loaded: "));
    EXPECT_THAT(why_not_loaded("/lib/x86_64-linux-gnu/libm.so.6"),
                HasSubstr("exports no mgmd_plugin"));
}

TEST_F(PluginLifeTest, DescriptorsThatAreIncomplete) {
    const auto why_not = [](const mgmd_plugin_descriptor& descriptor) {
        const auto checked = check_descriptor("./x.so", descriptor);
        return checked ? "" : checked.error().message;
    };
    auto descriptor = descriptor_;
    descriptor.abi = 999;
    descriptor.name = reinterpret_cast<const char*>(1);  // not to be looked at
    EXPECT_EQ(
        why_not(descriptor),
        "plugin \"./x.so\": is made for version 999 of the plugin interface, this mgmd has 1: "
        "compile it with this mgmd's headers");
    for (const char* name : {static_cast<const char*>(nullptr), "", "two words",
                             "a-name-of-more-than-thirty-one-characters"}) {
        descriptor = descriptor_;
        descriptor.name = name;
        EXPECT_THAT(why_not(descriptor), HasSubstr("mgmd_plugin.name must have 1 to 31"));
    }
    descriptor = descriptor_;
    descriptor.init = nullptr;
    EXPECT_THAT(why_not(descriptor), HasSubstr("no init"));
    descriptor = descriptor_;
    descriptor.host = nullptr;
    EXPECT_THAT(why_not(descriptor), HasSubstr("host must be &mgmd_host"));
    EXPECT_EQ(why_not(descriptor_), "");
}

TEST_F(PluginLifeTest, AnInitThatFailsEndsTheStart) {
    HANDLE handle = nullptr;
    bool stopped = false;
    int status = MGMD_BAD_CONFIGURATION;
    const ROUTING_PROTOCOL_CONFIG none{};
    at_init = [&] {
        EXPECT_EQ(MgmRegisterMProtocol(&none, kProtocol, 0, &handle), NO_ERROR);
        return status;
    };
    at_stop = [&] { stopped = true; };
    auto started = start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().exit_code, ExitCode::configuration);
    EXPECT_EQ(started.error().message, "plugin test (./test.so): its init refuses its arguments");
    EXPECT_TRUE(ipv4_.manager.clients().empty());
    plugin_.reset();
    status = 5;
    started = start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().exit_code, ExitCode::system);
    EXPECT_EQ(started.error().message, "plugin test (./test.so): its init failed with 5");
    plugin_.reset();
    EXPECT_FALSE(stopped);
    at_init = []() -> int { throw 1; };
    EXPECT_FALSE(start());
}

TEST_F(PluginLifeTest, APluginKnowsWhatItIsGiven) {
    ASSERT_TRUE(start());
    ASSERT_EQ(mgmd_host->interface_count, 2u);
    EXPECT_STREQ(mgmd_host->interfaces[0].name, "source");
    EXPECT_EQ(mgmd_host->interfaces[1].index, kLeft);
    EXPECT_EQ(mgmd_host->interfaces[1].mtu, 1500u);
    ASSERT_EQ(mgmd_host->interfaces[1].address_count, 1u);
    EXPECT_EQ(mgmd_host->interfaces[1].addresses[0], abi_address<V4>("10.2.0.1"));
    ASSERT_EQ(mgmd_host->interfaces[1].address6_count, 1u);
    EXPECT_EQ(from_abi<V6>(mgmd_host->interfaces[1].addresses6[0]), address<V6>("fd00:2::1"));
    EXPECT_STREQ(mgmd_argument_value("speed", "1"), "30");
    EXPECT_STREQ(mgmd_argument_value("height", "1"), "1");
}

TEST_F(PluginLifeTest, LinksOfItsOwnInterfaces) {
    std::vector<std::pair<DWORD, BOOL>> links;
    at_link = [&](DWORD index, BOOL up) { links.emplace_back(index, up); };
    down_at_start_ = {kLeft, kForeign};
    ASSERT_TRUE(start());
    EXPECT_THAT(links, ElementsAre(Pair(kLeft, FALSE)));
    BOOL up = TRUE;
    EXPECT_EQ(mgmd_link_is_up(kLeft, &up), NO_ERROR);
    EXPECT_EQ(up, FALSE);
    EXPECT_EQ(mgmd_link_is_up(kForeign, &up), ERROR_NOT_FOUND);
    plugin_->on_interface_state(kLeft, true);
    plugin_->on_interface_state(kForeign, true);
    EXPECT_THAT(links, ElementsAre(Pair(kLeft, FALSE), Pair(kLeft, TRUE)));
}

TEST_F(PluginLifeTest, ATimerIsCalledOnce) {
    ASSERT_TRUE(start());
    static HANDLE timer;
    int calls = 0;
    const auto count = [](void* context) {
        ++*static_cast<int*>(context);
        EXPECT_EQ(mgmd_cancel_timer(timer), ERROR_INVALID_PARAMETER) << "it is being called";
    };
    ASSERT_EQ(mgmd_start_timer(0, count, &calls, &timer), NO_ERROR);
    HANDLE cancelled = nullptr;
    ASSERT_EQ(mgmd_start_timer(
                  0, [](void*) { FAIL(); }, nullptr, &cancelled),
              NO_ERROR);
    EXPECT_EQ(mgmd_cancel_timer(cancelled), NO_ERROR);
    ASSERT_EQ(mgmd_start_timer(
                  ~std::uint64_t{0}, [](void*) { FAIL(); }, nullptr, nullptr),
              NO_ERROR);
    EXPECT_EQ(calls, 0) << "not from inside the call";
    while (calls == 0) {
        io_.run_one();
    }
    io_.poll();
    EXPECT_EQ(calls, 1);
}

/// Both ends of a pipe.
struct Pipe {
    Pipe() { EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0); }
    ~Pipe() {
        close(ends[0]);
        close(ends[1]);
    }
    void write(char octet) { EXPECT_EQ(::write(ends[1], &octet, 1), 1); }
    std::array<int, 2> ends{};
};

TEST_F(PluginLifeTest, ADescriptorIsWatchedUntilItIsNot) {
    ASSERT_TRUE(start());
    static HANDLE watch;
    static std::string read_octets;
    read_octets.clear();
    Pipe pipe;
    const auto read_one = [](int fd, unsigned events, void*) {
        EXPECT_EQ(events, unsigned{MGMD_READABLE});
        char octet = 0;
        EXPECT_EQ(read(fd, &octet, 1), 1);
        read_octets += octet;
        if (octet == '.') {
            EXPECT_EQ(mgmd_unwatch_fd(watch), NO_ERROR);
        }
    };
    ASSERT_EQ(mgmd_watch_fd(pipe.ends[0], MGMD_READABLE, read_one, nullptr, &watch), NO_ERROR);
    pipe.write('a');
    pipe.write('b');  // both: ready means ready, not new
    while (read_octets.size() < 2) {
        io_.run_one();
    }
    pipe.write('.');
    pipe.write('c');
    io_.run();  // ends: nothing is watched any more
    EXPECT_EQ(read_octets, "ab.");
    EXPECT_EQ(mgmd_unwatch_fd(watch), ERROR_INVALID_PARAMETER);
}

TEST_F(PluginLifeTest, DescriptorsThatCannotBeWatched) {
    ASSERT_TRUE(start());
    const auto never = [](int, unsigned, void*) { FAIL(); };
    const int file = open("README.md", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(file, 0);
    Pipe pipe;
    for (const auto& [fd, events] :
         {std::pair(-1, 1u), {9'999, 1u}, {file, 1u}, {pipe.ends[0], 0u}, {pipe.ends[0], 4u}}) {
        EXPECT_EQ(mgmd_watch_fd(fd, events, never, nullptr, nullptr), ERROR_INVALID_PARAMETER);
    }
    close(file);
    // Closed while it is watched: the plugin's mistake stays its own.
    HANDLE watch = nullptr;
    const int copy = dup(pipe.ends[0]);
    ASSERT_EQ(mgmd_watch_fd(copy, MGMD_READABLE, never, nullptr, &watch), NO_ERROR);
    close(copy);
    io_.poll();
    EXPECT_EQ(mgmd_unwatch_fd(watch), NO_ERROR);
    io_.run();
}

TEST_F(PluginLifeTest, ALineOfTheLogStaysOne) {
    ASSERT_TRUE(start());
    const mgmd::test::CapturedLog log;
    mgmd_logf(MGMD_LOG_WARNING, "one\ntwo \x1b[31m%d", 3);
    mgmd_log(MGMD_LOG_ERROR, nullptr);
    mgmd_host->services->log(mgmd_host->router, 99, "what?");
    EXPECT_THAT(log.lines_with(""),
                ElementsAre("warning: plugin test: one two  [31m3", "info: plugin test: what?"));
}

}  // namespace
}  // namespace mgmd::plugin::test
