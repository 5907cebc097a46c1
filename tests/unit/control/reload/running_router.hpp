// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "config/diff.hpp"
#include "config/load.hpp"
#include "control/ctl/handlers/support.hpp"
#include "control/reload/reloader.hpp"
#include "control/reload/running_settings.hpp"
#include "tests/support/control_fixture.hpp"
#include "tests/support/fake_dataplane_ops.hpp"
#include "tests/support/fake_dataplane_view.hpp"

namespace mgmd::test {

/// A text that takes the place of the configuration file.
class TextSource final : public ConfigurationSource {
public:
    explicit TextSource(config::Document document) : in_force_(std::move(document)) {}

    Expected<NewConfiguration> read() override {
        auto file = config::read_text("f", text);
        if (!file) {
            return fail(ExitCode::configuration, "mistakes\n" + to_string(file.error().front()));
        }
        NewConfiguration fresh{std::move(file->settings), config::diff(in_force_, file->document)};
        last_read_ = std::move(file->document);
        return fresh;
    }
    void adopt() override { in_force_ = std::move(last_read_); }

    std::string text;

private:
    config::Document in_force_;
    config::Document last_read_;
};

/// A control plane on fake tables, with its settings from a text, which another can follow. Time
/// stands still.
class RunningRouter {
public:
    /// Precondition: the text is good. `places_of`: whose interfaces keep their places.
    explicit RunningRouter(const std::string& text, const Settings* places_of = nullptr)
        : RunningRouter(config::read_text("f", text).value(), places_of) {}

    Expected<std::vector<SettingChange>> reload(const std::string& text, bool is_dry_run = false) {
        file.text = text;
        auto changes = reloader.reload(is_dry_run);
        run_posted();
        return changes;
    }

    /// What has been posted to the loop.
    void run_posted() {
        while (loop.io().poll() > 0) {
        }
    }

    template <class F>
    FakeForwardingTable<F>& table() {
        if constexpr (F::family == Family::ipv4) {
            return ipv4;
        } else {
            return ipv6;
        }
    }
    template <class F>
    mgm::GroupManager<F>& manager(TableId table = 0) {
        return control.tables<F>().at(table)->manager();
    }
    std::size_t table_changes() const {
        return ipv4.installs + ipv4.removals + ipv6.installs + ipv6.removals;
    }

    /// A packet of the flow arrives and finds no entry.
    template <class F>
    void arrive(const char* source, const char* group, InterfaceIndex interface) {
        auto event = no_entry_event<F>(source, group, interface);
        event.table = settings.interface(interface)->table;
        manager<F>(event.table).on_no_entry(event);
        run_posted();
    }

    /// Entries, memberships, owners and routes, a line each.
    std::set<std::string> state() {
        std::set<std::string> lines;
        describe<V4>(lines, "10.1.0.10", "198.51.100.7");
        describe<V6>(lines, "fd00:1::10", "2001:db8:7::7");
        return lines;
    }

    Settings settings;
    Waker waker;
    EventLoop loop{waker, ControlPolicy::sleep};
    FakeClock clock;
    FakeForwardingTable<V4> ipv4;
    FakeForwardingTable<V6> ipv6;
    FakeDataplaneView view;
    std::unique_ptr<EventRing> port_events = std::make_unique<EventRing>();
    FakeDataplaneOps ops{*port_events};
    TextSource file;
    ControlPlane control;
    Reloader reloader{settings, control, file};

private:
    RunningRouter(config::Configuration read, const Settings* places_of)
        : settings(std::move(read.settings)),
          file(std::move(read.document)),
          control((places_of == nullptr || keep_places(*places_of, settings), settings), clock,
                  loop, Doors{ipv4, ipv6, {}, *port_events, view, ops, [](const InjectPacket&) {
                                  return true;
                              }}) {
        const auto started = control.start();
        EXPECT_TRUE(started) << (started ? "" : started.error().message);
        run_posted();
    }

    static std::string text_of(const std::vector<InterfaceIndex>& indices) {
        std::string text;
        for (const auto index : indices) {
            text += ' ' + std::to_string(index);
        }
        return text;
    }

    template <class F>
    void describe(std::set<std::string>& lines, const char* near, const char* far) {
        const std::string family = ctl::kFamilyName<F>;
        for (const auto& [key, entry] : table<F>().entries) {
            std::string text = family + " entry " + std::to_string(key.table) + ' ' +
                               to_string(key.source) + ' ' + to_string(key.group) + '/' +
                               std::to_string(key.group_length) + '@' +
                               std::to_string(key.arrival) + " action " +
                               std::to_string(static_cast<int>(entry.action)) + " from" +
                               (entry.accept.any ? " any" : text_of(entry.accept.interfaces));
            for (const auto& out : entry.outgoing) {
                text += " to " + std::to_string(out.interface) + ' ' +
                        std::to_string(out.ttl_threshold.value_or(0)) + ' ' +
                        to_string(out.next_hop.value_or(MacAddress{}));
            }
            lines.insert(text);
        }
        for (const auto& [id, of_table] : control.tables<F>()) {
            const auto table = family + " table " + std::to_string(id) + ' ';
            of_table->manager().visit_memberships([&](const auto& membership) {
                lines.insert(table + to_string(membership.key) + " on " +
                             std::to_string(membership.interface.index) +
                             (membership.by_owner ? " owner" : "") +
                             (membership.by_igmp ? " igmp" : ""));
            });
            for (const auto& client : of_table->manager().clients()) {
                for (const auto& interface : client.interfaces) {
                    lines.insert(table + std::to_string(client.name.protocol) + " has " +
                                 std::to_string(interface.index));
                }
            }
            for (const auto* source : {near, far}) {
                const auto route = of_table->rib().lookup(address<F>(source));
                lines.insert(table + "source " + source + " at " +
                             (route ? std::to_string(route->interface) + ' ' +
                                          to_string(route->next_hop) + ' ' +
                                          std::to_string(route->metric)
                                    : ""));
            }
        }
    }
};

}  // namespace mgmd::test
