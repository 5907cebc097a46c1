// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mgmd/mgm.h>
#include <optional>
#include <utility>

namespace mgmd::plugin {

/// What a HANDLE stands for. A handle of one kind is none of another.
enum class HandleKind : std::uint8_t { protocol = 1, enumeration, timer, watch };

/// Things that a plugin has handles of. A handle holds the plugin's number, the kind, the family
/// and a sequence number, and points to nothing: whatever a plugin passes can be looked up, and no
/// handle is ever given twice. Control thread.
template <class T>
class HandleTable {
public:
    /// `family`: 0 for what has none. At most `most` things at a time.
    HandleTable(std::uint8_t plugin, HandleKind kind, std::uint8_t family, std::size_t most)
        : first_(std::uint64_t{plugin} << 56 | std::uint64_t{family} << 52 |
                 static_cast<std::uint64_t>(kind) << 48),
          most_(most) {}

    bool is_full() const { return things_.size() >= most_; }
    std::size_t size() const { return things_.size(); }

    /// Precondition: not full.
    HANDLE add(T thing) {
        const std::uint64_t number = first_ | ++sequence_;
        things_.emplace(number, std::move(thing));
        return std::bit_cast<HANDLE>(number);
    }

    /// nullptr: none of this table's.
    T* find(HANDLE handle) {
        const auto found = things_.find(std::bit_cast<std::uint64_t>(handle));
        return found == things_.end() ? nullptr : &found->second;
    }

    /// Takes it out; nullopt: none of this table's.
    std::optional<T> take(HANDLE handle) {
        const auto node = things_.extract(std::bit_cast<std::uint64_t>(handle));
        return node ? std::optional(std::move(node.mapped())) : std::nullopt;
    }

    template <class Condition>
    void erase_if(Condition condition) {
        std::erase_if(things_, [&](const auto& item) { return condition(item.second); });
    }

    /// All that is left, in the order it came.
    std::map<std::uint64_t, T> take_all() { return std::exchange(things_, {}); }

    auto begin() const { return things_.begin(); }
    auto end() const { return things_.end(); }

private:
    static_assert(sizeof(HANDLE) == sizeof(std::uint64_t));

    std::uint64_t first_;
    std::size_t most_;
    std::uint64_t sequence_ = 0;
    std::map<std::uint64_t, T> things_;
};

}  // namespace mgmd::plugin
