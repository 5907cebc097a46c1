// SPDX-License-Identifier: Apache-2.0
#include "dataplane/entry_history.hpp"

#include <algorithm>

namespace mgmd::dataplane {

namespace {

template <class Items>
auto find_interface(Items& items, InterfaceIndex interface) {
    return std::find_if(items.begin(), items.end(),
                        [interface](const auto& item) { return item.interface == interface; });
}

AcceptBits interfaces_of(const Plan& plan) {
    AcceptBits bits;
    for (const auto& member : plan.members()) {
        bits.set(member.interface);
    }
    return bits;
}

/// Counters are read while workers add to them: a part may run ahead of its whole.
std::uint64_t minus(std::uint64_t whole, std::uint64_t part) {
    return whole > part ? whole - part : 0;
}

}  // namespace

void EntryHistory::add(const Workers& workers, EntryIndex entry, Action action) {
    for (const auto& worker : workers) {
        // Exceptions before their packets, or less would seem sent than was.
        worker.for_each_exception(entry, [this](const ExceptionNode& node) { note(node); });
        const auto& block = worker.block(entry);
        (action == Action::drop ? negative_hits_ : packets_) += block.hits.get();
        octets_ += block.octets.get();
        wrong_interface_ += block.wrong_interface.get();
    }
}

void EntryHistory::note(const ExceptionNode& node) {
    const auto interface = node.interface.load(std::memory_order_relaxed);
    if (interface == kNoInterface) {
        ttl_expired_ += node.counts[static_cast<std::size_t>(CopyException::ttl_too_low)].get();
        return;
    }
    auto known = find_interface(exceptions_, interface);
    if (known == exceptions_.end()) {
        known = exceptions_.insert(known, Exceptions{interface, {}});
    }
    for (std::size_t i = 0; i < kCopyExceptions; ++i) {
        known->counts[i] += node.counts[i].get();
    }
}

void EntryHistory::change_plan(const Plan& before, const Plan& after) {
    if (&before == &after) {
        return;
    }
    const auto stays = interfaces_of(after);
    const auto left = [&stays](const auto& item) { return !stays.test(item.interface); };
    std::erase_if(joined_, left);
    std::erase_if(exceptions_, left);
    const auto was = interfaces_of(before);
    for (const auto& member : after.members()) {
        if (!was.test(member.interface)) {
            joined_.push_back({member.interface, forwarded()});
        }
    }
}

std::uint64_t EntryHistory::forwarded() const {
    return minus(packets_, ttl_expired_);
}

OutgoingCounters EntryHistory::view_of(InterfaceIndex interface) const {
    OutgoingCounters counters;
    counters.interface = interface;
    const auto joined = find_interface(joined_, interface);
    counters.sent = minus(forwarded(), joined == joined_.end() ? 0 : joined->forwarded_before);
    const auto known = find_interface(exceptions_, interface);
    if (known != exceptions_.end()) {
        const auto count = [known](CopyException kind) {
            return known->counts[static_cast<std::size_t>(kind)];
        };
        counters.ttl_too_low = count(CopyException::ttl_too_low);
        counters.too_big = count(CopyException::too_big);
        counters.discarded = count(CopyException::discarded);
        counters.sent =
            minus(counters.sent, counters.ttl_too_low + counters.too_big + counters.discarded +
                                     count(CopyException::left_out));
    }
    return counters;
}

EntryCounters EntryHistory::view(const Plan& plan) const {
    EntryCounters counters;
    counters.packets = packets_;
    counters.octets = octets_;
    counters.wrong_interface = wrong_interface_;
    counters.negative_hits = negative_hits_;
    counters.ttl_expired = ttl_expired_;
    for (const auto& member : plan.members()) {
        counters.outgoing.push_back(view_of(member.interface));
    }
    std::sort(counters.outgoing.begin(), counters.outgoing.end(),
              [](const auto& a, const auto& b) { return a.interface < b.interface; });
    return counters;
}

}  // namespace mgmd::dataplane
