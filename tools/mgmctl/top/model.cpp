// SPDX-License-Identifier: Apache-2.0
#include "tools/mgmctl/top/model.hpp"

#include <algorithm>
#include <cctype>

#include "tools/mgmctl/layout.hpp"

namespace mgmd::mgmctl::top {
namespace {

double number(const Json& row, const char* key) {
    const auto* value = find(row, key);
    return value != nullptr && value->is_number() ? value->get<double>() : 0;
}

std::string name(const Json& row, const char* key) {
    const auto* value = find(row, key);
    auto text = value == nullptr ? "-" : as_text(*value);
    // Nothing that the terminal would obey.
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
    return text;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool contains(const Item& item, const std::string& wanted) {
    return std::any_of(item.names.begin(), item.names.end(), [&](const std::string& each) {
        return lower(each).find(wanted) != std::string::npos;
    });
}

}  // namespace

void Model::take(const Sample& sample) {
    const std::chrono::duration<double> passed = sample.at - last_;
    board_.begin(has_looked_ ? passed.count() : 0);
    has_looked_ = true;
    last_ = sample.at;
    take_header(sample);
    take_flows(sample.flows);
    take_interfaces(sample.interfaces);
    board_.end();
}

void Model::take_header(const Sample& sample) {
    Header header;
    for (const auto& row : sample.version) {
        header.version = name(row, "version");
        header.up_seconds = number(row, "up_s");
    }
    double in = 0;
    double drops = 0;
    double out = 0;
    for (const auto& worker : sample.workers) {
        in += number(worker, "received");
        drops += number(worker, "dropped");
        const auto& busy =
            board_.put("worker " + name(worker, "worker"), {number(worker, "busy_s")});
        header.load.push_back(busy.rates.empty() ? 0 : std::min(1.0, busy.rates[0]));
    }
    for (const auto& interface : sample.interfaces) {
        out += number(interface, "tx_packets");
    }
    const auto& all = board_.put("all", {in, out, drops});
    header.history = all.history;
    header.has_rates = !all.rates.empty();
    if (header.has_rates) {
        header.in = all.rates[0];
        header.out = all.rates[1];
        header.drops = all.rates[2];
    }
    header_ = std::move(header);
}

void Model::take_flows(const std::vector<Json>& rows) {
    flows_.clear();
    for (const auto& row : rows) {
        const auto identity =
            "flow " + name(row, "table") + ' ' + name(row, "source") + ' ' + name(row, "group");
        const double in = number(row, "packets") + number(row, "negative_hits");
        const auto& track = board_.put(
            identity,
            {in, number(row, "copies"), number(row, "octets"), number(row, "wrong_interface")},
            number(row, "age_s"));
        flows_.push_back({{name(row, "source"), name(row, "group"), name(row, "incoming")},
                          track.rates,
                          track.history,
                          name(row, "state") == "negative"});
    }
}

void Model::take_interfaces(const std::vector<Json>& rows) {
    interfaces_.clear();
    for (const auto& row : rows) {
        const auto& track = board_.put(
            "interface " + name(row, "interface"),
            {number(row, "rx_packets"), number(row, "tx_packets"), number(row, "rx_octets"),
             number(row, "tx_octets"),
             number(row, "discarded") + number(row, "ttl_too_low") + number(row, "too_big")});
        interfaces_.push_back({{name(row, "interface"), name(row, "port"), name(row, "link")},
                               track.rates,
                               track.history,
                               name(row, "link") == "down"});
    }
}

std::vector<Item> Model::items(const Controls& controls) const {
    std::vector<Item> shown;
    const auto wanted = lower(controls.filter());
    const auto& all = controls.panel() == Panel::flows ? flows_ : interfaces_;
    std::copy_if(all.begin(), all.end(), std::back_inserter(shown),
                 [&](const Item& item) { return contains(item, wanted); });
    const auto figure = [&](const Item& item) {
        return controls.sort() < item.rates.size() ? item.rates[controls.sort()] : 0;
    };
    std::stable_sort(shown.begin(), shown.end(),
                     [&](const Item& a, const Item& b) { return figure(a) > figure(b); });
    return shown;
}

}  // namespace mgmd::mgmctl::top
