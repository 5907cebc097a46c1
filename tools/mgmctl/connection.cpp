// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "common/ctl/request.hpp"

namespace mgmd::mgmctl {
namespace {

tl::unexpected<Failure> fail(Exit exit, std::string message) {
    return tl::make_unexpected(Failure{exit, std::move(message)});
}

std::string error_text(int number) {
    return std::generic_category().message(number);
}

/// What to do about a socket that can't be reached.
std::string remedy(int number) {
    switch (number) {
        case ENOENT:
            return "; does a router run, with control_socket in its configuration?";
        case ECONNREFUSED:
            return "; the router that made it is gone";
        case EACCES:
            return "; control_socket.mode and .group say who may";
        default:
            return "";
    }
}

Failure failure_of(const ctl::Json& error) {
    const auto code = error.value("code", std::string());
    const bool is_usage = code == to_string(ctl::Refused::invalid_argument) ||
                          code == to_string(ctl::Refused::unknown_command);
    return {is_usage ? Exit::usage : Exit::refused, error.value("message", code)};
}

}  // namespace

Connection::Connection(Connection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), input_(std::move(other.input_)) {}

Connection::~Connection() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Result<Connection> Connection::open(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path)) {
        return fail(Exit::usage, "--socket \"" + path + "\": must have 1 to 107 characters");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    Connection connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(connection.descriptor_, reinterpret_cast<const sockaddr*>(&address),
                  sizeof(address)) != 0) {
        const int number = errno;
        return fail(Exit::system, path + ": " + error_text(number) + remedy(number));
    }
    const auto hello = connection.receive();
    if (!hello) {
        return tl::make_unexpected(hello.error());
    }
    if (hello->value("hello", ctl::Json()) != "mgmd") {
        return fail(Exit::internal, path + ": that is no mgmd");
    }
    if (hello->value("protocol", ctl::Json()) != ctl::kProtocol) {
        return fail(Exit::internal, path + ": the router speaks another protocol than this mgmctl");
    }
    return connection;
}

void Connection::hang_up() {
    ::shutdown(descriptor_, SHUT_RDWR);
}

Result<> Connection::send(std::string_view text) {
    while (!text.empty()) {
        const auto sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) {
            return fail(Exit::system, "the router has hung up: " + error_text(errno));
        }
        text.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
    }
    return {};
}

void Connection::conclude() {
    // The next request ends a stream, whatever it asks for. A router that is gone shows as it is
    // read from.
    (void)send(ctl::request_line(*ctl::find_command("show version"), ctl::Json::object()));
}

Result<ctl::Json> Connection::receive() {
    std::array<char, 64 * 1024> octets;
    while (!input_.has_line()) {
        if (input_.has_overflown()) {
            return fail(Exit::internal, "the router's answer has too long a line");
        }
        if (wait_) {
            wait_(descriptor_);
        }
        const auto count =
            ::recv(descriptor_, octets.data(), std::min(octets.size(), input_.room()), 0);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return fail(Exit::system, "the router has hung up");
        }
        if (count > 0) {
            input_.append({octets.data(), static_cast<std::size_t>(count)});
        }
    }
    auto line = ctl::parse_line(*input_.next());
    if (!line || !line->is_object()) {
        return fail(Exit::internal, "the router's answer is no JSON object");
    }
    return std::move(*line);
}

Result<> Connection::request(const ctl::Command& command, const ctl::Json& arguments,
                             const std::function<void(ctl::Json)>& on_row) {
    if (auto sent = send(ctl::request_line(command, arguments)); !sent) {
        return sent;
    }
    for (;;) {
        auto line = receive();
        if (!line) {
            return tl::make_unexpected(line.error());
        }
        if (line->contains("error")) {
            return tl::make_unexpected(failure_of((*line)["error"]));
        }
        if (line->contains("end")) {
            return {};
        }
        on_row(std::move((*line)["row"]));
    }
}

}  // namespace mgmd::mgmctl
