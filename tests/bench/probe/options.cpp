// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/probe/options.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace mgmd::probe {
namespace {

[[noreturn]] void refuse(const std::string& item) {
    std::fprintf(stderr, "probe: MGMD_BENCH_PROBE: can't use \"%s\"\n", item.c_str());
    std::exit(EXIT_FAILURE);
}

std::uint64_t number(const std::string& item, const std::string& value) {
    std::uint64_t result = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (error != std::errc{} || end != value.data() + value.size()) {
        refuse(item);
    }
    return result;
}

Timed timed(const std::string& item, const std::string& value) {
    if (value == "all") {
        return Timed::all;
    }
    if (value == "extra") {
        return Timed::extra;
    }
    if (value == "joins") {
        return Timed::joins;
    }
    refuse(item);
}

bool set_number(Options& options, const std::string& key, std::uint64_t value) {
    if (key == "family") {
        options.family = static_cast<unsigned>(value);
    } else if (key == "flows") {
        options.flows = static_cast<std::uint32_t>(value);
    } else if (key == "source_bits") {
        options.source_bits = static_cast<unsigned>(value);
    } else if (key == "learn") {
        options.learn = value != 0;
    } else if (key == "window") {
        options.window = value;
    } else if (key == "extra_rate") {
        options.extra_rate = value;
    } else if (key == "extra_wanted") {
        options.extra_wanted = value != 0;
    } else if (key == "join_rate") {
        options.join_rate = value;
    } else if (key == "rate") {
        options.rate = value;
    } else {
        return false;
    }
    return true;
}

}  // namespace

Options parse_options(const char* text) {
    Options options;
    std::istringstream items(text);
    for (std::string item; items >> item;) {
        const auto equals = item.find('=');
        if (equals == std::string::npos) {
            refuse(item);
        }
        const auto key = item.substr(0, equals);
        const auto value = item.substr(equals + 1);
        if (key == "device") {
            options.device = value;
        } else if (key == "report") {
            options.report = value;
        } else if (key == "timed") {
            options.timed = timed(item, value);
        } else if (!set_number(options, key, number(item, value))) {
            refuse(item);
        }
    }
    const bool rewrites = options.learn || options.extra_rate != 0 || options.rate != 0 ||
                          options.timed != Timed::nothing;
    const bool joins = options.timed == Timed::joins;
    if (options.device.empty() || options.report.empty() || (rewrites && options.flows == 0) ||
        joins != (options.join_rate != 0) || (joins && options.family != 4)) {
        refuse(text);
    }
    return options;
}

}  // namespace mgmd::probe
