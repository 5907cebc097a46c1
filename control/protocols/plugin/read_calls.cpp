// SPDX-License-Identifier: Apache-2.0
#include "control/protocols/plugin/read_calls.hpp"

#include <cstddef>
#include <cstring>

#include "control/protocols/plugin/answer.hpp"

namespace mgmd::plugin {
namespace {

using mgm::Errc;
using mgm::Result;

/// The plugin's buffer: whole records, back to back, wherever it begins.
class Buffer {
public:
    Buffer(PDWORD size, PBYTE octets, PDWORD count) : size_(size), octets_(octets), count_(count) {}

    Result<> check() const {
        if (size_ == nullptr) {
            return null_pointer("pdwBufferSize");
        }
        if (octets_ == nullptr && *size_ != 0) {
            return null_pointer("pbBuffer");
        }
        if (count_ == nullptr) {
            return null_pointer("pdwNumEntries");
        }
        *count_ = 0;
        return {};
    }
    DWORD size() const { return *size_; }
    void need(std::size_t octets) { *size_ = static_cast<DWORD>(octets); }
    void begin_record() { ++*count_; }
    /// Precondition: there is room.
    void put(const void* from, std::size_t octets) {
        std::memcpy(octets_ + used_, from, octets);
        used_ += octets;
    }

private:
    PDWORD size_;
    PBYTE octets_;
    PDWORD count_;
    std::size_t used_ = 0;
};

/// Counters are of 32 bits here, and wrap.
template <class Number>
ULONG wrapped(Number number) {
    return static_cast<ULONG>(number);
}

/// What entries and statistics begin with.
template <class F, class Head, class Record>
Head head_of(const Record& record) {
    Head head{};
    head.dwGroup = to_abi<F>(record.key.group);
    head.dwSource = to_abi<F>(record.key.source);
    head.dwSrcMask = abi_mask<F>(record.key.has_source() ? F::address_bits : 0);
    head.dwUpStrmNgbr = to_abi<F>(record.upstream);
    head.dwInIfIndex = record.incoming.index;
    head.dwInIfProtocol = record.incoming_protocol;
    head.dwRouteProtocol = record.route.protocol;
    head.dwRouteNetwork = to_abi<F>(record.route.network.address);
    head.dwRouteMask = abi_mask<F>(record.route.network.length);
    head.ulUpTime = wrapped(record.up_time.count());
    head.ulExpiryTime = wrapped(record.expiry_time.count());
    head.ulNumOutIf = wrapped(record.outgoing.size());
    return head;
}

template <class F>
void put(Buffer& buffer, const mgm::MfeRecord<F>& record) {
    using Mfe = typename Abi<F>::Mfe;
    auto head = head_of<F, Mfe>(record);
    head.ulTimeOut = wrapped(record.timeout.count());
    head.dwReserved = static_cast<DWORD>(F::address_bits - record.key.group_length);
    buffer.begin_record();
    buffer.put(&head, offsetof(Mfe, rgmioOutInfo));
    for (const auto& interface : record.outgoing) {
        typename Abi<F>::Oif oif{};
        oif.dwOutIfIndex = interface.index;
        oif.dwNextHopAddr = to_abi<F>(interface.next_hop);
        buffer.put(&oif, sizeof(oif));
    }
}

template <class F, class Head>
void put_stats(Buffer& buffer, const mgm::MfeStats<F>& stats) {
    auto head = head_of<F, Head>(stats);
    head.ulInPkts = wrapped(stats.packets);
    head.ulInOctets = wrapped(stats.octets);
    head.ulPktsDifferentIf = wrapped(stats.wrong_interface);
    head.ulQueueOverflow = wrapped(stats.queue_overflow);
    if constexpr (requires { head.ulUninitMfe; }) {
        head.ulUninitMfe = wrapped(stats.uninitialised);
        head.ulNegativeMfe = wrapped(stats.negative_hits);
        head.ulInDiscards = wrapped(stats.discards);
        head.ulInHdrErrors = wrapped(stats.header_errors);
        head.ulTotalOutPackets = wrapped(stats.total_out);
    }
    buffer.begin_record();
    buffer.put(&head, offsetof(Head, rgmiosOutStats));
    for (const auto& out : stats.outgoing) {
        typename Abi<F>::OifStats oif{};
        oif.dwOutIfIndex = out.interface.index;
        oif.dwNextHopAddr = to_abi<F>(out.interface.next_hop);
        oif.ulTtlTooLow = wrapped(out.ttl_too_low);
        oif.ulFragNeeded = wrapped(out.too_big);
        oif.ulOutPackets = wrapped(out.out_packets);
        oif.ulOutDiscards = wrapped(out.out_discards);
        buffer.put(&oif, sizeof(oif));
    }
}

template <class F>
void put(Buffer& buffer, const mgm::SourceGroup<F>& key) {
    const typename Abi<F>::SourceGroup entry{to_abi<F>(key.source),
                                             abi_mask<F>(key.has_source() ? F::address_bits : 0),
                                             to_abi<F>(key.group), abi_mask<F>(key.group_length)};
    buffer.begin_record();
    buffer.put(&entry, sizeof(entry));
}

template <class F>
struct PutStats {
    mgm::StatsForm form;
    void operator()(Buffer& buffer, const mgm::MfeStats<F>& stats) const {
        if (form == mgm::StatsForm::basic) {
            put_stats<F, typename Abi<F>::Stats>(buffer, stats);
        } else {
            put_stats<F, typename Abi<F>::StatsEx>(buffer, stats);
        }
    }
};

Result<mgm::StatsForm> form_of(DWORD flags) {
    switch (flags) {
        case MGM_MFE_STATS_0:
            return mgm::StatsForm::basic;
        case MGM_MFE_STATS_1:
            return mgm::StatsForm::extended;
        default:
            return mgm::refuse(Errc::invalid_parameter, "dwFlags {:#x}: 1 or 2", flags);
    }
}

/// The refusal, after the size that would have been enough is where the plugin looks for it.
tl::unexpected<mgm::Failure> refused(Buffer& buffer, const mgm::Failure& failure) {
    if (failure.code == Errc::insufficient_buffer) {
        buffer.need(failure.needed);
    }
    return tl::make_unexpected(failure);
}

/// `read(octets)` is a page of as many records as fit, `put_record` writes one.
template <class Read, class Put>
Result<DWORD> fill(Buffer buffer, Read read, Put put_record) {
    if (const auto checked = buffer.check(); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto page = read(buffer.size());
    if (!page) {
        return refused(buffer, page.error());
    }
    for (const auto& record : page->records) {
        put_record(buffer, record);
    }
    return static_cast<DWORD>(page->status());
}

/// The same with a single record.
template <class Read, class Put>
Result<DWORD> fill_one(PDWORD size, PBYTE octets, Read read, Put put_record) {
    DWORD count = 0;
    Buffer buffer(size, octets, &count);
    if (const auto checked = buffer.check(); !checked) {
        return tl::make_unexpected(checked.error());
    }
    const auto record = read(buffer.size());
    if (!record) {
        return refused(buffer, record.error());
    }
    put_record(buffer, *record);
    return NO_ERROR;
}

template <class F>
void put_mfe(Buffer& buffer, const mgm::MfeRecord<F>& record) {
    put<F>(buffer, record);
}

}  // namespace

template <class F>
DWORD ReadCalls<F>::get_mfe(mgmd_router* router, Mfe* key, PDWORD size, PBYTE octets) {
    return answer(router, "MgmGetMfe", [&](Plugin& plugin) -> Result<DWORD> {
        if (key == nullptr) {
            return null_pointer("pimm");
        }
        return fill_one(
            size, octets,
            [&](DWORD room) { return plugin.part<F>().manager.get_mfe(key_of<F>(*key), room); },
            put_mfe<F>);
    });
}

template <class F>
DWORD ReadCalls<F>::first_mfes(mgmd_router* router, PDWORD size, PBYTE octets, PDWORD count) {
    return answer(router, "MgmGetFirstMfe", [&](Plugin& plugin) {
        return fill(
            Buffer(size, octets, count),
            [&](DWORD room) { return plugin.part<F>().manager.first_mfes(room); }, put_mfe<F>);
    });
}

template <class F>
DWORD ReadCalls<F>::next_mfes(mgmd_router* router, Mfe* start, PDWORD size, PBYTE octets,
                              PDWORD count) {
    return answer(router, "MgmGetNextMfe", [&](Plugin& plugin) -> Result<DWORD> {
        if (start == nullptr) {
            return null_pointer("pimmStart");
        }
        return fill(
            Buffer(size, octets, count),
            [&](DWORD room) { return plugin.part<F>().manager.next_mfes(key_of<F>(*start), room); },
            put_mfe<F>);
    });
}

template <class F>
DWORD ReadCalls<F>::get_mfe_stats(mgmd_router* router, Mfe* key, PDWORD size, PBYTE octets,
                                  DWORD flags) {
    return answer(router, "MgmGetMfeStats", [&](Plugin& plugin) -> Result<DWORD> {
        const auto form = form_of(flags);
        if (!form) {
            return tl::make_unexpected(form.error());
        }
        if (key == nullptr) {
            return null_pointer("pimm");
        }
        return fill_one(
            size, octets,
            [&](DWORD room) {
                return plugin.part<F>().manager.get_mfe_stats(key_of<F>(*key), room, *form);
            },
            PutStats<F>{*form});
    });
}

template <class F>
DWORD ReadCalls<F>::first_mfes_stats(mgmd_router* router, PDWORD size, PBYTE octets, PDWORD count,
                                     DWORD flags) {
    return answer(router, "MgmGetFirstMfeStats", [&](Plugin& plugin) -> Result<DWORD> {
        const auto form = form_of(flags);
        if (!form) {
            return tl::make_unexpected(form.error());
        }
        return fill(
            Buffer(size, octets, count),
            [&](DWORD room) { return plugin.part<F>().manager.first_mfes_stats(room, *form); },
            PutStats<F>{*form});
    });
}

template <class F>
DWORD ReadCalls<F>::next_mfes_stats(mgmd_router* router, Mfe* start, PDWORD size, PBYTE octets,
                                    PDWORD count, DWORD flags) {
    return answer(router, "MgmGetNextMfeStats", [&](Plugin& plugin) -> Result<DWORD> {
        const auto form = form_of(flags);
        if (!form) {
            return tl::make_unexpected(form.error());
        }
        if (start == nullptr) {
            return null_pointer("pimmStart");
        }
        return fill(
            Buffer(size, octets, count),
            [&](DWORD room) {
                return plugin.part<F>().manager.next_mfes_stats(key_of<F>(*start), room, *form);
            },
            PutStats<F>{*form});
    });
}

template <class F>
DWORD ReadCalls<F>::next_groups(mgmd_router* router, HANDLE enumeration, PDWORD size, PBYTE octets,
                                PDWORD count) {
    return answer(router, "MgmGroupEnumerationGetNext", [&](Plugin& plugin) -> Result<DWORD> {
        auto& part = plugin.part<F>();
        const auto* found = part.enumerations.find(enumeration);
        if (found == nullptr) {
            return bad_handle();
        }
        return fill(
            Buffer(size, octets, count),
            [&](DWORD room) { return part.manager.next_groups(found->handle, room); },
            [](Buffer& buffer, const mgm::SourceGroup<F>& key) { put<F>(buffer, key); });
    });
}

template struct ReadCalls<V4>;
template struct ReadCalls<V6>;

}  // namespace mgmd::plugin
