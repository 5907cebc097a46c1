// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstring>
#include <vector>

#include "tests/unit/control/protocols/plugin/plugin_fixture.hpp"

/// What plugins ask of MGM and are told by it, through the C interface, in both families.
namespace mgmd::plugin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <class F>
struct Sample;
template <>
struct Sample<V4> {
    static constexpr const char* source = "10.1.0.10";
    static constexpr const char* group = "239.1.1.1";
    static constexpr const char* other_group = "239.1.1.2";
    static constexpr std::size_t mfe = 60, oif = 16, stats = 64, stats_ex = 84, oif_stats = 28;
};
template <>
struct Sample<V6> {
    static constexpr const char* source = "fd00:1::10";
    static constexpr const char* group = "ff1e::1:1";
    static constexpr const char* other_group = "ff1e::1:2";
    static constexpr std::size_t mfe = 132, oif = 28, stats = 136, stats_ex = 156, oif_stats = 40;
};

/// What callbacks saw: they have no context.
struct Seen {
    std::vector<DWORD> alerted;  ///< interfaces of creation alerts
    DWORD incoming = 0;
    DWORD veto = 0;  ///< the interface to clear bIsEnabled of
    DWORD arrival = 0;
    DWORD move_to = 0;  ///< the incoming interface to answer with
    DWORD new_timeout = 0;
    std::vector<DWORD> timeouts;
    std::vector<DWORD> wrong;
    bool throws = false;
};
Seen seen;

template <class F>
DWORD on_creation(AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, DWORD incoming,
                  AbiAddress<F>, DWORD count, typename Abi<F>::IfEntry* list) {
    seen.incoming = incoming;
    for (DWORD i = 0; i < count; ++i) {
        seen.alerted.push_back(list[i].dwIfIndex);
        list[i].bIsEnabled = list[i].dwIfIndex == seen.veto ? FALSE : list[i].bIsEnabled;
    }
    if (seen.throws) {
        throw std::runtime_error("no");
    }
    return 42;
}

template <class F>
DWORD on_rpf(AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, PDWORD index,
             AbiAddress<F>*, AbiAddress<F>*, DWORD, PBYTE, PBYTE route) {
    typename Abi<F>::RpfRoute found;
    std::memcpy(&found, route, sizeof(found));
    seen.arrival = found.dwArrivalIfIndex;
    *index = seen.move_to != 0 ? seen.move_to : *index;
    return 0;
}

template <class F>
DWORD on_prune(AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, AbiAddress<F>, DWORD, AbiAddress<F>,
               BOOL member_delete, PDWORD timeout) {
    if (member_delete == FALSE) {
        seen.timeouts.push_back(*timeout);
        *timeout = seen.new_timeout;
    }
    return 0;
}

template <class F>
DWORD on_wrong_interface(AbiAddress<F>, AbiAddress<F>, DWORD index, AbiAddress<F>, DWORD, PBYTE) {
    seen.wrong.push_back(index);
    return 0;
}

template <class F>
class MgmCallsTest : public PluginFixture {
protected:
    using Functions = typename Abi<F>::Functions;

    MgmCallsTest() { seen = {}; }

    void SetUp() override {
        ASSERT_TRUE(start());
        functions_ = &functions<F>();
        router_ = mgmd_host->router;
        typename Abi<F>::Callbacks callbacks{};
        callbacks.pfnRpfCallback = on_rpf<F>;
        callbacks.pfnCreationAlertCallback = on_creation<F>;
        callbacks.pfnPruneAlertCallback = on_prune<F>;
        callbacks.pfnWrongIfCallback = on_wrong_interface<F>;
        ASSERT_EQ(functions_->register_protocol(router_, &callbacks, kProtocol, 0, &protocol_),
                  NO_ERROR);
        for (const DWORD index : {kSource, kLeft}) {
            ASSERT_EQ(functions_->take_interface(router_, protocol_, index, {}), NO_ERROR);
        }
    }

