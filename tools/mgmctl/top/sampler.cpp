// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/sampler.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "common/ctl/command_table.hpp"

namespace mgmd::mgmctl::top {

Result<Sample> look(Connection& connection, const Json& filter) {
    Json flows = filter;
    flows["top"] = kFlows;
    Json interfaces = Json::object();
    if (filter.contains("interface")) {
        interfaces["interface"] = filter["interface"];
    }
    Sample sample;
    const std::array<std::tuple<const char*, Json, std::vector<Json>*>, 4> requests{
        {{"show version", Json::object(), &sample.version},
         {"show workers", Json::object(), &sample.workers},
         {"show interfaces", std::move(interfaces), &sample.interfaces},
         {"show mroutes", std::move(flows), &sample.flows}}};
    for (const auto& [command, arguments, rows] : requests) {
        auto answered =
            connection.request(*ctl::find_command(command), arguments,
                               [into = rows](Json row) { into->push_back(std::move(row)); });
        if (!answered) {
            return tl::make_unexpected(std::move(answered.error()));
        }
    }
    sample.at = std::chrono::steady_clock::now();
    return sample;
}

Sampler::Sampler(Connection& connection, Json filter)
    : connection_(connection), filter_(std::move(filter)), ready_(::eventfd(0, EFD_CLOEXEC)) {
    if (ready_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    thread_ = std::thread([this] { run(); });
}

Sampler::~Sampler() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    asked_.notify_one();
    connection_.hang_up();
    thread_.join();
    ::close(ready_);
}

void Sampler::ask() {
    {
        const std::lock_guard lock(mutex_);
        looking_ = true;
    }
    asked_.notify_one();
}

bool Sampler::is_looking() const {
    const std::lock_guard lock(mutex_);
    return looking_;
}

std::optional<Sampler::Answer> Sampler::take() {
    const std::lock_guard lock(mutex_);
    if (!answer_) {
        return std::nullopt;
    }
    std::uint64_t times = 0;
    [[maybe_unused]] const auto count = ::read(ready_, &times, sizeof(times));
    looking_ = false;
    return std::exchange(answer_, std::nullopt);
}

Sampler::Answer Sampler::look_safely() {
    try {
        return look(connection_, filter_);
    } catch (const std::exception& error) {
        return tl::make_unexpected(Failure{Exit::internal, error.what()});
    }
}

void Sampler::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        asked_.wait(lock, [this] { return ending_ || (looking_ && !answer_); });
        if (ending_) {
            return;
        }
        lock.unlock();
        auto answer = look_safely();
        lock.lock();
        answer_ = std::move(answer);
        const std::uint64_t once = 1;
        [[maybe_unused]] const auto count = ::write(ready_, &once, sizeof(once));
    }
}

}  // namespace mgmd::mgmctl::top
