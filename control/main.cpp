// SPDX-License-Identifier: Apache-2.0
// The one wiring file: settings → dataplane → control.
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <system_error>

#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include "common/log.hpp"
#include "common/standard_descriptors.hpp"
#include "config/diff.hpp"
#include "config/load.hpp"
#include "config/manual.hpp"
#include "config/reference.hpp"
#include "config/schema.hpp"
#include "control/control_plane.hpp"
#include "control/ctl/dispatch.hpp"
#include "control/documents.hpp"
#include "control/exit_status.hpp"
#include "control/idle_watch.hpp"
#include "control/listeners.hpp"
#include "control/options.hpp"
#include "control/reload/reloader.hpp"
#include "control/service/health.hpp"
#include "control/summary.hpp"
#include "dataplane/dataplane.hpp"

namespace mgmd {
namespace {

using dataplane::Dataplane;

int report(const Error& error) {
    spdlog::error("{}", error.message);
    return status(error.exit_code);
}

void log_dataplane(LogLevel level, std::string_view line) {
    switch (level) {
        case LogLevel::error:
            spdlog::error("{}", line);
            break;
        case LogLevel::warning:
            spdlog::warn("{}", line);
            break;
        case LogLevel::info:
            spdlog::info("{}", line);
            break;
        default:
            spdlog::debug("{}", line);
            break;
    }
}

Doors doors_of(Dataplane& dataplane) {
    Doors doors{dataplane.table<V4>(),
                dataplane.table<V6>(),
                {},
                dataplane.port_events(),
                dataplane,
                dataplane,
                [&dataplane](const InjectPacket& packet) { return dataplane.inject(packet); }};
    for (WorkerIndex worker = 0; worker < dataplane.worker_count(); ++worker) {
        doors.workers.push_back({dataplane.events(worker), dataplane.control_packets(worker)});
    }
    return doors;
}

/// What was printed has arrived. An error: its reader has gone, or a disk is full.
Expected<> check_output() {
    if (std::cout.flush()) {
        return {};
    }
    return fail(ExitCode::system, "standard output: can't be written");
}

/// Before there is a log.
int print(std::string_view text) {
    std::cout << text;
    const auto printed = check_output();
    if (!printed) {
        std::cerr << printed.error().message << '\n';
        return status(printed.error().exit_code);
    }
    return status(ExitCode::ok);
}

/// Where --summary asks for the summary as JSON. Opened before the start: nobody should learn at
/// the end of a run that its figures have nowhere to go.
class SummaryFile {
public:
    explicit SummaryFile(const std::string& path) : path_(path) {
        if (!path_.empty()) {
            file_.open(path_);
        }
    }
    Expected<> check() const {
        if (path_.empty() || file_) {
            return {};
        }
        return fail(ExitCode::system, "--summary \"" + path_ + "\": can't be written: " +
                                          std::generic_category().message(errno));
    }
    Expected<> write(const Summary& summary, const ControlPlane& control) {
        if (!path_.empty()) {
            print_summary_json(file_, summary, [&control](const FlowVisitor& visit) {
                control.visit_flows(visit);
            });
            file_.flush();
        }
        return check();
    }

private:
    std::string path_;
    std::ofstream file_;
};

/// The file of the command line, whose options come before what it says.
class ConfigurationFile final : public ConfigurationSource {
public:
    /// `options` outlives it; `document` is of the settings that the router starts with.
    ConfigurationFile(const Options& options, config::Document document)
        : options_(options), in_force_(std::move(document)) {}

    static void apply(const Options& options, Settings& settings) {
        if (options.log_level) {
            settings.log.level = *options.log_level;
        }
    }

