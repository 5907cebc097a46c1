// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/types.hpp"

namespace mgmd::mgm {

template <class F>
std::string to_string(const SourceGroup<F>& key) {
    const std::string source = key.has_source() ? mgmd::to_string(key.source) : "*";
    if (key.is_any()) {
        return '(' + source + ",*)";
    }
    std::string text = '(' + source + ',' + mgmd::to_string(key.group);
    if (!key.is_single_group()) {
        text += '/' + std::to_string(key.group_length);
    }
    return text + ')';
}

template <class F>
std::string to_string(const InterfaceId<F>& id) {
    std::string text = std::to_string(id.index);
    if (!is_unspecified(id.next_hop)) {
        text += " via " + mgmd::to_string(id.next_hop);
    }
    return text;
}

template std::string to_string(const SourceGroup<V4>&);
template std::string to_string(const SourceGroup<V6>&);
template std::string to_string(const InterfaceId<V4>&);
template std::string to_string(const InterfaceId<V6>&);

}  // namespace mgmd::mgm
