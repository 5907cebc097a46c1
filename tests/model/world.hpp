// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "control/mgm/group_manager.hpp"
#include "control/rib.hpp"
#include "tests/model/model.hpp"
#include "tests/model/scripted_client.hpp"

namespace mgmd::mgm::differential {

/// Which manager a world has.
struct Real {
    template <class F>
    using Rib = mgmd::Rib<F>;
    template <class F>
    using Manager = GroupManager<F>;
    template <class F>
    using Dependencies = mgm::Dependencies<F>;
};
struct Modelled {
    template <class F>
    using Rib = model::ModelRib<F>;
    template <class F>
    using Manager = model::Model<F>;
    template <class F>
    using Dependencies = model::ModelDependencies<F>;
};

class ManualClock final : public Clock {
public:
    TimePoint now() const override { return now_; }
    void advance(Duration by) { now_ += by; }

private:
    TimePoint now_{std::chrono::hours(1)};
};

/// A manager with everything around it: clock, routes, forwarding table, workers, clients.
template <class F, class Side>
class World {
public:
    using Names = Universe<F>;

    explicit World(const Options& options = differential::options());
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Everything that the operation was answered and everything that it caused.
    std::vector<std::string> run(const Operation& operation);
    Look<F> look() const;

    const typename FakeTable<F>::Entries& table() const { return table_.entries(); }
    typename Side::template Manager<F>& manager() { return manager_; }

private:
    void execute(const Operation& op);
    void execute_event(const Operation& op);
    void execute_read(const Operation& op);
    Result<> call(const Operation& op);
    InstalledRoute<F> installed_route(const Operation& op) const;
    void register_client(Who who);
    void change_route(const Operation& op);
    void packets(const Operation& op);
    void raise(EventKind kind, const Operation& op, std::uint64_t unreported);
    void enumerate(const Operation& op);

    void note_answer(const Operation& op, const std::string& answer) {
        stage_.note(to_code(op) + " -> " + answer);
    }
    template <class T>
    static std::string outcome(const Result<T>& result) {
        return result ? "ok" : describe(result.error().code);
    }
    template <class Record>
    void note_page(const std::string& what, const Result<Page<Record>>& page);
    ClientHandle handle(Who who) const { return handles_[static_cast<std::size_t>(who)]; }

    ManualClock clock_;
    TableId table_id_;
    typename Side::template Rib<F> rib_;
    FakeTable<F> table_;
    Stage<F> stage_{table_};
    std::array<std::unique_ptr<ScriptedClient<F>>, 5> clients_;
    std::array<ClientHandle, 5> handles_;  ///< the last one given to each, perhaps stale
    EnumerationHandle enumeration_;
    std::vector<SourceGroup<F>> enumerated_;
    std::deque<std::function<void()>> posted_;
    typename Side::template Manager<F> manager_;
};

// Other sides include world_calls.hpp and world_events.hpp.
extern template class World<V4, Modelled>;
extern template class World<V6, Modelled>;
extern template class World<V4, Real>;
extern template class World<V6, Real>;

}  // namespace mgmd::mgm::differential
