// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>

#include "tools/mgmctl/printer.hpp"
#include "tools/mgmctl/tap/pcapng.hpp"

/// How the rows of captures and traces are shown.
namespace mgmd::mgmctl {

/// A line for each captured packet.
class CapturePrinter final : public Printer {
public:
    explicit CapturePrinter(std::ostream& out) : out_(out) {}
    void add(Json row) override;
    void finish() override {}

private:
    std::ostream& out_;
};

/// A capture file.
class PcapngPrinter final : public Printer {
public:
    explicit PcapngPrinter(std::ostream& out) : writer_(out) {}
    /// A row of "show interfaces", before the first packet.
    void add_interface(const Json& row);
    void add(Json row) override;
    void finish() override {}

private:
    PcapngWriter writer_;
};

/// A traced packet and what each stage did with it, in some lines.
class TracePrinter final : public Printer {
public:
    explicit TracePrinter(std::ostream& out) : out_(out) {}
    void add(Json row) override;
    void finish() override {}

private:
    std::ostream& out_;
};

}  // namespace mgmd::mgmctl