    Expected<NewConfiguration> read() override {
        // A pipe has been read once; another could keep the control thread waiting for ever.
        std::error_code unknown;
        const auto kind = std::filesystem::status(options_.config, unknown).type();
        if (kind != std::filesystem::file_type::regular &&
            kind != std::filesystem::file_type::not_found) {
            return fail(ExitCode::configuration, "nothing was changed: " + options_.config +
                                                     " is no regular file, to be read again");
        }
        auto file = config::read_file(options_.config);
        if (!file) {
            std::string message = "nothing was changed: the configuration file has mistakes";
            for (const auto& diagnostic : file.error()) {
                message += "\n" + to_string(diagnostic);
            }
            return fail(ExitCode::configuration, std::move(message));
        }
        apply(options_, file->settings);
        NewConfiguration fresh{std::move(file->settings), config::diff(in_force_, file->document)};
        last_read_ = std::move(file->document);
        return fresh;
    }
    void adopt() override { in_force_ = std::move(last_read_); }

private:
    const Options& options_;
    config::Document in_force_;
    config::Document last_read_;
};

/// What ends the router in the orderly way.
constexpr std::array kStopSignals{SIGINT, SIGTERM};
/// What makes it read its configuration again.
constexpr int kReloadSignal = SIGHUP;

/// Those signals wait while it lives: one that comes during the start is obeyed as soon as there is
/// a loop to take it.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t ours;
        sigemptyset(&ours);
        for (const int signal : kStopSignals) {
            sigaddset(&ours, signal);
        }
        sigaddset(&ours, kReloadSignal);
        pthread_sigmask(SIG_BLOCK, &ours, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

/// A router that has its dataplane: everything that runs on the control thread, in the order in
/// which it is made; the end comes the other way round.
class Router {
public:
    /// All references outlive it.
    Router(const Options& options, Settings& settings, ConfigurationSource& configuration,
           Dataplane& dataplane)
        : options_(options),
          settings_(settings),
          dataplane_(dataplane),
          loop_(dataplane.control_waker(), settings.workers.control),
          signals_(loop_.io()),
          reload_signal_(loop_.io(), kReloadSignal),
          control_(settings, clock_, loop_, doors_of(dataplane)),
          reloader_(settings, control_, configuration),
          operators_(settings, clock_, control_),
          listeners_(settings, clock_, loop_, control_, ctl::dispatch_to_handlers(operators_)),
          service_(loop_, read_service_environment(),
                   [this] { return service_health(settings_, control_); }) {
        operators_.reloader = &reloader_;
        reloader_.add(listeners_);
        reloader_.tell([this] { service_.reloading(); }, [this] { service_.reloaded(); });
    }

    /// From now on signals end it. When it returns, packets are forwarded.
    Expected<> start() {
        if (auto started = control_.start(); !started) {
            return started;
        }
        if (auto listening = listeners_.start(); !listening) {
            return listening;
        }
        if (auto launched = dataplane_.launch_workers(); !launched) {
            return launched;
        }
        spdlog::info("ready: {} ports, {} interfaces, {} workers", settings_.ports.size(),
                     settings_.interfaces.size(), dataplane_.worker_count());
        if (options_.until_idle) {
            idle_.emplace(loop_, dataplane_, *options_.until_idle);
        }
        service_.ready();
        return {};
    }

    void reload_on_signal() {
        reload_signal_.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) {
                // Its answer is the log's: there is nobody else to hear it.
                reloader_.reload(false);
                reload_on_signal();
            }
        });
    }

    void stop_on_signals() {
        for (const int signal : kStopSignals) {
            signals_.add(signal);
        }
        signals_.async_wait([this](const boost::system::error_code& error, int signal) {
            if (!error) {
                spdlog::info("stopping: signal {}", signal);
                loop_.stop();
            }
        });
    }

    /// Until a signal, or until idle.
    void run() { loop_.run(); }

