// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/socket_file.hpp"

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mgmd::ctl {
namespace {

tl::unexpected<Error> fail_on(const std::string& path, const std::string& problem) {
    return fail(ExitCode::system, "control_socket \"" + path + "\": " + problem);
}

std::string error_text(int number) {
    return std::generic_category().message(number);
}

/// Closes a descriptor unless it is kept.
class Descriptor {
public:
    explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
    ~Descriptor() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return descriptor_; }
    int keep() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

/// Precondition: the path fits.
sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

template <class Call>
int with_address(const std::string& path, Call call) {
    const auto address = address_of(path);
    return call(reinterpret_cast<const sockaddr*>(&address), socklen_t{sizeof(address)});
}

/// Removes a socket that nobody listens on.
Expected<> clear_stale(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        return errno == ENOENT ? Expected<>() : fail_on(path, error_text(errno));
    }
    if (!S_ISSOCK(found.st_mode)) {
        return fail_on(path, "exists and is no socket");
    }
    const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int connected = with_address(path, [&](const sockaddr* address, socklen_t length) {
        return ::connect(probe.get(), address, length);
    });
    if (connected == 0 || errno != ECONNREFUSED) {
        return fail_on(path, connected == 0 || errno == EAGAIN ? "another process listens on it"
                                                               : error_text(errno));
    }
    if (::unlink(path.c_str()) != 0) {
        return fail_on(path, error_text(errno));
    }
    return {};
}

Expected<> set_mode(const ControlSocketSettings& settings) {
    if (::chmod(settings.path.c_str(), static_cast<mode_t>(settings.mode)) != 0) {
        return fail_on(settings.path, "mode: " + error_text(errno));
    }
    return {};
}

Expected<> set_group(const std::string& path, gid_t group, const std::string& name) {
    if (::chown(path.c_str(), static_cast<uid_t>(-1), group) != 0) {
        return fail_on(path, "group " + name + ": " + error_text(errno));
    }
    return {};
}

Expected<> set_group(const ControlSocketSettings& settings) {
    const auto* group = ::getgrnam(settings.group.c_str());
    if (group == nullptr) {
        return fail(ExitCode::configuration,
                    "control_socket.group \"" + settings.group + "\": there is no such group");
    }
    return set_group(settings.path, group->gr_gid, settings.group);
}

}  // namespace

SocketFile::SocketFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {
    struct stat made {};
    if (::lstat(path_.c_str(), &made) == 0) {
        device_ = made.st_dev;
        inode_ = made.st_ino;
    }
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      device_(other.device_),
      inode_(other.inode_) {}

SocketFile::~SocketFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
    struct stat found {};
    const bool is_ours = !path_.empty() && ::lstat(path_.c_str(), &found) == 0 &&
                         found.st_dev == device_ && found.st_ino == inode_;
    if (is_ours) {
        ::unlink(path_.c_str());
    }
}

int SocketFile::release_descriptor() {
    return std::exchange(descriptor_, -1);
}

Expected<> SocketFile::set_permissions(const ControlSocketSettings& settings) {
    return set_mode(settings).and_then([&] {
        return settings.group.empty() ? set_group(settings.path, ::getegid(), "of its own")
                                      : set_group(settings);
    });
}

Expected<SocketFile> SocketFile::listen(const ControlSocketSettings& settings) {
    const auto& path = settings.path;
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
        return fail_on(path, "the path is too long");
    }
    if (auto cleared = clear_stale(path); !cleared) {
        return tl::make_unexpected(std::move(cleared.error()));
    }
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int bound = with_address(path, [&](const sockaddr* address, socklen_t length) {
        return ::bind(socket.get(), address, length);
    });
    if (bound != 0) {
        return fail_on(path, error_text(errno));
    }
    SocketFile file(path, socket.keep());
    auto set = set_mode(settings);
    if (set && !settings.group.empty()) {
        set = set_group(settings);
    }
    if (!set) {
        return tl::make_unexpected(std::move(set.error()));
    }
    // Nobody can connect before this.
    if (::listen(file.descriptor_, SOMAXCONN) != 0) {
        return fail_on(path, error_text(errno));
    }
    return file;
}

}  // namespace mgmd::ctl
