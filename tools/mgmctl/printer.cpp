// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/printer.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "common/text_table.hpp"

namespace mgmd::mgmctl {

namespace {

std::string json_of(const Json& row) {
    return row.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void JsonPrinter::add(Json row) {
    out_ << (first_ ? "[" : ",\n ") << json_of(row);
    first_ = false;
}

void JsonPrinter::finish() {
    out_ << (first_ ? "[]\n" : "]\n");
    out_.flush();
    first_ = true;
}

void JsonLinePrinter::add(Json row) {
    out_ << json_of(row) << '\n' << std::flush;
}

void TextPrinter::add(Json row) {
    for (const auto& line : layout_.lines(row)) {
        out_ << line << '\n';
    }
}

void TextPrinter::finish() {
    out_.flush();
}

LinePrinter::LinePrinter(std::ostream& out, const Layout& layout) : out_(out), layout_(layout) {
    std::vector<std::string> headers;
    for (const auto& column : layout_.columns) {
        headers.push_back(column.header);
        widths_.push_back(column.least_width);
    }
    print(headers);
}

void LinePrinter::add(Json row) {
    if (const auto* missed = find(row, "missed")) {
        out_ << "... missed " << as_text(*missed) << ": they came faster than they were read\n"
             << std::flush;
        return;
    }
    std::vector<std::string> cells;
    for (const auto& column : layout_.columns) {
        cells.push_back(column.cell({row}));
    }
    print(cells);
}

void LinePrinter::print(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], cells[i].size());
        line += cells[i] + std::string(widths_[i] - cells[i].size() + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_ << line << '\n' << std::flush;
}

TablePrinter::TablePrinter(std::ostream& out, const Layout& layout, bool watching)
    : out_(out), layout_(layout), watching_(watching) {}

void TablePrinter::add(Json row) {
    if (block_.empty() && !printed_) {
        const auto now = Clock::now();
        seconds_ = std::chrono::duration<double>(now - last_look_).count();
        last_look_ = now;
    }
    block_.push_back(std::move(row));
    if (block_.size() == kBlockRows) {
        print_block();
    }
}

void TablePrinter::finish() {
    if (!block_.empty()) {
        print_block();
    } else if (!printed_) {
        out_ << layout_.if_empty << '\n';
    }
    out_.flush();
    printed_ = false;
    before_ = std::exchange(now_, {});
}

std::string TablePrinter::identity_of(const Json& row) const {
    std::string identity;
    for (const auto& key : layout_.identity) {
        const auto* value = find(row, key);
        identity += (value == nullptr ? "" : value->dump()) + '\n';
    }
    return identity;
}

void TablePrinter::print_block() {
    const auto& columns = layout_.columns;
    std::vector<std::vector<std::string>> cells;
    std::vector<bool> used(columns.size(), false);
    for (const auto& row : block_) {
        const auto seen = before_.find(watching_ ? identity_of(row) : std::string());
        const Sight sight{row, seen == before_.end() ? nullptr : &seen->second, seconds_};
        auto& line = cells.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            line.push_back(columns[i].cell(sight));
            used[i] = used[i] || !line.back().empty();
        }
    }
    const auto select = [&](const auto& text_of) {
        std::vector<std::string> line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (used[i]) {
                line.push_back(text_of(i));
            }
        }
        return line;
    };
    TextTable table(select([&](std::size_t i) { return columns[i].header; }));
    for (const auto& line : cells) {
        table.add(select([&](std::size_t i) { return line[i]; }));
    }
    table.print(out_, "");
    printed_ = true;
    if (watching_) {
        for (auto& row : block_) {
            auto identity = identity_of(row);
            now_.insert_or_assign(std::move(identity), std::move(row));
        }
    }
    block_.clear();
}

}  // namespace mgmd::mgmctl
