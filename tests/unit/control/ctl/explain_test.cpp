// SPDX-License-Identifier: Apache-2.0
// What mgmctl is told of an explanation that the dataplane gave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/ctl/handlers/handlers.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/unit/control/control_plane_fixture.hpp"

namespace mgmd::ctl {
namespace {

using mgmd::test::kLeft;
using mgmd::test::kRight;
using mgmd::test::kSource;
using mgmd::test::Sample;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Receivers of the group are on left, which has IGMP; nothing is on right.
template <class F>
class Explain : public ::testing::Test, protected mgmd::test::ControlPlaneFixture {
protected:
    using Address = typename F::Address;

    void begin() {
        start();
        context_.emplace(settings, clock_, *control);
    }

    /// As the stages would answer for a packet of this source to the group.
    FlowExplanation<F>& found(const char* source = Sample<F>::source) {
        auto& explanation = ops.explanation;
        explanation.interface = kSource;
        explanation.verdict = Verdict::held;
        auto& flow = explanation.flow.template emplace<FlowExplanation<F>>();
        flow.flow = {0, mgmd::test::address<F>(source), mgmd::test::address<F>(Sample<F>::group)};
        flow.ttl = 64;
        flow.ip_length = 200;
        return flow;
    }
    EntryExplanation<F>& matched(FlowExplanation<F>& flow) {
        ops.explanation.verdict = Verdict::forwarded;
        auto& entry = flow.entry.emplace();
        entry.key.source = flow.flow.source;
        entry.key.group = flow.flow.group;
        entry.action = Action::forward;
        entry.accept.interfaces = {kSource};
        entry.accepted = true;
        return entry;
    }
    void first_packet() {
        Event event;
        event.family = F::family;
        event.interface = kSource;
        event.source = RawAddress::from(mgmd::test::address<F>(Sample<F>::source));
        event.group = RawAddress::from(mgmd::test::address<F>(Sample<F>::group));
        control->template tables<F>().at(0)->manager().on_no_entry(event);
    }