    DWORD join(const char* group, DWORD index) {
        return functions_->add_membership(router_, protocol_, {}, {}, abi_address<F>(group),
                                          abi_mask<F>(F::address_bits), index, {},
                                          MGM_JOIN_STATE_FLAG);
    }
    DWORD want_everything(DWORD index) {
        return functions_->add_membership(router_, protocol_, {}, {}, {}, {}, index, {},
                                          MGM_JOIN_STATE_FLAG);
    }
    void new_source() {
        this->template mgm<F>().new_source(Sample<F>::source, Sample<F>::group, kSource);
    }
    std::vector<InterfaceIndex> outgoing() {
        return this->template mgm<F>().outgoing(Sample<F>::source, Sample<F>::group);
    }

    const Functions* functions_ = nullptr;
    mgmd_router* router_ = nullptr;
    HANDLE protocol_ = nullptr;
};

using Families = ::testing::Types<V4, V6>;
TYPED_TEST_SUITE(MgmCallsTest, Families);

TYPED_TEST(MgmCallsTest, AMemberOfEverythingGetsEverySourceButItsOwn) {
    for (const DWORD index : {kSource, kLeft}) {
        ASSERT_EQ(this->want_everything(index), NO_ERROR);
    }
    this->new_source();
    EXPECT_THAT(this->outgoing(), ElementsAre(kLeft));
    EXPECT_EQ(seen.incoming, kSource);
    EXPECT_EQ(seen.arrival, kSource);
    EXPECT_THAT(seen.alerted, ElementsAre(kLeft));
}

TYPED_TEST(MgmCallsTest, CallbacksDecide) {
    ASSERT_EQ(this->join(Sample<TypeParam>::group, kLeft), NO_ERROR);
    seen.veto = kLeft;
    seen.new_timeout = 7;
    this->new_source();
    EXPECT_THAT(this->outgoing(), IsEmpty());
    EXPECT_THAT(seen.timeouts, ElementsAre(900u));
    const auto record = this->template mgm<TypeParam>().manager.mfes().begin();
    EXPECT_EQ(record->timeout, std::chrono::seconds(7));
}

TYPED_TEST(MgmCallsTest, TheIncomingInterfaceIsTheProtocolsChoice) {
    ASSERT_EQ(this->join(Sample<TypeParam>::group, kSource), NO_ERROR);
    seen.move_to = kLeft;
    this->new_source();
    EXPECT_THAT(this->outgoing(), ElementsAre(kSource));
    auto event = mgmd::test::no_entry_event<TypeParam>(Sample<TypeParam>::source,
                                                       Sample<TypeParam>::group, kSource);
    event.kind = EventKind::wrong_interface;
    this->template mgm<TypeParam>().manager.on_wrong_interface(event);
    EXPECT_THAT(seen.wrong, ElementsAre(kSource));
}

TYPED_TEST(MgmCallsTest, ForwardStateEditsTheEntryAlone) {
    ASSERT_EQ(this->want_everything(kLeft), NO_ERROR);
    const auto edit = [this](bool add) {
        const auto ones = abi_mask<TypeParam>(TypeParam::address_bits);
        auto* const call =
            add ? this->functions_->add_membership : this->functions_->delete_membership;
        return call(this->router_, this->protocol_,
                    abi_address<TypeParam>(Sample<TypeParam>::source), ones,
                    abi_address<TypeParam>(Sample<TypeParam>::group), ones, kLeft, {},
                    MGM_FORWARD_STATE_FLAG);
    };
    seen.new_timeout = 60;  // 0 would end the entry once nobody is left
    EXPECT_EQ(edit(false), ERROR_NOT_FOUND) << "there is no entry yet";
    this->new_source();
    EXPECT_EQ(edit(false), NO_ERROR);
    EXPECT_THAT(this->outgoing(), IsEmpty());
    EXPECT_EQ(edit(true), NO_ERROR);
    EXPECT_THAT(this->outgoing(), ElementsAre(kLeft));
}

