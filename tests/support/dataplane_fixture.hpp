// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "dataplane/dataplane.hpp"
#include "dataplane/eal.hpp"
#include "tests/support/pcap_file.hpp"

/// The whole dataplane, with its threads, on software devices, without hugepages.
namespace mgmd::test {

/// Most workers of a test, whatever the number of CPUs.
inline constexpr std::uint16_t kMostWorkers = 3;

/// The EAL of this process, started by its first caller.
dataplane::Eal& shared_eal();

/// Calls `done` until it is true. False: it was not within a generous deadline.
bool eventually(const std::function<bool()>& done);

class DataplaneTest : public testing::Test {
protected:
    DataplaneTest();
    /// Stops the dataplane and expects that no buffer is missing and every packet has a verdict.
    ~DataplaneTest() override;

    /// A port with an untagged interface, in that order numbered from 0 and from 1.
    PortSettings& add_port(const std::string& device);
    /// A capture file to receive from, and one that is written.
    std::string pcap_from(const std::vector<Bytes>& frames);
    std::filesystem::path file(const std::string& name) const { return directory_ / name; }

    /// A unique device name: "net_pcap" becomes "net_pcap7".
    std::string unique(const std::string& driver);

    /// Starts, or says why not.
    std::optional<Error> start();
    void launch();
    dataplane::Dataplane& dataplane() { return *dataplane_; }
    /// Plays control: installs an entry for each unknown flow, accepting where it was seen and
    /// sending to `outgoing`. Returns whether any was asked for.
    bool answer_no_entry(const std::vector<InterfaceIndex>& outgoing);
    /// All workers together have received so many packets.
    bool received(std::uint64_t packets);
    std::uint64_t dropped(DropReason reason) const;

    Settings settings_;

private:
    TemporaryDirectory directory_;
    unsigned serial_ = 0;
    std::unique_ptr<dataplane::Dataplane> dataplane_;
};

}  // namespace mgmd::test
