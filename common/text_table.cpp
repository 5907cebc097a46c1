// SPDX-License-Identifier: Apache-2.0
#include "common/text_table.hpp"

#include <algorithm>
#include <ostream>

namespace mgmd {
namespace {

bool is_number(const std::string& cell) {
    return !cell.empty() && cell.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

void TextTable::print(std::ostream& out, const std::string& indent) const {
    std::vector<std::size_t> widths;
    std::vector<bool> numeric;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        widths.resize(std::max(widths.size(), rows_[r].size()));
        numeric.resize(widths.size(), rows_.size() > 1);
        for (std::size_t c = 0; c < rows_[r].size(); ++c) {
            widths[c] = std::max(widths[c], rows_[r][c].size());
            numeric[c] = numeric[c] && (r == 0 || is_number(rows_[r][c]));
        }
    }
    for (const auto& row : rows_) {
        std::string line = indent;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string padding(widths[c] - row[c].size(), ' ');
            line += (c > 0 ? "  " : "") + (numeric[c] ? padding + row[c] : row[c] + padding);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }
}

}  // namespace mgmd
