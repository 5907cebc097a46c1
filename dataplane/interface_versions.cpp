// SPDX-License-Identifier: Apache-2.0
#include "dataplane/interface_versions.hpp"

#include <utility>

namespace mgmd::dataplane {

InterfaceVersions::InterfaceVersions(GraceClock& grace, std::unique_ptr<InterfaceVersion> first)
    : grace_(grace), current_(std::move(first)) {
    current_->number = ++last_number_;
    slot_.store(current_.get(), std::memory_order_release);
}

std::optional<WorkerIndex> InterfaceVersions::laggard() {
    reclaim();
    return retired_.size() < kMostRetired ? std::nullopt : grace_.laggard(retired_.front().token);
}

void InterfaceVersions::publish(std::unique_ptr<InterfaceVersion> next) {
    auto& retired = retired_.emplace_back();
    next->number = ++last_number_;
    slot_.store(next.get(), std::memory_order_release);
    retired.version = std::exchange(current_, std::move(next));
    retired.token = grace_.start();
}

void InterfaceVersions::reclaim() {
    while (!retired_.empty() && grace_.passed(retired_.front().token)) {
        retired_.pop_front();
    }
}

}  // namespace mgmd::dataplane