TYPED_TEST(MgmCallsTest, EntriesFillTheCallersBuffer) {
    using Mfe = typename Abi<TypeParam>::Mfe;
    constexpr std::size_t kOne = Sample<TypeParam>::mfe + Sample<TypeParam>::oif;
    ASSERT_EQ(this->want_everything(kLeft), NO_ERROR);
    std::array<BYTE, 4096> room{};
    PBYTE buffer = room.data() + 1;  // anywhere
    DWORD size = 0;
    DWORD count = 9;
    EXPECT_EQ(this->functions_->first_mfes(this->router_, &size, nullptr, &count),
              ERROR_NO_MORE_ITEMS);
    EXPECT_EQ(count, 0u);
    this->new_source();
    this->template mgm<TypeParam>().new_source(Sample<TypeParam>::source,
                                               Sample<TypeParam>::other_group, kSource);
    EXPECT_EQ(this->functions_->first_mfes(this->router_, &size, nullptr, &count),
              ERROR_INSUFFICIENT_BUFFER);
    EXPECT_EQ(size, kOne);
    size += static_cast<DWORD>(kOne - 1);
    EXPECT_EQ(this->functions_->first_mfes(this->router_, &size, buffer, &count), ERROR_MORE_DATA);
    EXPECT_EQ(count, 1u);
    EXPECT_EQ(size, 2 * kOne - 1) << "unchanged";
    Mfe mfe{};
    std::memcpy(&mfe, buffer, kOne);
    EXPECT_EQ(from_abi<TypeParam>(mfe.dwSource), address<TypeParam>(Sample<TypeParam>::source));
    EXPECT_EQ(from_abi<TypeParam>(mfe.dwGroup), address<TypeParam>(Sample<TypeParam>::group));
    EXPECT_EQ(mfe.dwInIfIndex, kSource);
    EXPECT_EQ(mfe.dwInIfProtocol, kProtocol);
    ASSERT_EQ(mfe.ulNumOutIf, 1u);
    EXPECT_EQ(mfe.rgmioOutInfo[0].dwOutIfIndex, kLeft);
    EXPECT_EQ(this->functions_->next_mfes(this->router_, &mfe, &size, buffer, &count),
              ERROR_NO_MORE_ITEMS);
    EXPECT_EQ(count, 1u);
    std::memcpy(&mfe, buffer, kOne);
    EXPECT_EQ(from_abi<TypeParam>(mfe.dwGroup), address<TypeParam>(Sample<TypeParam>::other_group));
    EXPECT_EQ(this->functions_->next_mfes(this->router_, &mfe, &size, buffer, &count),
              ERROR_NO_MORE_ITEMS);
    EXPECT_EQ(count, 0u);
}

TYPED_TEST(MgmCallsTest, StatisticsComeInBothForms) {
    constexpr std::size_t kBasic = Sample<TypeParam>::stats + Sample<TypeParam>::oif_stats;
    constexpr std::size_t kExtended = Sample<TypeParam>::stats_ex + Sample<TypeParam>::oif_stats;
    ASSERT_EQ(this->want_everything(kLeft), NO_ERROR);
    this->new_source();
    auto& table = this->template mgm<TypeParam>().table;
    auto& counts = table.counts[table.entries.begin()->first];
    counts.packets = 5;
    counts.ttl_expired = 2;
    counts.outgoing = {{.interface = kLeft, .sent = 4}};
    typename Abi<TypeParam>::Mfe key{};
    key.dwGroup = abi_address<TypeParam>(Sample<TypeParam>::group);
    key.dwSource = abi_address<TypeParam>(Sample<TypeParam>::source);
    typename Abi<TypeParam>::StatsEx stats{};
    auto* buffer = reinterpret_cast<PBYTE>(&stats);
    const auto get = [&](std::size_t octets, DWORD form) {
        DWORD size = static_cast<DWORD>(octets);
        const DWORD error =
            this->functions_->get_mfe_stats(this->router_, &key, &size, buffer, form);
        return std::pair(error, size);
    };
    EXPECT_EQ(get(kBasic - 1, MGM_MFE_STATS_0),
              std::pair(DWORD{ERROR_INSUFFICIENT_BUFFER}, DWORD{kBasic}));
    EXPECT_EQ(get(kBasic, MGM_MFE_STATS_0).first, DWORD{NO_ERROR});
    EXPECT_EQ(stats.ulInPkts, 5u);
    EXPECT_EQ(get(kBasic, MGM_MFE_STATS_1),
              std::pair(DWORD{ERROR_INSUFFICIENT_BUFFER}, DWORD{kExtended}));
    EXPECT_EQ(get(kExtended, MGM_MFE_STATS_1).first, DWORD{NO_ERROR});
    EXPECT_EQ(stats.ulInHdrErrors, 2u);
    EXPECT_EQ(stats.rgmiosOutStats[0].ulOutPackets, 4u);
    EXPECT_EQ(get(kExtended, 3).first, DWORD{ERROR_INVALID_PARAMETER});
    key.dwGroup = abi_address<TypeParam>(Sample<TypeParam>::other_group);
    EXPECT_EQ(get(0, MGM_MFE_STATS_1).first, DWORD{ERROR_NOT_FOUND});
}