    Json arguments() const {
        return {{"in", "source"}, {"source", Sample<F>::source}, {"group", Sample<F>::group}};
    }
    Outcome<std::vector<Json>> ask(const Json& arguments) {
        const auto checked = Arguments::check(*find_command("explain"), arguments);
        if (!checked) {
            return tl::make_unexpected(checked.error());
        }
        auto answer = explain(*context_, *checked);
        if (!answer) {
            return tl::make_unexpected(answer.error());
        }
        std::string lines;
        const Json id;
        Rows rows(lines, id);
        (*answer)->write(rows);
        std::vector<Json> parsed;
        for (std::size_t end = 0; (end = lines.find('\n')) != std::string::npos;) {
            parsed.push_back(Json::parse(lines.substr(0, end)).at("row"));
            lines.erase(0, end + 1);
        }
        return parsed;
    }
    std::vector<Json> rows() {
        auto answer = ask(arguments());
        EXPECT_TRUE(answer) << answer.error().message;
        return answer.value_or(std::vector<Json>());
    }
    /// "step[ interface]: outcome" of each.
    static std::vector<std::string> outline(const std::vector<Json>& rows) {
        std::vector<std::string> lines;
        for (const auto& row : rows) {
            const auto step = row.at("step").template get<std::string>();
            lines.push_back(
                step +
                (step == "outgoing" ? ' ' + row.at("interface").template get<std::string>() : "") +
                ": " + row.at("outcome").template get<std::string>());
        }
        return lines;
    }
    static Json row_of(const std::vector<Json>& rows, const std::string& step,
                       const std::string& interface = {}) {
        for (const auto& row : rows) {
            if (row.at("step") == step &&
                (interface.empty() || row.value("interface", "") == interface)) {
                return row;
            }
        }
        ADD_FAILURE() << "no row " << step << ' ' << interface;
        return {{"why", ""}, {"needs", ""}};
    }
    static std::string text(const Json& row, const char* key) {
        return row.value(key, std::string());
    }

private:
    SteadyClock clock_;
    std::optional<Context> context_;
};
using Families = ::testing::Types<V4, V6>;
TYPED_TEST_SUITE(Explain, Families);

TYPED_TEST(Explain, ANewSourceIsForeseen) {
    using F = TypeParam;
    this->begin();
    this->found();
    const auto rows = this->rows();
    EXPECT_THAT(
        this->outline(rows),
        ElementsAre("packet: arrives", "arrival: passed", "checks: passed", "entry: none",
                    "route: found", "accept: would pass", "ttl: passed",
                    "outgoing left: would be sent", "outgoing right: not listed", "verdict: held"));
    const auto left = this->row_of(rows, "outgoing", "left");
    EXPECT_EQ(left.at("wanted_by").at(0).at("protocol"),
              F::family == Family::ipv4 ? "igmp" : "mld");
    EXPECT_THAT(this->text(this->row_of(rows, "outgoing", "right"), "why"),
                HasSubstr("nobody wants " + std::string(Sample<F>::group)));
    EXPECT_EQ(this->ops.explained_port, 0);
}

TYPED_TEST(Explain, TheWrongInterfaceNamesTheRoute) {
    using F = TypeParam;
    this->begin();
    this->first_packet();
    auto& entry = this->matched(this->found());
    entry.accepted = false;
    this->ops.explanation.interface = kRight;
    this->ops.explanation.verdict = Verdict::dropped;
    this->ops.explanation.reason = DropReason::wrong_interface;
    const auto rows = this->rows();
    const auto accept = this->row_of(rows, "accept");
    EXPECT_EQ(accept.at("outcome"), "dropped");
    EXPECT_THAT(this->text(accept, "why"),
                HasSubstr("packets arrive on right, but the entry accepts from source; the route"));
    EXPECT_EQ(this->text(accept, "needs"),
              "a route to " + std::string(Sample<F>::source) + " over right");
    EXPECT_EQ(this->row_of(rows, "verdict").at("reason"), "wrong_interface");
}

TYPED_TEST(Explain, EachCopyHasItsReason) {
    this->begin();
    this->first_packet();
    auto& flow = this->found();
    auto& entry = this->matched(flow);
    CopyExplanation copy;
    copy.interface = kLeft;
    copy.mtu = 1500;
    const auto left = [&](CopyFate fate) {
        copy.fate = fate;
        entry.copies = {copy};
        return this->row_of(this->rows(), "outgoing", "left");
    };
    EXPECT_EQ(left(CopyFate::link_down).at("outcome"), "link down");
    EXPECT_THAT(this->text(left(CopyFate::link_down), "why"), HasSubstr("wants (*, "));
    EXPECT_EQ(this->text(left(CopyFate::link_down), "needs"), "a link on left");
    EXPECT_EQ(left(CopyFate::disabled).at("outcome"), "disabled");
    EXPECT_EQ(left(CopyFate::arrival_link).at("outcome"), "left out");
    EXPECT_THAT(this->text(left(CopyFate::too_big), "why"), HasSubstr("200 octets"));
    copy.ttl_threshold = 65;
    EXPECT_THAT(this->text(left(CopyFate::ttl_too_low), "why"),
                HasSubstr("64, is not greater than the threshold 65"));
    copy.frame = {.destination = multicast_mac(flow.flow.group),
                  .source = {},
                  .outer_vlan = 0,
                  .vlan = 30,
                  .ttl = 63,
                  .frames = 1,
                  .octets = 218};
    const auto sent = left(CopyFate::sent);
    EXPECT_THAT(this->text(sent, "why"), HasSubstr("218 octets to "));
    EXPECT_EQ(sent.at("frame").at("vlan"), 30);
    EXPECT_EQ(this->row_of(this->rows(), "verdict").at("copies"), 1);
}

TYPED_TEST(Explain, ATtlOfOneIsTheSendersBusiness) {
    this->begin();
    this->found().ttl = 1;
    const auto ttl = this->row_of(this->rows(), "ttl");
    EXPECT_EQ(ttl.at("outcome"), "would drop");
    EXPECT_THAT(this->text(ttl, "needs"), HasSubstr("a sender"));
}

TYPED_TEST(Explain, ABoundaryIsNamed) {
    using F = TypeParam;
    const auto group = mgmd::test::address<F>(Sample<F>::group);
    auto& boundaries = this->settings.interfaces.at(kLeft - 1).boundaries;
    if constexpr (F::family == Family::ipv4) {
        boundaries.ipv4 = {Prefix<V4>{masked(group, 8), 8}};
    } else {
        boundaries.ipv6 = {Prefix<V6>{masked(group, 16), 16}};
    }
    this->begin();
    this->found();
    const auto left = this->row_of(this->rows(), "outgoing", "left");
    EXPECT_EQ(left.at("outcome"), "not listed");
    EXPECT_THAT(this->text(left, "why"),
                HasSubstr(F::family == Family::ipv4 ? "but boundary 239.0.0.0/8 of left covers"
                                                    : "but boundary ff1e::/16 of left covers"));
}

TYPED_TEST(Explain, WithoutARouteNothingIsSent) {
    this->begin();
    this->found(Sample<TypeParam>::unrouted_source);
    const auto rows = this->rows();
    EXPECT_THAT(this->text(this->row_of(rows, "route"), "why"), HasSubstr("no route to "));
    EXPECT_THAT(this->text(this->row_of(rows, "outgoing", "left"), "why"),
                HasSubstr("but there is no route to "));
}

TYPED_TEST(Explain, ChecksEndTheWay) {
    this->begin();
    this->ops.explanation = {};
    this->ops.explanation.interface = kSource;
    this->ops.explanation.reason = DropReason::link_local_source;
    auto rows = this->rows();
    EXPECT_THAT(this->outline(rows), ElementsAre("packet: arrives", "arrival: passed",
                                                 "checks: dropped", "verdict: dropped"));
    EXPECT_EQ(this->row_of(rows, "checks").at("reason"), "link_local_source");
    this->ops.explanation.interface = kNoInterface;
    this->ops.explanation.reason = DropReason::unknown_vlan;
    EXPECT_THAT(this->outline(this->rows()),
                ElementsAre("packet: arrives", "arrival: dropped", "verdict: dropped"));
    this->ops.explanation.interface = kRight;
    this->ops.explanation.verdict = Verdict::punted;
    this->ops.explanation.to_control = ControlProtocol::igmp;
    rows = this->rows();
    EXPECT_EQ(this->row_of(rows, "checks").at("outcome"), "punted");
    EXPECT_THAT(this->text(this->row_of(rows, "arrival"), "why"),
                HasSubstr("make it right, not source"));
}

TYPED_TEST(Explain, OneOutgoingInterfaceCanBeAskedFor) {
    this->begin();
    this->found();
    auto wanted = this->arguments();
    wanted["out"] = "right";
    const auto rows = this->ask(wanted);
    ASSERT_TRUE(rows);
    EXPECT_THAT(this->outline(*rows), ::testing::Contains("outgoing right: not listed"));
    EXPECT_THAT(this->outline(*rows),
                ::testing::Not(::testing::Contains("outgoing left: would be sent")));
}

TYPED_TEST(Explain, AFrameIsPassedOnAsItIs) {
    this->begin();
    this->found();
    const auto rows =
        this->ask({{"in", "source"}, {"packet", {{"octets", "01005e010101"}, {"length", 60u}}}});
    ASSERT_TRUE(rows);
    EXPECT_THAT(this->ops.explained, ElementsAre(1, 0, 0x5e, 1, 1, 1));
    EXPECT_EQ(this->ops.explained_length, 60u);
    EXPECT_THAT(this->text(rows->front(), "why"), HasSubstr("a captured frame of 60 octets: "));
}

TYPED_TEST(Explain, MistakesAreNamed) {
    this->begin();
    const auto complaint = [&](const Json& arguments) {
        const auto rows = this->ask(arguments);
        return rows ? std::string("taken") : rows.error().message;
    };
    const Json packet{{"octets", ""}, {"length", 60u}};
    EXPECT_THAT(complaint({{"in", "nowhere"}, {"packet", packet}}), HasSubstr("\"nowhere\""));
    EXPECT_THAT(complaint({{"in", "left"}}), HasSubstr("are required"));
    EXPECT_THAT(complaint({{"in", "left"}, {"source", "10.0.0.1"}}), HasSubstr("are required"));
    EXPECT_THAT(complaint({{"in", "left"}, {"source", "10.0.0.1"}, {"group", "ff1e::1"}}),
                HasSubstr("family"));
    EXPECT_THAT(complaint({{"in", "left"}, {"ttl", 7u}, {"packet", packet}}), HasSubstr("its own"));
    auto shorter = this->arguments();
    shorter["length"] = 20u;
    EXPECT_THAT(complaint(shorter), HasSubstr("length: 20 must be at least"));
    auto out = this->arguments();
    out["out"] = "nowhere";
    EXPECT_THAT(complaint(out), HasSubstr("\"nowhere\""));
}

}  // namespace
}  // namespace mgmd::ctl
