// SPDX-License-Identifier: Apache-2.0
#include "control/ctl/handlers/support.hpp"
#include "control/resident_memory.hpp"

namespace mgmd::ctl {
namespace {

/// How full something is; `capacity` 0: it has no bound of its own.
class Fills {
public:
    void add(std::string_view what, std::uint64_t used, std::uint64_t capacity,
             std::string_view unit) {
        Json row{{"what", what}, {"used", used}};
        if (capacity != 0) {
            row["capacity"] = capacity;
        }
        row["unit"] = unit;
        rows_.push_back(std::move(row));
    }
    std::vector<Json> take() { return std::move(rows_); }

private:
    std::vector<Json> rows_;
};

void add_table(const char* family, const TableUsage& usage, Fills& fills) {
    const std::string table = std::string(family) + " forwarding table";
    fills.add(table, usage.entries, usage.capacity, "entries");
    fills.add(table + ", lists of interfaces", usage.part_octets, usage.part_octets_capacity,
              "octets");
    fills.add(table + ", in all", usage.octets, 0, "octets");
    fills.add(table + ", waiting for workers", usage.retired, 0, "entries");
}

template <class F>
void add_mgm(Context& context, Fills& fills) {
    mgm::Usage sum;
    for (const auto& [table, control] : context.control.tables<F>()) {
        const auto usage = control->manager().usage();
        sum.entries += usage.entries;
        sum.negative_entries += usage.negative_entries;
        sum.installed_routes += usage.installed_routes;
        sum.memberships += usage.memberships;
    }
    const auto& limits = context.settings.limits;
    const std::string family = kFamilyName<F>;
    fills.add(family + " entries made by data", sum.entries, limits.entries, "entries");
    fills.add(family + " negative entries", sum.negative_entries, limits.negative_entries,
              "entries");
    fills.add(family + " installed routes", sum.installed_routes, 0, "entries");
    fills.add(family + " memberships", sum.memberships, 0, "memberships");
}

}  // namespace

Outcome<AnswerPtr> show_memory(Context& context, const Arguments& /*arguments*/) {
    Fills fills;
    for (const auto& pool : context.view.pools()) {
        fills.add("packet pool " + pool.name, pool.in_use, pool.size, "buffers");
    }
    const auto& doors = context.control.doors();
    add_table("ipv4", doors.ipv4.usage(), fills);
    add_table("ipv6", doors.ipv6.usage(), fills);
    add_mgm<V4>(context, fills);
    add_mgm<V6>(context, fills);
    fills.add("process", resident_octets(), 0, "octets");
    return answer(fills.take());
}

}  // namespace mgmd::ctl