TYPED_TEST(MgmCallsTest, JoinedGroupsAreEnumeratedInPages) {
    using Entry = typename Abi<TypeParam>::SourceGroup;
    ASSERT_EQ(this->join(Sample<TypeParam>::group, kLeft), NO_ERROR);
    ASSERT_EQ(this->join(Sample<TypeParam>::other_group, kLeft), NO_ERROR);
    HANDLE enumeration = nullptr;
    ASSERT_EQ(this->functions_->start_group_enumeration(this->router_, this->protocol_, ALL_SOURCES,
                                                        &enumeration),
              NO_ERROR);
    std::array<Entry, 2> entries{};
    auto* buffer = reinterpret_cast<PBYTE>(entries.data());
    DWORD size = sizeof(Entry) - 1;
    DWORD count = 0;
    const auto next = [&] {
        return this->functions_->next_groups(this->router_, enumeration, &size, buffer, &count);
    };
    EXPECT_EQ(next(), DWORD{ERROR_INSUFFICIENT_BUFFER});
    EXPECT_EQ(size, sizeof(Entry));
    EXPECT_EQ(next(), DWORD{ERROR_MORE_DATA});
    EXPECT_EQ(count, 1u);
    EXPECT_EQ(from_abi<TypeParam>(entries[0].dwGroupMask),
              mask_of<TypeParam>(TypeParam::address_bits));
    EXPECT_EQ(from_abi<TypeParam>(entries[0].dwSourceMask), mask_of<TypeParam>(0));
    EXPECT_EQ(next(), DWORD{ERROR_NO_MORE_ITEMS});
    EXPECT_EQ(count, 1u);
    EXPECT_EQ(this->functions_->end_group_enumeration(this->router_, enumeration), DWORD{NO_ERROR});
    EXPECT_EQ(next(), DWORD{ERROR_INVALID_PARAMETER});
}

TYPED_TEST(MgmCallsTest, RoutesOfItsOwnNeverAge) {
    const DWORD from = kSource;
    const DWORD to = kForeign;
    typename Abi<TypeParam>::Route route{};
    route.dwGroupAddr = abi_address<TypeParam>(Sample<TypeParam>::group);
    route.dwGroupMask = abi_mask<TypeParam>(TypeParam::address_bits);
    route.accept = &from;
    route.accept_count = 1;
    route.outgoing = &to;
    route.outgoing_count = 1;
    const auto& table = this->template mgm<TypeParam>().table;
    EXPECT_EQ(this->functions_->install_route(this->router_, this->protocol_, &route), NO_ERROR);
    ASSERT_EQ(table.entries.size(), 1u);
    EXPECT_EQ(table.entries.begin()->second.outgoing.front().interface, kForeign);
    EXPECT_EQ(this->functions_->remove_route(this->router_, this->protocol_, {}, {},
                                             route.dwGroupAddr, route.dwGroupMask),
              NO_ERROR);
    EXPECT_TRUE(table.entries.empty());
    route.outgoing = nullptr;
    EXPECT_EQ(this->functions_->install_route(this->router_, this->protocol_, &route),
              DWORD{ERROR_INVALID_PARAMETER});
}

TYPED_TEST(MgmCallsTest, AnExceptionEndsAtTheInterface) {
    ASSERT_EQ(this->want_everything(kLeft), NO_ERROR);
    seen.throws = true;
    const mgmd::test::CapturedLog log;
    this->new_source();
    EXPECT_THAT(this->outgoing(), ElementsAre(kLeft));
    EXPECT_THAT(log.lines_with("threw"),
                ElementsAre("error: plugin test: its creation alert threw: no"));
}

}  // namespace
}  // namespace mgmd::plugin::test
