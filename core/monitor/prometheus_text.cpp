#include "core/monitor/prometheus_text.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>

namespace foreshard::monitor {

namespace {

class Exposition {
public:
    void gauge(const char* name, const char* help, const prometheus::Labels& labels, std::optional<double> value) {
        if (value) prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels).Set(*value);
    }
    void counter(const char* name, const char* help, const prometheus::Labels& labels, double value) {
        prometheus::BuildCounter().Name(name).Help(help).Register(registry_).Add(labels).Increment(std::round(value));   // accesses of a call are shared among its shards: whole ones are told
    }
    // The library keeps its samples in a hash table: those of a family are put in the order of their labels.
    std::string text() const {
        auto families = registry_.Collect();
        for (auto& family : families)
            std::sort(family.metric.begin(), family.metric.end(), [](const auto& a, const auto& b) {
                return std::lexicographical_compare(a.label.begin(), a.label.end(), b.label.begin(), b.label.end(), before);
            });
        return prometheus::TextSerializer().Serialize(families);
    }

private:
    // Numbers by value: shard 2 before shard 10.
    static bool before(const prometheus::ClientMetric::Label& a, const prometheus::ClientMetric::Label& b) {
        if (a.name != b.name) return a.name < b.name;
        return a.name == "shard" && a.value.size() != b.value.size() ? a.value.size() < b.value.size() : a.value < b.value;
    }
    prometheus::Registry registry_{prometheus::Registry::InsertBehavior::Merge};
};

void addLoads(Exposition& out, const Snapshot& snapshot) {
    // The newest closed interval: the last one with a measurement.
    for (const auto& shard : snapshot.loads) {
        const prometheus::Labels labels{{"shard", std::to_string(shard.shard)}};
        const auto newest = std::find_if(shard.measured.rbegin(), shard.measured.rend(), [](const auto& v) { return v.has_value(); });
        if (newest == shard.measured.rend()) continue;
        const auto at = static_cast<size_t>(shard.measured.rend() - newest) - 1;
        out.gauge("foreshard_shard_load", "Accesses per second on the shard in the newest closed interval.", labels, *newest);
        out.gauge("foreshard_shard_load_predicted", "Accesses per second that were forecast for the shard in that interval.", labels, shard.predicted[at]);
        if (shard.shard < snapshot.accesses.size())
            out.counter("foreshard_shard_accesses_total", "Accesses of the shard in closed intervals.", labels, snapshot.accesses[shard.shard]);
    }
}

void addError(Exposition& out, const SeriesError& error) {
    constexpr const char* help = "Error of the volume forecast over the last closed intervals: nd is the sum of absolute errors over the sum of calls, "
                                 "log_mse the mean squared error of ln(1+calls).";
    out.gauge("foreshard_model_error", help, {{"series", error.name}, {"measure", "nd"}}, error.nd);
    out.gauge("foreshard_model_error", help, {{"series", error.name}, {"measure", "log_mse"}}, error.logMse);
}

void addAlerts(Exposition& out, const Snapshot& snapshot) {
    for (const char* rule : {"drift", "skew"}) {
        const bool active = std::any_of(snapshot.findings.begin(), snapshot.findings.end(),
                                        [&](const Finding& finding) { return finding.rule == rule && finding.active(); });
        out.gauge("foreshard_alert_active", "1 while the rule's alert is active, else 0.", {{"rule", rule}}, active ? 1.0 : 0.0);
    }
}

}  // namespace

std::string prometheusText(const Snapshot& snapshot) {
    Exposition out;
    addLoads(out, snapshot);
    out.gauge("foreshard_load_max_over_mean", "Load of the hottest shard over the mean of all shards in the newest closed interval.", {}, snapshot.newestMaxOverMean);
    out.gauge("foreshard_load_max_over_mean_predicted", "The same as forecast, over all remembered intervals.", {}, snapshot.loadMaxOverMeanPredicted);
    out.gauge("foreshard_multi_shard_share", "Share of committed transactions that touch more than one shard.", {}, snapshot.multiShardShare);
    out.gauge("foreshard_multi_shard_share_predicted", "The same as forecast.", {}, snapshot.multiShardSharePredicted);
    addError(out, snapshot.total);
    for (const auto& series : snapshot.series) addError(out, series);
    addAlerts(out, snapshot);
    out.counter("foreshard_calls_total", "Calls in closed intervals.", {}, snapshot.calls);
    out.counter("foreshard_intervals_closed_total", "Intervals that were closed and judged.", {}, static_cast<double>(snapshot.intervalsClosed));
    if (!snapshot.loads.empty() && snapshot.intervalsClosed > 0) {
        const auto& measured = snapshot.loads.front().measured;
        const auto newest = std::find_if(measured.rbegin(), measured.rend(), [](const auto& v) { return v.has_value(); });
        if (newest != measured.rend())
            out.gauge("foreshard_newest_interval_timestamp_seconds", "End of the newest closed interval.", {},
                      static_cast<double>(snapshot.times[static_cast<size_t>(measured.rend() - newest) - 1] + snapshot.interval) / microsPerSecond);
    }
    return out.text();
}

}  // namespace foreshard::monitor
