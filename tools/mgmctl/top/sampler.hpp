// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "tools/mgmctl/connection.hpp"
#include "tools/mgmctl/top/model.hpp"

namespace mgmd::mgmctl::top {

/// Flows that the router is asked for.
inline constexpr unsigned kFlows = 500;

/// Asks the router for all that one look needs. `filter`: arguments of `show mroutes`.
Result<Sample> look(Connection& connection, const Json& filter);

/// Looks in a thread of its own, so that keys are followed while the router gathers what it has
/// been asked for, or hangs.
class Sampler {
public:
    using Answer = Result<Sample>;

    /// `connection` outlives it. `filter` as look()'s.
    Sampler(Connection& connection, Json filter);
    ~Sampler();
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    /// Begins to look, unless it is looking.
    void ask();
    bool is_looking() const;
    /// Becomes readable when there is an answer.
    int descriptor() const { return ready_; }
    /// nullopt: there is none yet.
    std::optional<Answer> take();

private:
    void run();
    /// No exception leaves the thread.
    Answer look_safely();

    Connection& connection_;
    Json filter_;
    int ready_;  ///< an eventfd
    mutable std::mutex mutex_;
    std::condition_variable asked_;
    bool looking_ = false;
    bool ending_ = false;
    std::optional<Answer> answer_;
    std::thread thread_;  ///< last: it uses all the others
};

}  // namespace mgmd::mgmctl::top
