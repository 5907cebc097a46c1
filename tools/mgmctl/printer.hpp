// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl {

/// Takes the rows of an answer as they come, and shows them. One answer after the other.
class Printer {
public:
    virtual ~Printer() = default;
    virtual void add(Json row) = 0;
    /// The answer is complete.
    virtual void finish() = 0;
};

/// A JSON array of the rows, a row on each line; nothing is kept.
class JsonPrinter final : public Printer {
public:
    explicit JsonPrinter(std::ostream& out) : out_(out) {}
    void add(Json row) override;
    void finish() override;

private:
    std::ostream& out_;
    bool first_ = true;
};

/// Of a stream: each row on a line of its own, as it comes.
class JsonLinePrinter final : public Printer {
public:
    explicit JsonLinePrinter(std::ostream& out) : out_(out) {}
    void add(Json row) override;
    void finish() override {}

private:
    std::ostream& out_;
};

/// Of a stream, for people: each row as it comes. Columns are as wide as their widest cell so far.
class LinePrinter final : public Printer {
public:
    /// `layout` outlives it. Prints the header.
    LinePrinter(std::ostream& out, const Layout& layout);
    void add(Json row) override;
    void finish() override {}

private:
    void print(const std::vector<std::string>& cells);

    std::ostream& out_;
    const Layout& layout_;
    std::vector<std::size_t> widths_;
};

/// Aligned columns. A long answer comes in blocks, each with its header.
class TablePrinter final : public Printer {
public:
    /// `layout` outlives it. With `watching`, rows are remembered to tell how fast they change.
    TablePrinter(std::ostream& out, const Layout& layout, bool watching);
    void add(Json row) override;
    void finish() override;

private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kBlockRows = 10'000;

    std::string identity_of(const Json& row) const;
    void print_block();

    std::ostream& out_;
    const Layout& layout_;
    bool watching_;
    std::vector<Json> block_;
    bool printed_ = false;
    std::map<std::string, Json> before_;  ///< by identity, of the last look
    std::map<std::string, Json> now_;
    Clock::time_point last_look_{};
    double seconds_ = 0;  ///< between the last look and this one
};

/// Each row as its layout words it.
class TextPrinter final : public Printer {
public:
    /// `layout` outlives it, and has `lines`.
    TextPrinter(std::ostream& out, const Layout& layout) : out_(out), layout_(layout) {}
    void add(Json row) override;
    void finish() override;

private:
    std::ostream& out_;
    const Layout& layout_;
};

/// Of a command that has nothing to show.
class SilentPrinter final : public Printer {
public:
    void add(Json /*row*/) override {}
    void finish() override {}
};

}  // namespace mgmd::mgmctl
