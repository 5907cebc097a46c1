// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/membership/membership_client.hpp"
#include "control/membership/query_address.hpp"
#include "tests/support/control_fixture.hpp"

/// From a packet of a host to the entry that is published, and back to the queries on the wire.
namespace mgmd {
namespace {

using namespace std::chrono_literals;
using membership::Generation;
using membership::Query;
using membership::Record;
using membership::RecordType;
using membership::Report;
using test::address;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr InterfaceIndex kSource = 1;
constexpr InterfaceIndex kLeft = 2;
constexpr InterfaceIndex kRight = 3;

template <class F>
struct Names;
template <>
struct Names<V4> {
    static constexpr const char *group = "239.1.1.1", *ssm = "232.1.1.1", *source = "10.1.0.10",
                                *other = "10.1.0.11", *host = "10.2.0.11", *router = "10.2.0.1";
};
template <>
struct Names<V6> {
    static constexpr const char *group = "ff1e::1", *ssm = "ff3e::1", *source = "fd00:1::10",
                                *other = "fd00:1::11", *host = "fe80::11",
                                *router = "fe80::ff:fe00:2";
};

/// A routing protocol that hears what IGMP's receivers do, and takes or leaves the interface.
template <class F>
class Owner final : public mgm::ProtocolClient<F> {
public:
    void on_local_join(const mgm::LocalMembership<F>&) override { ++joins; }
    void on_local_leave(const mgm::LocalMembership<F>&) override { ++leaves; }
    void on_local_exclude(const mgm::LocalExclude<F>& exclude) override {
        excluded = exclude.sources.size();
    }
    int joins = 0;
    int leaves = 0;
    std::size_t excluded = 0;
};

Settings with_membership() {
    auto settings = test::three_interfaces();
    for (auto& interface : settings.interfaces) {
        if (interface.index != kSource) {
            interface.ipv4.membership.enabled = true;
            interface.ipv6.membership.enabled = true;
        }
    }
    return settings;
}

template <class F>
class MembershipHostsTest : public ::testing::Test, public Names<F> {
protected:
    using Address = typename F::Address;

    void start() {
        mgm_ = std::make_unique<test::ManagerFixture<F>>(settings_);
        client_ = std::make_unique<MembershipClient<F>>(mgm_->manager, settings_, 0,
                                                        mgm_->membership_doors());
        ASSERT_TRUE(client_->start());
        client_->run_timers(mgm_->clock.now());
    }

    void report(RecordType type, const char* about, const std::vector<const char*>& sources = {},
                InterfaceIndex on = kLeft) {
        Record<F> record{type, address<F>(about), {}};
        for (const auto* each : sources) {
            record.sources.push_back(address<F>(each));
        }
        const auto packet =
            encode(Report<F>{Generation::third, {record}, 0}, address<F>(Names<F>::host));
        ControlPacket control;
        control.interface = on;
        control.length = static_cast<std::uint16_t>(packet.octets.size());
        std::copy(packet.octets.begin(), packet.octets.end(), control.bytes.begin());
        client_->on_packet(control);
    }

    /// Time goes by, with everything that is due at its time.
    void pass(Duration duration) {
        const auto end = mgm_->clock.now() + duration;
        while (const auto next = client_->next_deadline()) {
            if (*next > end) {
                break;
            }
            mgm_->clock.set(std::max(*next, mgm_->clock.now()));
            client_->run_timers(mgm_->clock.now());
        }
        mgm_->clock.set(end);
    }

    MembershipProtocolSettings<F>& left_settings() {
        auto& left = settings_.interfaces[kLeft - 1];
        if constexpr (F::family == Family::ipv4) {
            return left.ipv4.membership;
        } else {
            return left.ipv6.membership;
        }
    }

    std::vector<InterfaceIndex> outgoing(const char* from) const {
        return mgm_->outgoing(from, Names<F>::group);
    }

    /// From here on: is the stream of `source` ever published without exactly this interface?
    void watch_for_gaps(InterfaceIndex interface) {
        mgm_->table.on_change = [this, interface] {
            gap_ = gap_ || outgoing(Names<F>::source) != std::vector{interface};
        };
    }

    Settings settings_ = with_membership();
    bool gap_ = false;
    Owner<F> owner_;
    std::unique_ptr<test::ManagerFixture<F>> mgm_;
    std::unique_ptr<MembershipClient<F>> client_;
};
using Families = ::testing::Types<V4, V6>;
TYPED_TEST_SUITE(MembershipHostsTest, Families);

TYPED_TEST(MembershipHostsTest, AStreamFollowsTheHosts) {
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    EXPECT_THAT(this->outgoing(this->source), IsEmpty());
    this->report(RecordType::to_ex, this->group);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    this->report(RecordType::allow, this->group, {this->source}, kRight);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft, kRight));
    this->report(RecordType::to_in, this->group);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft, kRight));
    this->pass(2s);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kRight));
    this->pass(260s);
    EXPECT_THAT(this->outgoing(this->source), IsEmpty());
    EXPECT_EQ(this->mgm_->manager.usage().memberships, 0u);
}

