// SPDX-License-Identifier: Apache-2.0
#include "control/mgm/installed_table.hpp"

#include <utility>

namespace mgmd::mgm {

template <class F>
Installed<F>* InstalledTable<F>::find(const Key& key) {
    return const_cast<Installed<F>*>(std::as_const(*this).find(key));
}

template <class F>
const Installed<F>* InstalledTable<F>::find(const Key& key) const {
    if (!key.has_source() && by_length_[key.group_length] == 0) {
        return nullptr;
    }
    const auto at = routes_.find(Order(key));
    return at == routes_.end() ? nullptr : at->second.get();
}

template <class F>
Installed<F>& InstalledTable<F>::put(Installed<F> installed) {
    const Key key = installed.route.key;
    auto [at, is_new] = routes_.try_emplace(Order(key));
    if (!is_new) {
        return *at->second = std::move(installed);
    }
    at->second = std::make_unique<Installed<F>>(std::move(installed));
    if (!key.has_source()) {
        ++by_length_[key.group_length];
    }
    return *at->second;
}

template <class F>
Installed<F> InstalledTable<F>::take(const Key& key) {
    const auto at = routes_.find(Order(key));
    Installed<F> installed = std::move(*at->second);
    routes_.erase(at);
    if (!key.has_source()) {
        --by_length_[key.group_length];
    }
    return installed;
}

template <class F>
void InstalledTable<F>::erase(const Key& key) {
    if (find(key) != nullptr) {
        take(key);
    }
}

template <class F>
const Installed<F>* InstalledTable<F>::after(const std::optional<Key>& key) const {
    const auto at = key.has_value() ? routes_.upper_bound(Order(*key)) : routes_.begin();
    return at == routes_.end() ? nullptr : at->second.get();
}

template <class F>
auto InstalledTable<F>::of_client(ClientIndex client) const -> std::vector<Key> {
    std::vector<Key> keys;
    for (const auto& [order, installed] : routes_) {
        if (installed->client == client) {
            keys.push_back(installed->route.key);
        }
    }
    return keys;
}

template class InstalledTable<V4>;
template class InstalledTable<V6>;

}  // namespace mgmd::mgm
