// SPDX-License-Identifier: Apache-2.0
#include "tests/model/differ.hpp"

namespace mgmd::mgm::differential {

std::string compare(const std::vector<std::string>& expected,
                    const std::vector<std::string>& actual) {
    std::string text;
    std::size_t next = 0;
    for (const std::string& line : expected) {
        const auto found =
            std::find(actual.begin() + static_cast<std::ptrdiff_t>(next), actual.end(), line);
        if (found == actual.end()) {
            text += "- " + line + "\n";
            continue;
        }
        for (; actual[next] != line; ++next) {
            text += "+ " + actual[next] + "\n";
        }
        text += "  " + line + "\n";
        ++next;
    }
    for (; next < actual.size(); ++next) {
        text += "+ " + actual[next] + "\n";
    }
    return text;
}

std::string report(const Script& script, const Mismatch& mismatch) {
    const Script shown(script.begin(),
                       script.begin() + static_cast<std::ptrdiff_t>(mismatch.step) + 1);
    return "at the last operation, - expected, + actual:\n" +
           compare(mismatch.expected, mismatch.actual) + "shown by\n" + to_code(shown);
}

}  // namespace mgmd::mgm::differential
