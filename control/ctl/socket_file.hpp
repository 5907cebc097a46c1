// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <sys/types.h>

#include "common/error.hpp"
#include "common/settings.hpp"

namespace mgmd::ctl {

/// A listening UNIX socket at a path, which it removes at its end. Control thread.
class SocketFile {
public:
    /// With the permissions and the group of the settings before the first client can connect. What
    /// a router that is gone has left there is replaced; another one's, or any other file, is not.
    static Expected<SocketFile> listen(const ControlSocketSettings& settings);

    /// Gives the socket at the path, which is ours, these permissions and this group.
    static Expected<> set_permissions(const ControlSocketSettings& settings);

    SocketFile(SocketFile&& other) noexcept;
    SocketFile& operator=(SocketFile&&) = delete;
    ~SocketFile();

    /// The descriptor becomes the caller's.
    int release_descriptor();

private:
    SocketFile(std::string path, int descriptor);

    std::string path_;
    int descriptor_ = -1;
    dev_t device_ = 0;  ///< of the file that it made
    ino_t inode_ = 0;
};

}  // namespace mgmd::ctl
