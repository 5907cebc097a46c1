// SPDX-License-Identifier: Apache-2.0
// Bounds (33).
#include "tests/unit/control/mgm/mgm_fixture.hpp"

namespace mgmd::mgm::test {
namespace {

template <class F>
class Limits : public MgmFixture<F> {
protected:
    Limits() {
        this->options.limits.entries = 40;
        this->options.limits.negative_entries = 20;
        this->options.limits.groups_per_interface = 2;
        this->options.limits.sources_per_group = 3;
    }
    /// dvmrp owns 3 and 5, IGMP is on 4.
    void SetUp() override {
        this->enrol_all();
        this->take(this->dvmrp, 3);
        this->take(this->dvmrp, 5);
        this->take(this->igmp, 4);
    }
    static SourceGroup<F> flow(unsigned host, unsigned group_number = 1) {
        return {.group = group<F>(group_number), .source = source<F>(6, host)};
    }
    std::optional<Errc> add_error(InterfaceIndex index, const SourceGroup<F>& key) {
        return error_of(this->mgm().add_membership(this->dvmrp.handle, this->on(index, key)));
    }
};
TYPED_TEST_SUITE(Limits, Families);

/// All entries may be negative.
template <class F>
class NegativeLimits : public Limits<F> {
protected:
    NegativeLimits() { this->options.limits.negative_entries = 40; }
};
TYPED_TEST_SUITE(NegativeLimits, Families);

TYPED_TEST(Limits, BoundGroupsPerInterface) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->add(this->dvmrp, 3, this->flow(1, 2));
    this->told();
    EXPECT_EQ(this->add_error(3, star_g<TypeParam>(3)), Errc::not_enough_memory);
    EXPECT_EQ(this->add_error(3, this->flow(1, 3)), Errc::not_enough_memory);
    EXPECT_EQ(this->add_error(3, SourceGroup<TypeParam>::any()), Errc::not_enough_memory);
    EXPECT_THAT(this->told(), IsEmpty());
    EXPECT_EQ(this->mgm().usage().memberships, 2u);
    EXPECT_EQ(this->mgm().usage().refused_memberships, 3u);
    EXPECT_EQ(this->add_error(3, this->flow(1, 1)), std::nullopt) << "a group that is there";
    EXPECT_EQ(this->add_error(3, star_g<TypeParam>(1)), std::nullopt) << "there already";
    EXPECT_EQ(this->add_error(5, star_g<TypeParam>(3)), std::nullopt) << "another interface";
    this->remove(this->dvmrp, 3, this->flow(1, 2));
    EXPECT_EQ(this->add_error(3, star_g<TypeParam>(3)), std::nullopt);
}

TYPED_TEST(Limits, BoundSourcesPerGroup) {
    for (unsigned host = 1; host <= 3; ++host) {
        this->add(this->dvmrp, 3, this->flow(host));
    }
    EXPECT_EQ(this->add_error(3, this->flow(4)), Errc::not_enough_memory);
    EXPECT_EQ(this->add_error(3, star_g<TypeParam>(1)), std::nullopt);
    EXPECT_EQ(this->add_error(3, this->flow(4, 2)), std::nullopt);
    EXPECT_EQ(this->add_error(5, this->flow(4)), std::nullopt);
    this->remove(this->dvmrp, 3, this->flow(2));
    EXPECT_EQ(this->add_error(3, this->flow(4)), std::nullopt);
}

TYPED_TEST(Limits, BoundExcludeSets) {
    auto membership = this->on(4, star_g<TypeParam>(1));
    for (unsigned host = 1; host <= 4; ++host) {
        membership.exclude.push_back(source<TypeParam>(6, host));
    }
    EXPECT_EQ(error_of(this->mgm().add_membership(this->igmp.handle, membership)),
              Errc::not_enough_memory);
    EXPECT_EQ(this->mgm().usage().memberships, 0u);
    membership.exclude.pop_back();
    EXPECT_TRUE(this->mgm().add_membership(this->igmp.handle, membership));
}

TYPED_TEST(Limits, BoundEntriesPerArrivalInterface) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    for (unsigned host = 1; host <= 12; ++host) {
        this->packet(this->flow(host), 6);
    }
    EXPECT_EQ(this->mgm().usage().entries, 10u) << "a quarter";
    EXPECT_EQ(this->mgm().usage().refused_entries, 2u);
    ASSERT_EQ(this->table.refusals.size(), 2u);
    EXPECT_EQ(this->table.refusals[0].second.source, source<TypeParam>(6, 11));
    this->packet(this->flow(11), 5);
    EXPECT_EQ(this->forwarded(this->flow(11)), "if6 -> if3") << "another interface has its own";
}

