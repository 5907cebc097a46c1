// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "control/membership/message.hpp"

namespace mgmd::membership {

/// Records as the reports that carry them.
template <class F>
struct Packed {
    std::vector<Report<F>> reports;
    std::uint64_t sources_left_out = 0;
};

/// As few reports of the third generation as packets of `mtu` octets allow. A record that needs
/// more than a packet is split, except that one in EXCLUDE mode loses the sources that don't fit
/// (RFC 9776 4.2.16, RFC 9777 5.2.15): then more is received than was asked for, never less.
template <class F>
class ReportPacker {
public:
    explicit ReportPacker(std::size_t mtu) : room_(mtu > kHeaders ? mtu - kHeaders : 0) {}

    Packed<F> pack(std::vector<Record<F>> records) {
        for (auto& record : records) {
            add(std::move(record));
        }
        return std::exchange(packed_, {});
    }

private:
    static constexpr std::size_t kAddress = sizeof(typename F::Address);
    /// IP with Router Alert, and the report's own header.
    static constexpr std::size_t kHeaders = (F::family == Family::ipv4 ? 24 : 48) + 8;
    static constexpr std::size_t kRecord = 4 + kAddress;

    static std::size_t size(const Record<F>& record) {
        return kRecord + record.sources.size() * kAddress;
    }

    void add(Record<F> record) {
        const std::size_t most = room_ > kRecord ? (room_ - kRecord) / kAddress : 0;
        if (record.sources.size() > most && is_exclude(record.type)) {
            packed_.sources_left_out += record.sources.size() - most;
            record.sources.resize(most);
        }
        while (record.sources.size() > most && most > 0) {
            const auto rest = record.sources.end() - static_cast<std::ptrdiff_t>(most);
            Record<F> part{record.type, record.group, {rest, record.sources.end()}};
            record.sources.erase(rest, record.sources.end());
            put(std::move(part));
        }
        put(std::move(record));
    }

    void put(Record<F> record) {
        if (packed_.reports.empty() || size(record) > left_) {
            packed_.reports.emplace_back();
            left_ = room_;
        }
        left_ -= std::min(left_, size(record));
        packed_.reports.back().records.push_back(std::move(record));
    }

    static bool is_exclude(RecordType type) {
        return type == RecordType::is_ex || type == RecordType::to_ex;
    }

    std::size_t room_;
    std::size_t left_ = 0;
    Packed<F> packed_;
};

}  // namespace mgmd::membership