    /// Stops the workers and says what happened.
    int finish(SummaryFile& summary_file) {
        listeners_.end_metrics();
        service_.stopping();
        const auto& stopped = dataplane_.stop();
        control_.drain();
        const auto reported = print_summaries(stopped, summary_file);
        for (const auto& pool : stopped.pools) {
            if (const auto missing = stopped.missing(pool); missing != 0) {
                spdlog::error("pool {}: {} of {} buffers did not come back", pool.name, missing,
                              pool.size);
            }
        }
        if (!reported) {
            return report(reported.error());
        }
        return status(stopped.clean() ? ExitCode::ok : ExitCode::internal);
    }

private:
    Expected<> print_summaries(const dataplane::StopReport& stopped, SummaryFile& summary_file) {
        Summary summary{settings_,         dataplane_,          control_.flows(kFlowsInText),
                        control_.events(), control_.refusals(), control_.memberships(),
                        control_.proxies()};
        summary.refusals.unsent_handed_over = stopped.unsent_handed_over;
        print_summary(std::cout, summary);
        auto printed = check_output();
        auto written = summary_file.write(summary, control_);
        return printed ? written : printed;
    }

    const Options& options_;
    const Settings& settings_;
    Dataplane& dataplane_;
    const SteadyClock clock_;
    EventLoop loop_;
    boost::asio::signal_set signals_;
    boost::asio::signal_set reload_signal_;
    ControlPlane control_;
    Reloader reloader_;
    ctl::Context operators_;
    Listeners listeners_;
    Service service_;
    std::optional<IdleWatch> idle_;
};

int run_router(const Options& options, config::Configuration& configuration, Dataplane& dataplane,
               SummaryFile& summary_file, std::optional<SignalsBlocked>& starting) {
    ConfigurationFile file(options, std::move(configuration.document));
    Router router(options, configuration.settings, file, dataplane);
    router.stop_on_signals();
    starting.reset();
    if (const auto started = router.start(); !started) {
        return report(started.error());
    }
    router.reload_on_signal();
    router.run();
    return router.finish(summary_file);
}

int run(const Options& options, config::Configuration configuration) {
    const Settings& settings = configuration.settings;
    ConfigurationFile::apply(options, configuration.settings);
    if (const auto logging = start_log(settings.log); !logging) {
        return report(logging.error());
    }
    SummaryFile summary_file(options.summary);
    if (const auto opened = summary_file.check(); !opened) {
        return report(opened.error());
    }
    std::optional<SignalsBlocked> starting(std::in_place);
    auto dataplane = Dataplane::start(settings, log_dataplane);
    if (!dataplane) {
        return report(dataplane.error());
    }
    return run_router(options, configuration, **dataplane, summary_file, starting);
}

int main_task(const Options& options) {
    switch (options.task) {
        case Options::Task::print_schema:
            return print(config::json_schema());
        case Options::Task::print_reference:
            return print(config::reference_page());
        case Options::Task::print_manual:
            return print(manual_page());
        case Options::Task::print_settings_manual:
            return print(config::manual_page());
        case Options::Task::print_completion:
            return print(bash_completion());
        case Options::Task::check:
        case Options::Task::run:
            break;
    }
    auto configuration = config::read_file(options.config);
    if (!configuration) {
        for (const auto& diagnostic : configuration.error()) {
            std::cerr << to_string(diagnostic) << '\n';
        }
        return status(ExitCode::configuration);
    }
    if (options.task == Options::Task::check) {
        return print(options.config + ": ok\n");
    }
    return run(options, std::move(*configuration));
}

}  // namespace
}  // namespace mgmd

int main(int argc, char** argv) {
    mgmd::occupy_standard_descriptors();
    // A reader of our output that goes away is an error of a write, not the end of a router.
    std::signal(SIGPIPE, SIG_IGN);
    return mgmd::exit_status_of([&] {
        const auto options = mgmd::parse_options(argc, argv);
        const auto* exit_status = std::get_if<int>(&options);
        return exit_status != nullptr ? *exit_status
                                      : mgmd::main_task(std::get<mgmd::Options>(options));
    });
}
