// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/metric_family.h>
#include <string>
#include <utility>
#include <vector>

namespace mgmd::metrics {

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// One metric of a Row: what it is called, what it means, and where its value is.
template <class Row>
struct Column {
    prometheus::MetricType type;
    const char* name;
    const char* help;
    double (*value)(const Row&);
};

/// `name` ends in _total: the value only ever grows while the router runs.
template <class Row>
constexpr Column<Row> counter(const char* name, const char* help, double (*value)(const Row&)) {
    return {prometheus::MetricType::Counter, name, help, value};
}
template <class Row>
constexpr Column<Row> gauge(const char* name, const char* help, double (*value)(const Row&)) {
    return {prometheus::MetricType::Gauge, name, help, value};
}

/// Metric families as prometheus-cpp writes them out. Families without a sample are left out.
class FamilyList {
public:
    using MetricType = prometheus::MetricType;

    /// What the next samples are of.
    void begin(MetricType type, const char* name, const char* help) {
        drop_empty();
        auto& family = families_.emplace_back();
        family.type = type;
        family.name = name;
        family.help = help;
    }

    template <class Value>
    void sample(Value value, Labels labels = {}) {
        auto& family = families_.back();
        auto& metric = family.metric.emplace_back();
        metric.label = std::move(labels);
        (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
            static_cast<double>(value);
    }

    /// A family for each column, with a sample for each row, labelled by `labels_of(row)`.
    template <class Rows, class Columns, class LabelsOf>
    void table(const Rows& rows, const Columns& columns, LabelsOf labels_of) {
        for (const auto& column : columns) {
            begin(column.type, column.name, column.help);
            for (const auto& row : rows) {
                sample(column.value(row), labels_of(row));
            }
        }
    }

    /// Ends the object's use.
    std::vector<prometheus::MetricFamily> take() {
        drop_empty();
        return std::move(families_);
    }

private:
    void drop_empty() {
        if (!families_.empty() && families_.back().metric.empty()) {
            families_.pop_back();
        }
    }

    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace mgmd::metrics
