// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/socket_file.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mgmd::ctl {
namespace {

using ::testing::HasSubstr;

class SocketFileTest : public ::testing::Test {
protected:
    SocketFileTest() {
        char name[] = "/tmp/mgmd-XXXXXX";
        directory = ::mkdtemp(name);
        settings.path = directory / "control";
    }
    ~SocketFileTest() override { std::filesystem::remove_all(directory); }

    bool connects() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, settings.path.c_str(), sizeof(address.sun_path) - 1);
        const int probe = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const bool connected =
            ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
        ::close(probe);
        return connected;
    }
    std::string refusal() const {
        const auto file = SocketFile::listen(settings);
        return file ? "" : file.error().message;
    }

    std::filesystem::path directory;
    ControlSocketSettings settings;
};

TEST_F(SocketFileTest, IsThereWithItsPermissionsWhileItLives) {
    settings.mode = 0600;
    settings.group = ::getgrgid(::getgid())->gr_name;
    {
        const auto file = SocketFile::listen(settings);
        ASSERT_TRUE(file) << file.error().message;
        struct stat found {};
        ASSERT_EQ(::stat(settings.path.c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 07777, 0600u);
        EXPECT_EQ(found.st_gid, ::getgid());
        EXPECT_TRUE(connects());
    }
    EXPECT_FALSE(std::filesystem::exists(settings.path));
}

TEST_F(SocketFileTest, ReplacesWhatAKilledRouterHasLeft) {
    {
        auto file = SocketFile::listen(settings);
        ASSERT_TRUE(file);
        ::close(file->release_descriptor());
        std::filesystem::rename(settings.path, directory / "kept");
    }
    std::filesystem::rename(directory / "kept", settings.path);
    ASSERT_TRUE(std::filesystem::exists(settings.path));
    EXPECT_FALSE(connects());
    const auto file = SocketFile::listen(settings);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(connects());
}

TEST_F(SocketFileTest, LeavesAloneWhatIsNotItsOwn) {
    {
        const auto other = SocketFile::listen(settings);
        ASSERT_TRUE(other);
        EXPECT_THAT(refusal(), HasSubstr("another process listens on it"));
        EXPECT_TRUE(connects());
    }
    std::ofstream(settings.path) << "precious";
    EXPECT_THAT(refusal(), HasSubstr("exists and is no socket"));
    EXPECT_EQ(std::filesystem::file_size(settings.path), 8u);
}

TEST_F(SocketFileTest, SaysWhyItCannotBe) {
    settings.group = "no-such-group";
    EXPECT_THAT(refusal(), HasSubstr("control_socket.group \"no-such-group\": there is no such"));
    EXPECT_FALSE(std::filesystem::exists(settings.path));
    settings.group.clear();
    settings.path = directory / "missing" / "control";
    EXPECT_THAT(refusal(), HasSubstr("No such file or directory"));
    settings.path = std::string(200, 'x');
    EXPECT_THAT(refusal(), HasSubstr("too long"));
}

}  // namespace
}  // namespace mgmd::ctl