TYPED_TEST(Limits, BoundEntriesInAll) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    for (unsigned host = 0; host < 50; ++host) {
        this->packet(this->flow(host + 1), static_cast<InterfaceIndex>(1 + host % 5));
    }
    EXPECT_EQ(this->mgm().usage().entries, 40u);
    EXPECT_EQ(this->mgm().usage().refused_entries, 10u);
    EXPECT_EQ(this->table.refusals.size(), 10u);
}

TYPED_TEST(Limits, ReplaceTheNegativeOneLongestWithoutAHit) {
    for (unsigned host = 1; host <= 5; ++host) {
        this->packet(this->flow(host), 6);
        this->clock.advance(seconds(1));
    }
    EXPECT_EQ(this->mgm().usage().negative_entries, 5u);
    this->table.counts[this->route_key(this->flow(1))].negative_hits = 1;
    this->packet(this->flow(6), 6);
    EXPECT_EQ(this->forwarded(this->flow(2)), "nothing");
    EXPECT_EQ(this->forwarded(this->flow(1)), "if6 -> drop") << "it had a hit";
    EXPECT_EQ(this->forwarded(this->flow(6)), "if6 -> drop");
    EXPECT_EQ(this->mgm().usage().negative_entries, 5u);
    EXPECT_EQ(this->mgm().usage().replaced_negatives, 1u);
    EXPECT_THAT(this->table.refusals, IsEmpty());
}

TYPED_TEST(Limits, AlwaysFindANegativeOneToReplace) {
    for (unsigned host = 1; host <= 5; ++host) {
        this->packet(this->flow(host), 6);
    }
    for (unsigned host = 6; host <= 100; ++host) {
        for (auto& [key, entry] : this->table.entries) {
            ++this->table.counts[key].negative_hits;
        }
        this->packet(this->flow(host), 6);
        ASSERT_EQ(this->forwarded(this->flow(host)), "if6 -> drop");
    }
    EXPECT_EQ(this->mgm().usage().negative_entries, 5u);
    EXPECT_EQ(this->table.entries.size(), 5u);
}

TYPED_TEST(NegativeLimits, GiveWayToNewFlows) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(2));
    for (unsigned host = 1; host <= 10; ++host) {
        this->packet(this->flow(host), 6);
        this->clock.advance(seconds(1));
    }
    EXPECT_EQ(this->mgm().usage().negative_entries, 10u) << "all of the interface's share";
    this->packet(this->flow(1, 2), 6);
    EXPECT_EQ(this->forwarded(this->flow(1, 2)), "if6 -> if3");
    EXPECT_EQ(this->forwarded(this->flow(1)), "nothing") << "the one longest without a hit";
    EXPECT_EQ(this->mgm().usage().entries, 10u);
    EXPECT_EQ(this->mgm().usage().refused_entries, 0u);
    EXPECT_EQ(this->mgm().usage().replaced_negatives, 1u);
}

TYPED_TEST(NegativeLimits, GiveWayWhereverTheyCameFrom) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(2));
    for (unsigned host = 0; host < 40; ++host) {
        this->packet(this->flow(host + 1), static_cast<InterfaceIndex>(1 + host % 4));
    }
    EXPECT_EQ(this->mgm().usage().entries, 40u) << "all that there may be";
    this->packet(this->flow(1, 2), 6);
    EXPECT_EQ(this->forwarded(this->flow(1, 2)), "if6 -> if3");
    EXPECT_EQ(this->mgm().usage().entries, 40u);
    EXPECT_EQ(this->table.refusals.size(), 0u);
}

