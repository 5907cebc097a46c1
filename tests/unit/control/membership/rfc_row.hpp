// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Reads the rows of the tables in RFC 9776 6.4 and RFC 9777 7.4 as they stand there.
namespace mgmd::membership::test {

/// Sources by number.
using Set = std::set<int>;
/// What A, B, X and Y are.
using Names = std::map<char, Set>;

inline Set both(const Set& a, const Set& b) {
    Set result;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                          std::inserter(result, result.end()));
    return result;
}
inline Set either(const Set& a, const Set& b) {
    Set result = a;
    result.insert(b.begin(), b.end());
    return result;
}
inline Set without(const Set& a, const Set& b) {
    Set result;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(),
                        std::inserter(result, result.end()));
    return result;
}

/// "X+(A-Y)": names, parentheses, and from left to right + (union), * (intersection), -
/// (difference).
class Expression {
public:
    Expression(std::string_view text, const Names& names) : text_(text), names_(names) {}

    Set value() {
        Set result = operand();
        while (at_ < text_.size() && text_[at_] != ')') {
            const char operation = text_[at_++];
            const Set right = operand();
            result = operation == '+'   ? either(result, right)
                     : operation == '*' ? both(result, right)
                     : operation == '-' ? without(result, right)
                                        : throw std::invalid_argument(std::string(text_));
        }
        return result;
    }

private:
    Set operand() {
        const char first = text_.at(at_++);
        if (first != '(') {
            return names_.at(first);
        }
        const Set result = value();
        ++at_;  // ')'
        return result;
    }

    std::string_view text_;
    const Names& names_;
    std::size_t at_ = 0;
};

inline Set evaluate(std::string_view text, const Names& names) {
    return Expression(text, names).value();
}

/// What is between the first "(" of `text` and its last ")", split at the comma.
inline std::vector<std::string> arguments(const std::string& text) {
    const auto begin = text.find('(') + 1;
    const std::string inside = text.substr(begin, text.rfind(')') - begin);
    const auto comma = inside.find(',');
    return comma == inside.npos ? std::vector{inside}
                                : std::vector{inside.substr(0, comma), inside.substr(comma + 1)};
}

/// One line of a table.
struct Row {
    std::string state;
    std::string message;
    std::string new_state;
    std::vector<std::string> actions;
};

}  // namespace mgmd::membership::test
