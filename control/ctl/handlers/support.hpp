// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "control/ctl/handlers/handlers.hpp"
#include "control/flow_text.hpp"

/// What several handlers need.
namespace mgmd::ctl {

/// Several answers, one after the other.
class ChainedAnswer final : public Answer {
public:
    explicit ChainedAnswer(std::vector<AnswerPtr> parts) : parts_(std::move(parts)) {}
    bool write(Rows& rows) override {
        while (next_ < parts_.size() && rows.has_room()) {
            if (!parts_[next_]->write(rows)) {
                parts_[next_++].reset();
            }
        }
        return next_ < parts_.size();
    }

private:
    std::vector<AnswerPtr> parts_;
    std::size_t next_ = 0;
};

template <class F>
constexpr const char* kFamilyName = F::family == Family::ipv4 ? "ipv4" : "ipv6";

template <class Duration>
double in_seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

/// "" for kNoInterface.
std::string interface_name(const Settings& settings, InterfaceIndex interface);

/// The interface that an argument names; not_found: the configuration has none of that name.
Outcome<const InterfaceSettings*> find_interface(const Settings& settings, const std::string& name);

/// As above, of an argument that may be absent: nullptr then.
Outcome<const InterfaceSettings*> interface_argument(const Context& context,
                                                     const Arguments& arguments);

/// "static", "proxy", "igmp", "mld"; others by number.
std::string protocol_name(mgm::ProtocolId protocol);
/// The same, and plugins by their names.
std::string protocol_name(const Context& context, TableId table, mgm::ProtocolId protocol);

/// MGM's answer to a change, as the client's.
Outcome<AnswerPtr> done_or_refused(const mgm::Result<>& result);

/// Which tables and families the arguments ask for, called as `visit.template operator()<F>(table,
/// control)` in the order of families, then tables.
template <class Visit>
void for_tables(Context& context, const Arguments& arguments, Visit visit) {
    const auto family = arguments.text("family");
    const auto only = arguments.number("table");
    const auto of_family = [&]<class F>(std::type_identity<F>) {
        if (family && *family != kFamilyName<F>) {
            return;
        }
        for (const auto& [table, control] : context.control.template tables<F>()) {
            if (!only || *only == table) {
                visit.template operator()<F>(table, *control);
            }
        }
    };
    of_family(std::type_identity<V4>());
    of_family(std::type_identity<V6>());
}

/// An argument's prefix, if it is of the family. `fits` becomes false if it is of the other one.
template <class F>
std::optional<Prefix<F>> prefix_of_family(const Arguments& arguments, std::string_view name,
                                          bool& fits) {
    const auto prefix = arguments.prefix(name);
    if (!prefix) {
        return std::nullopt;
    }
    const auto* of_family = std::get_if<Prefix<F>>(&*prefix);
    fits = fits && of_family != nullptr;
    return of_family == nullptr ? std::nullopt : std::optional(of_family->network());
}

/// Which groups and sources a client asks for.
template <class F>
struct FlowFilter {
    std::optional<Prefix<F>> groups;
    std::optional<Prefix<F>> sources;
    InterfaceIndex interface = kNoInterface;  ///< kNoInterface: any

    /// nullopt: nothing of this family.
    static std::optional<FlowFilter> of(const Arguments& arguments,
                                        const InterfaceSettings* interface) {
        bool fits = true;
        FlowFilter filter;
        filter.groups = prefix_of_family<F>(arguments, "group", fits);
        filter.sources = prefix_of_family<F>(arguments, "source", fits);
        filter.interface = interface == nullptr ? kNoInterface : interface->index;
        return fits ? std::optional(filter) : std::nullopt;
    }

    bool admits(const mgm::SourceGroup<F>& key) const {
        const bool group_fits =
            !groups || (key.group_length >= groups->length && groups->contains(key.group));
        return group_fits && (!sources || (key.has_source() && sources->contains(key.source)));
    }
    /// The key before the first that may be admitted; nullopt: from the very first.
    std::optional<mgm::SourceGroup<F>> before_first() const {
        return groups ? std::optional(mgm::SourceGroup<F>{groups->address, {}, 0}) : std::nullopt;
    }
    /// No later key is admitted.
    bool is_past(const mgm::SourceGroup<F>& key) const {
        return groups && key.group > groups->address && !groups->contains(key.group);
    }
};

}  // namespace mgmd::ctl