TYPED_TEST(Limits, BoundNegativeEntriesInAll) {
    for (unsigned host = 0; host < 60; ++host) {
        this->packet(this->flow(host + 1), static_cast<InterfaceIndex>(1 + host % 6));
    }
    EXPECT_EQ(this->mgm().usage().negative_entries, 20u);
    EXPECT_EQ(this->table.entries.size(), 20u);
}

TYPED_TEST(Limits, HoldWhenManyEntriesBecomeNegativeAtOnce) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    for (unsigned host = 1; host <= 10; ++host) {
        this->packet(this->flow(host), 6);
    }
    this->remove(this->dvmrp, 3, star_g<TypeParam>(1));
    EXPECT_EQ(this->mgm().usage().negative_entries, 5u);
    EXPECT_EQ(this->mgm().usage().entries, 5u);
    EXPECT_EQ(this->table.entries.size(), 5u) << "the forwarder forgot the others as well";
    for (const auto& [key, entry] : this->table.entries) {
        EXPECT_EQ(entry.action, Action::drop);
    }
}

TYPED_TEST(Limits, KeepAFloodFromOthers) {
    this->add(this->dvmrp, 3, star_g<TypeParam>(1));
    this->packet({.group = group<TypeParam>(1), .source = source<TypeParam>(1)}, 1);
    for (unsigned host = 1; host <= 5000; ++host) {
        this->packet(this->flow(host, 1 + host % 7), 6);
    }
    EXPECT_EQ(this->forwarded(sg<TypeParam>(1, 1)), "if1 -> if3") << "established";
    this->packet(sg<TypeParam>(2, 1), 2);
    EXPECT_EQ(this->forwarded(sg<TypeParam>(2, 1)), "if2 -> if3") << "new and wanted";
    EXPECT_LE(this->mgm().usage().entries, 12u);
    EXPECT_EQ(this->table.entries.size(), this->mgm().usage().entries);
}

/// pim owns 1030 interfaces.
template <class F>
class OutgoingLimit : public MgmFixture<F> {
protected:
    static constexpr InterfaceIndex kLast = 1030;

    void SetUp() override {
        for (InterfaceIndex index = 1; index <= kLast; ++index) {
            this->interfaces.push_back(
                {.id = link<F>(index), .next_hop_mac = {}, .boundaries = {}});
        }
        this->enrol(this->pim, {100, 1});
        for (InterfaceIndex index = 1; index <= kLast; ++index) {
            this->take(this->pim, index);
        }
    }
    const std::vector<Outgoing>& published(const SourceGroup<F>& key) {
        return this->table.entries.at(this->route_key(key)).outgoing;
    }
};
TYPED_TEST_SUITE(OutgoingLimit, Families);

TYPED_TEST(OutgoingLimit, RefusesMembershipsPastIt) {
    for (InterfaceIndex index = 1; index <= this->kLast; ++index) {
        const auto added =
            this->mgm().add_membership(this->pim.handle, this->on(index, star_g<TypeParam>(1)));
        EXPECT_EQ(error_of(added),
                  index <= kMaxOutgoing ? std::nullopt : std::optional(Errc::not_enough_memory));
    }
    EXPECT_EQ(this->mgm().usage().refused_memberships, this->kLast - kMaxOutgoing);
}

TYPED_TEST(OutgoingLimit, LeavesOutAndCountsWhatSeveralKeysWantPastIt) {
    const auto flow = sg<TypeParam>(1, 1);
    for (InterfaceIndex index = 2; index < 2 + kMaxOutgoing; ++index) {
        this->add(this->pim, index, star_g<TypeParam>(1));
    }
    this->packet(flow, 1);
    EXPECT_EQ(this->mgm().usage().refused_outgoing, 0u);
    this->add(this->pim, 1028, flow);
    EXPECT_EQ(this->published(flow).size(), kMaxOutgoing);
    EXPECT_EQ(this->mgm().get_mfe(flow)->outgoing.size(), kMaxOutgoing) << "as published";
    EXPECT_EQ(this->mgm().usage().refused_outgoing, 1u);
    this->remove(this->pim, 2, star_g<TypeParam>(1));
    EXPECT_EQ(this->published(flow).size(), kMaxOutgoing);
    EXPECT_EQ(this->published(flow).back().interface, 1028) << "there is room now";
}

}  // namespace
}  // namespace mgmd::mgm::test
