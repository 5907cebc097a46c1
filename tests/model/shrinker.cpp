// SPDX-License-Identifier: Apache-2.0
#include "tests/model/shrinker.hpp"

#include <algorithm>

namespace mgmd::mgm::differential {
namespace {

Script without(const Script& script, std::size_t first, std::size_t count) {
    Script rest = script;
    const auto begin = rest.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t erased = std::min(count, rest.size() - first);
    rest.erase(begin, begin + static_cast<std::ptrdiff_t>(erased));
    return rest;
}

}  // namespace

Script shrink(Script script, const std::function<bool(const Script&)>& fails) {
    std::size_t piece = (script.size() + 1) / 2;
    while (piece > 0) {
        bool shorter = false;
        // From the end: what made the difference visible is there, and the rest depends on the
        // beginning.
        for (std::size_t end = script.size(); end > 0;) {
            const std::size_t first = end > piece ? end - piece : 0;
            Script rest = without(script, first, end - first);
            if (fails(rest)) {
                script = std::move(rest);
                shorter = true;
            }
            end = first;
        }
        if (piece == 1 && !shorter) {
            break;
        }
        piece = shorter && piece == 1 ? 1 : piece / 2;
    }
    return script;
}

}  // namespace mgmd::mgm::differential