TYPED_TEST(MembershipHostsTest, ExcludedSourcesStayAway) {
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->mgm_->new_source(this->other, this->group, kSource);
    this->report(RecordType::to_ex, this->group, {this->source});
    EXPECT_THAT(this->outgoing(this->source), IsEmpty());
    EXPECT_THAT(this->outgoing(this->other), ElementsAre(kLeft));
    this->report(RecordType::allow, this->group, {this->source});
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    this->report(RecordType::block, this->group, {this->other});
    this->pass(2s);
    EXPECT_THAT(this->outgoing(this->other), IsEmpty());
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
}

TYPED_TEST(MembershipHostsTest, AChangeOfFilterModeLeavesNoGap) {
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->report(RecordType::to_ex, this->group);
    this->watch_for_gaps(kLeft);
    this->report(RecordType::to_in, this->group, {this->source});
    this->pass(2s);
    this->report(RecordType::to_ex, this->group);
    this->report(RecordType::is_ex, this->group, {this->other});
    EXPECT_FALSE(this->gap_);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
}

TYPED_TEST(MembershipHostsTest, StaticJoinsOutlastTheHosts) {
    this->left_settings().static_joins = {
        {address<TypeParam>(this->group), address<TypeParam>(this->source)}};
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->mgm_->new_source(this->other, this->group, kSource);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    this->report(RecordType::to_ex, this->group, {this->source});
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft)) << "one host never leaves";
    EXPECT_THAT(this->outgoing(this->other), ElementsAre(kLeft));
    this->pass(300s);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    EXPECT_THAT(this->outgoing(this->other), IsEmpty());
}

TYPED_TEST(MembershipHostsTest, HostsKeepTheirStreamsThroughHandOversInBothDirections) {
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->mgm_->new_source(this->other, this->group, kSource);
    this->report(RecordType::to_ex, this->group, {this->other});
    const std::vector<InterfaceIndex> left{kLeft};
    this->watch_for_gaps(kLeft);
    const auto handle = this->mgm_->manager.register_protocol({77, 1}, this->owner_).value();
    ASSERT_TRUE(this->mgm_->manager.take_interface(handle, {kLeft, {}}));
    // What happens in between is remembered and told afterwards.
    this->report(RecordType::allow, this->ssm, {this->source});
    EXPECT_EQ(this->owner_.joins, 0);
    this->mgm_->run_posted();
    EXPECT_EQ(this->owner_.joins, 2);
    EXPECT_EQ(this->owner_.excluded, 1u);
    EXPECT_EQ(this->outgoing(this->source), left);
    EXPECT_THAT(this->outgoing(this->other), IsEmpty());

    ASSERT_TRUE(this->mgm_->manager.release_interface(handle, {kLeft, {}}));
    this->report(RecordType::block, this->ssm, {this->source});
    this->pass(2s);
    this->mgm_->run_posted();
    EXPECT_EQ(this->owner_.leaves, 0)
        << "what went during the hand-over was not the owner's any more";
    EXPECT_EQ(this->outgoing(this->source), left);
    EXPECT_FALSE(this->gap_);
    EXPECT_EQ(this->mgm_->manager.usage().memberships, 1u);
    // The window is closed: nothing goes when its time is over.
    this->mgm_->clock.advance(this->settings_.timers.igmp_handover_hold * 2);
    this->mgm_->manager.run_timers(this->mgm_->clock.now());
    EXPECT_EQ(this->outgoing(this->source), left);
}

TYPED_TEST(MembershipHostsTest, ASecondHandOverBeforeTheFirstIsDoneLosesNothing) {
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->report(RecordType::to_ex, this->group);
    const auto handle = this->mgm_->manager.register_protocol({77, 1}, this->owner_).value();
    ASSERT_TRUE(this->mgm_->manager.take_interface(handle, {kLeft, {}}));
    ASSERT_TRUE(this->mgm_->manager.release_interface(handle, {kLeft, {}}));
    ASSERT_TRUE(this->mgm_->manager.take_interface(handle, {kLeft, {}}));
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    this->mgm_->run_posted();
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
    EXPECT_EQ(this->mgm_->manager.usage().memberships, 1u);
    this->report(RecordType::to_in, this->group);
    this->pass(2s);
    EXPECT_THAT(this->outgoing(this->source), IsEmpty());
    EXPECT_EQ(this->owner_.leaves, 1);
}

