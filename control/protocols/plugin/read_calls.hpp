// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "control/protocols/plugin/abi.hpp"

namespace mgmd::plugin {

/// The calls that fill the plugin's buffers: entries, their statistics, joined groups.
template <class F>
struct ReadCalls {
    using Mfe = typename Abi<F>::Mfe;

    static DWORD get_mfe(mgmd_router* router, Mfe* key, PDWORD size, PBYTE octets);
    static DWORD first_mfes(mgmd_router* router, PDWORD size, PBYTE octets, PDWORD count);
    static DWORD next_mfes(mgmd_router* router, Mfe* start, PDWORD size, PBYTE octets,
                           PDWORD count);
    static DWORD get_mfe_stats(mgmd_router* router, Mfe* key, PDWORD size, PBYTE octets,
                               DWORD flags);
    static DWORD first_mfes_stats(mgmd_router* router, PDWORD size, PBYTE octets, PDWORD count,
                                  DWORD flags);
    static DWORD next_mfes_stats(mgmd_router* router, Mfe* start, PDWORD size, PBYTE octets,
                                 PDWORD count, DWORD flags);
    static DWORD next_groups(mgmd_router* router, HANDLE enumeration, PDWORD size, PBYTE octets,
                             PDWORD count);
};

/// The key that an entry of the C interface names.
template <class F>
mgm::SourceGroup<F> key_of(const typename Abi<F>::Mfe& mfe) {
    mgm::SourceGroup<F> key{from_abi<F>(mfe.dwGroup), from_abi<F>(mfe.dwSource), F::address_bits};
    if (!key.has_source() && is_unspecified(key.group)) {
        return mgm::SourceGroup<F>::any();
    }
    // Callers that know nothing of the extension may have left anything there.
    if (!key.has_source() && mfe.dwReserved < F::address_bits) {
        key.group_length = static_cast<std::uint8_t>(F::address_bits - mfe.dwReserved);
    }
    return key;
}

}  // namespace mgmd::plugin
