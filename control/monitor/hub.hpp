// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "control/monitor/reporter.hpp"

namespace mgmd::monitor {

/// Somebody who watches. Control thread.
class Listener {
public:
    virtual ~Listener() = default;
    /// May not begin or end anybody's watching.
    virtual void on_notice(const Notice& notice) = 0;
};

/// Hands each notice to all who watch its kind. Control thread.
class Hub final : public Sink {
public:
    Hub() = default;
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// `listener` is here until it is removed.
    void add(Listener& listener, Kinds kinds);
    void remove(const Listener& listener);

    void tell(Notice notice) override;

private:
    struct Watching {
        Listener* listener;
        Kinds kinds;
    };

    void find_wanted();

    std::vector<Watching> watching_;
};

}  // namespace mgmd::monitor