TYPED_TEST(MembershipHostsTest, WhatMgmRefusesIsCountedAndTriedAgain) {
    this->settings_.limits.groups_per_interface = 1;
    this->start();
    this->mgm_->new_source(this->source, this->group, kSource);
    this->report(RecordType::allow, this->ssm, {this->source});
    this->report(RecordType::to_ex, this->group);
    EXPECT_THAT(this->outgoing(this->source), IsEmpty());
    std::vector<MembershipSummary> summaries;
    this->client_->append_summaries(summaries);
    ASSERT_THAT(summaries, SizeIs(2));
    EXPECT_THAT(
        summaries[0].counters,
        ::testing::Contains(std::pair<std::string_view, std::uint64_t>{"refused_by_mgm", 1}));
    this->report(RecordType::block, this->ssm, {this->source});
    this->pass(2s);
    EXPECT_THAT(this->outgoing(this->source), ElementsAre(kLeft));
}

TYPED_TEST(MembershipHostsTest, QueriesLeaveWithTheInterfacesAddress) {
    this->start();
    ASSERT_THAT(this->mgm_->sent, SizeIs(2));
    const auto& packet = this->mgm_->sent[0];
    EXPECT_EQ(packet.interface, kLeft);
    EXPECT_EQ(packet.ether_type, TypeParam::ether_type);
    EXPECT_EQ(packet.destination, multicast_mac(membership::all_nodes<TypeParam>()));
    const auto message =
        membership::decode<TypeParam>(std::span(packet.bytes).first(packet.length));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->source, address<TypeParam>(this->router));
    EXPECT_TRUE(std::get<Query<TypeParam>>(message->body).is_general());
}

TYPED_TEST(MembershipHostsTest, AQueryAboutManySourcesTakesSeveralPackets) {
    test::ManagerFixture<TypeParam> mgm(this->settings_);
    const auto doors = mgm.membership_doors();
    constexpr std::uint16_t kMtu = 600;
    this->settings_.interfaces[kLeft - 1].mtu = kMtu;
    MembershipPort<TypeParam> port(mgm.manager, {}, this->settings_.interfaces[kLeft - 1],
                                   this->settings_.ports.front(), doors);
    Query<TypeParam> query;
    query.group = address<TypeParam>(this->ssm);
    for (std::uint8_t i = 1; i <= 200; ++i) {
        query.sources.push_back(address<TypeParam>(this->source));
        query.sources.back().bytes[2] = i;
    }
    EXPECT_TRUE(port.send(query, address<TypeParam>(this->router)));
    std::vector<typename TypeParam::Address> asked;
    for (const auto& packet : mgm.sent) {
        EXPECT_LE(packet.length, kMtu);
        const auto sent =
            membership::decode<TypeParam>(std::span(packet.bytes).first(packet.length));
        ASSERT_TRUE(sent);
        const auto& part = std::get<Query<TypeParam>>(sent->body).sources;
        asked.insert(asked.end(), part.begin(), part.end());
    }
    EXPECT_GT(mgm.sent.size(), 1u);
    EXPECT_EQ(asked, query.sources);
}

TYPED_TEST(MembershipHostsTest, PacketsOfOtherInterfacesAreLeftAlone) {
    this->start();
    this->report(RecordType::to_ex, this->group, {}, kSource);
    this->report(RecordType::to_ex, this->group, {}, 77);
    EXPECT_EQ(this->mgm_->manager.usage().memberships, 0u);
}

TYPED_TEST(MembershipHostsTest, NothingIsSentWhereTheLinkIsDown) {
    this->start();
    this->mgm_->sent.clear();
    this->client_->on_interface_state(kLeft, false);
    this->pass(400s);
    const auto on_left = [&] {
        return std::count_if(this->mgm_->sent.begin(), this->mgm_->sent.end(),
                             [](const auto& packet) { return packet.interface == kLeft; });
    };
    EXPECT_EQ(on_left(), 0);
    this->client_->on_interface_state(kLeft, true);
    this->pass(0s);
    EXPECT_EQ(on_left(), 1);
}

TEST(QueryAddress, MldAsksFromAConfiguredLinkLocalAddressIfThereIsOne) {
    InterfaceSettings interface;
    const MacAddress mac{{0x02, 0x11, 0x22, 0x33, 0x44, 0x55}};
    EXPECT_EQ(membership::query_address<V6>(interface, mac),
              address<V6>("fe80::11:22ff:fe33:4455"));
    interface.ipv6.addresses = {parse_prefix<V6>("fd00::1/64").value(),
                                parse_prefix<V6>("fe80::7/64").value()};
    EXPECT_EQ(membership::query_address<V6>(interface, mac), address<V6>("fe80::7"));
    EXPECT_EQ(membership::query_address<V4>(interface, mac), std::nullopt);
}

}  // namespace
}  // namespace mgmd
