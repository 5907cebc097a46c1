// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/chrono.h>

#include "control/ctl/handlers/support.hpp"
#include "control/ctl/stream.hpp"
#include "control/monitor/hub.hpp"

namespace mgmd::ctl {
namespace {

using monitor::Notice;

/// How many events wait for a client: seconds of a flood, and half a megabyte.
constexpr std::size_t kWaiting = 2048;

/// Which events a client asks for, beside their kinds.
struct NoticeFilter {
    std::optional<FlowFilter<V4>> ipv4;  ///< nullopt: nothing of that family
    std::optional<FlowFilter<V6>> ipv6;
    bool flows_only = false;  ///< groups or sources are asked for
    InterfaceIndex interface = kNoInterface;
    std::optional<std::string> family;
    std::optional<std::uint32_t> table;

    bool admits(const Notice& notice) const {
        return admits_interface(notice) && (!table || *table == notice.table) &&
               admits_family(notice) && (!flows_only || admits_flow(notice));
    }

private:
    bool admits_interface(const Notice& notice) const {
        const auto& outgoing = notice.outgoing;
        return interface == kNoInterface || interface == notice.interface ||
               interface == notice.incoming ||
               std::find(outgoing.begin(), outgoing.end(), interface) != outgoing.end();
    }
    bool admits_family(const Notice& notice) const {
        return !family ||
               (notice.family &&
                *family == (*notice.family == Family::ipv4 ? kFamilyName<V4> : kFamilyName<V6>));
    }
    bool admits_flow(const Notice& notice) const {
        return notice.has_flow && (*notice.family == Family::ipv4 ? admits_flow(ipv4, notice)
                                                                  : admits_flow(ipv6, notice));
    }
    template <class F>
    static bool admits_flow(const std::optional<FlowFilter<F>>& flows, const Notice& notice) {
        return flows &&
               flows->admits({notice.group.as<F>(), notice.source.as<F>(), notice.group_length});
    }
};

std::string time_text(std::chrono::system_clock::time_point at) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(at - seconds);
    const auto local = fmt::localtime(std::chrono::system_clock::to_time_t(seconds));
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}{:%z}", local, micro.count(), local);
}

template <class F>
void describe_family(const Notice& notice, Json& row) {
    row["family"] = kFamilyName<F>;
    if (notice.has_flow) {
        const mgm::SourceGroup<F> key{notice.group.as<F>(), notice.source.as<F>(),
                                      notice.group_length};
        row["source"] = source_text(key);
        row["group"] = group_text(key);
    }
    if (const auto host = notice.host.as<F>(); !is_unspecified(host)) {
        row["host"] = to_string(host);
    }
}

class MonitorAnswer final : public StreamAnswer<Notice>, public monitor::Listener {
public:
    MonitorAnswer(Context& context, monitor::Kinds kinds, NoticeFilter filter)
        : StreamAnswer(kWaiting), context_(context), filter_(std::move(filter)) {
        context_.control.monitor().add(*this, kinds);
    }
    ~MonitorAnswer() override { context_.control.monitor().remove(*this); }
    MonitorAnswer(const MonitorAnswer&) = delete;
    MonitorAnswer& operator=(const MonitorAnswer&) = delete;

    bool is_ready() const override { return !begun_ || StreamAnswer::is_ready(); }
    bool write(Rows& rows) override {
        // The client learns from when on it is told of everything.
        if (!begun_) {
            begun_ = true;
            rows.add({{"time", time_text(std::chrono::system_clock::now())},
                      {"kind", "monitor"},
                      {"event", "begin"}});
        }
        return StreamAnswer::write(rows);
    }

    void on_notice(const Notice& notice) override {
        if (filter_.admits(notice)) {
            push(notice);
        }
    }

private:
    Json row_of(const Notice& notice) const override {
        Json row{{"time", time_text(notice.at)},
                 {"kind", to_string(notice.kind)},
                 {"event", notice.what}};
        if (notice.family) {
            *notice.family == Family::ipv4 ? describe_family<V4>(notice, row)
                                           : describe_family<V6>(notice, row);
        }
        row["table"] = notice.table;
        if (notice.interface != kNoInterface) {
            row["interface"] = name(notice.interface);
        }
        if (notice.protocol != 0) {
            row["protocol"] = protocol_name(notice.protocol);
        }
        describe_entry(notice, row);
        if (notice.count > 0) {
            row["count"] = notice.count;
        }
        if (!notice.details.empty()) {
            row["details"] = notice.details;
        }
        return row;
    }

    void describe_entry(const Notice& notice, Json& row) const {
        if (!notice.state.empty()) {
            row["state"] = notice.state;
            row["outgoing"] = Json::array();
            for (const auto interface : notice.outgoing) {
                row["outgoing"].push_back(name(interface));
            }
        }
        if (notice.incoming != kNoInterface) {
            row["incoming"] = name(notice.incoming);
        }
    }

    std::string name(InterfaceIndex interface) const {
        return interface_name(context_.settings, interface);
    }

    Context& context_;
    NoticeFilter filter_;
    bool begun_ = false;
};

monitor::Kinds kinds_of(const Arguments& arguments) {
    const auto names = arguments.list("kind");
    monitor::Kinds kinds = names.empty() ? monitor::Kinds::all() : monitor::Kinds();
    for (std::size_t kind = 0; kind < kNoticeKindNames.size(); ++kind) {
        if (std::find(names.begin(), names.end(), kNoticeKindNames[kind]) != names.end()) {
            kinds.add(static_cast<NoticeKind>(kind));
        }
    }
    return kinds;
}

}  // namespace

Outcome<AnswerPtr> monitor_events(Context& context, const Arguments& arguments) {
    const auto interface = interface_argument(context, arguments);
    if (!interface) {
        return tl::make_unexpected(interface.error());
    }
    NoticeFilter filter;
    filter.ipv4 = FlowFilter<V4>::of(arguments, nullptr);
    filter.ipv6 = FlowFilter<V6>::of(arguments, nullptr);
    filter.flows_only = arguments.has("group") || arguments.has("source");
    filter.interface = *interface == nullptr ? kNoInterface : (*interface)->index;
    filter.family = arguments.text("family");
    filter.table = arguments.number("table");
    return std::make_unique<MonitorAnswer>(context, kinds_of(arguments), std::move(filter));
}

}  // namespace mgmd::ctl
