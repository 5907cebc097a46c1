// SPDX-License-Identifier: Apache-2.0
#include "control/metrics/exporter.hpp"

#include <exception>
#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <spdlog/spdlog.h>

#include "common/signals_blocked.hpp"
#include "control/metrics/exchange.hpp"
#include "control/metrics/families.hpp"
#include "control/metrics/snapshot_builder.hpp"

namespace mgmd::metrics {
namespace {

using boost::asio::ip::tcp;

/// Of nice(2): a flood of scrapes leaves the core to control.
constexpr int kNiceness = 10;

tl::unexpected<Error> fail_on(const std::string& endpoint, const std::string& problem) {
    return fail(ExitCode::system, "metrics.listen \"" + endpoint + "\": " + problem);
}

/// What a person can do about it.
std::string remedy_for(const boost::system::error_code& error) {
    if (error == boost::asio::error::address_in_use) {
        return ": another process listens there; choose another port, or 0 for any that is free";
    }
    if (error == boost::system::errc::address_not_available) {
        return ": this machine does not have the address";
    }
    if (error == boost::asio::error::access_denied) {
        return ": ports below 1024 need a privilege; choose a higher one";
    }
    return "";
}

/// Whether the HTTP server will be able to: it does not say why not.
Expected<> try_to_listen(boost::asio::io_context& io, const std::string& endpoint) {
    const auto colon = endpoint.rfind(':');
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(endpoint.substr(0, colon), error);
    tcp::acceptor acceptor(io);
    if (!error) {
        acceptor.open(tcp::v4(), error);
    }
    if (!error) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
        const auto port = static_cast<std::uint16_t>(std::stoul(endpoint.substr(colon + 1)));
        acceptor.bind({address, port}, error);
    }
    if (!error) {
        acceptor.listen(1, error);
    }
    return error ? fail_on(endpoint, error.message() + remedy_for(error)) : Expected<>();
}

std::vector<std::string> server_options(const std::string& endpoint) {
    using std::chrono::milliseconds;
    return {"listening_ports",    endpoint,
            "num_threads",        std::to_string(Exporter::kScrapers),
            "connection_queue",   std::to_string(2 * Exporter::kScrapers),
            "request_timeout_ms", std::to_string(milliseconds(Exporter::kRequestTimeout).count()),
            "max_request_size",   "8192",
            "enable_keep_alive",  "no"};
}

/// What the exposer calls on its threads.
class Scrape final : public prometheus::Collectable {
public:
    explicit Scrape(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

    std::vector<prometheus::MetricFamily> Collect() const override {
        const auto snapshot = exchange_->get();
        return snapshot == nullptr ? std::vector<prometheus::MetricFamily>()
                                   : families_of(*snapshot, SteadyClock().now());
    }

private:
    std::shared_ptr<Exchange> exchange_;
};

}  // namespace

struct Exporter::State {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<SnapshotBuilder> builder;  // the loop and what is posted there know it weakly
    std::shared_ptr<Scrape> scrape;
    std::unique_ptr<prometheus::Exposer> exposer;

    void start_exposer(const std::string& endpoint);
};

/// On a thread of its own, from which the server's threads inherit what this one is.
void Exporter::State::start_exposer(const std::string& endpoint) {
    std::exception_ptr failure;
    const SignalsBlocked blocked;
    std::thread([&] {
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
        try {
            exposer = std::make_unique<prometheus::Exposer>(server_options(endpoint));
            exposer->RegisterCollectable(scrape);
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

Exporter::Exporter(std::unique_ptr<State> state) : state_(std::move(state)) {}

Exporter::~Exporter() {
    state_->exchange->close();
}

std::uint16_t Exporter::port() const {
    const auto ports = state_->exposer->GetListeningPorts();
    return static_cast<std::uint16_t>(ports.empty() ? 0 : ports.front());
}

Expected<std::unique_ptr<Exporter>> Exporter::listen(const Settings& settings, const Clock& clock,
                                                     EventLoop& loop, ControlPlane& control) {
    const auto& endpoint = settings.metrics.listen;
    if (auto possible = try_to_listen(loop.io(), endpoint); !possible) {
        return tl::make_unexpected(std::move(possible.error()));
    }
    auto state = std::make_unique<State>();
    auto builder = std::make_shared<std::weak_ptr<SnapshotBuilder>>();
    state->exchange = std::make_shared<Exchange>([&loop, builder] {
        loop.post([builder] {
            if (const auto alive = builder->lock()) {
                alive->want();
            }
        });
    });
    state->builder = std::make_shared<SnapshotBuilder>(
        settings, clock, control,
        [exchange = state->exchange](auto snapshot) { exchange->publish(std::move(snapshot)); });
    *builder = state->builder;
    state->scrape = std::make_shared<Scrape>(state->exchange);
    // Not at once: this may be called by a source, in the middle of a round of all of them.
    loop.post([&loop, weak = std::weak_ptr(state->builder)] {
        loop.add_source({.drain =
                             [weak] {
                                 if (const auto alive = weak.lock()) {
                                     alive->step();
                                 }
                             },
                         .empty =
                             [weak] {
                                 const auto alive = weak.lock();
                                 return alive == nullptr || !alive->is_busy();
                             }});
    });
    try {
        state->start_exposer(endpoint);
    } catch (const std::exception& error) {
        return fail_on(endpoint, error.what());
    }
    std::unique_ptr<Exporter> exporter(new Exporter(std::move(state)));
    spdlog::info("metrics: http://{}:{}/metrics", endpoint.substr(0, endpoint.rfind(':')),
                 exporter->port());
    return exporter;
}

}  // namespace mgmd::metrics
