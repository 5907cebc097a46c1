// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/key_form.hpp"

#include "common/address_range.hpp"
#include "control/mgm/failure.hpp"

namespace mgmd::mgm {

template <class F>
Result<> check_key_form(const SourceGroup<F>& key) {
    const auto refuse_key = [&key](const char* rule) {
        return refuse(Errc::invalid_parameter, "{}: {}", to_string(key), rule);
    };
    if (key.group_length > F::address_bits) {
        return refuse_key("the group mask is longer than an address");
    }
    if (key.has_source() && !key.is_single_group()) {
        return refuse_key("a source needs a single group");
    }
    if (is_multicast(key.source)) {
        return refuse_key("the source is a multicast address");
    }
    if (masked(key.group, key.group_length) != key.group) {
        return refuse_key("the group has bits outside its mask");
    }
    if (key.is_any()) {
        return {};
    }
    const auto last = filled(key.group, key.group_length);
    if (!is_multicast(key.group) || !is_multicast(last)) {
        return refuse_key("the group is not multicast");
    }
    // Link-local groups are contiguous, within one value of IPv6's flags: the ends decide.
    if (is_link_scope_group(key.group) && is_link_scope_group(last)) {
        return refuse_key("the group is link-local, which no router forwards");
    }
    return {};
}

template Result<> check_key_form(const SourceGroup<V4>&);
template Result<> check_key_form(const SourceGroup<V6>&);

}  // namespace mgmd::mgm
