// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/installed_table.hpp"

namespace mgmd::mgm {

template <class F>
Installed<F>* InstalledTable<F>::find(const Key& key) {
    const auto at = routes_.find(key);
    return at == routes_.end() ? nullptr : &at->second;
}

template <class F>
const Installed<F>* InstalledTable<F>::find(const Key& key) const {
    const auto at = routes_.find(key);
    return at == routes_.end() ? nullptr : &at->second;
}

template <class F>
Installed<F>& InstalledTable<F>::put(const Installed<F>& installed) {
    const auto [at, is_new] = routes_.insert_or_assign(installed.route.key, installed);
    if (is_new && !at->first.has_source()) {
        ++by_length_[at->first.group_length];
    }
    return at->second;
}

template <class F>
void InstalledTable<F>::erase(const Key& key) {
    if (routes_.erase(key) != 0 && !key.has_source()) {
        --by_length_[key.group_length];
    }
}

template <class F>
const Installed<F>* InstalledTable<F>::after(const std::optional<Key>& key) const {
    const auto at = key.has_value() ? routes_.upper_bound(*key) : routes_.begin();
    return at == routes_.end() ? nullptr : &at->second;
}

template <class F>
auto InstalledTable<F>::of_client(ClientIndex client) const -> std::vector<Key> {
    std::vector<Key> keys;
    for (const auto& [key, installed] : routes_) {
        if (installed.client == client) {
            keys.push_back(key);
        }
    }
    return keys;
}

template class InstalledTable<V4>;
template class InstalledTable<V6>;

}  // namespace mgmd::mgm
