// What an observed or forecast workload does to a design, interval by interval, in the form the monitor keeps: through the
// analytic projection for load and the one router for transactions. Pure but for the Job; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/base/job.h"
#include "core/models/forecast.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::monitor {

// One interval as observed.
struct Measured {
    int64_t interval = 0;
    std::vector<double> accesses;        // by shard; empty where load cannot be told
    double calls = 0;
    double multiShard = 0, transactions = 0;   // weighted, committed, of the sample
    std::vector<double> series;          // calls by series of the models in force
    bool operator==(const Measured&) const = default;
    // Hottest shard over the mean; nothing without load.
    std::optional<double> maxOverMean() const;
    double meanAccesses() const;
    size_t hottest() const;              // shard; 0 without load
};
std::optional<double> maxOverMean(const std::vector<double>& loads);

// One interval as forecast.
struct Predicted {
    int64_t interval = 0;
    std::vector<double> load;            // by shard, accesses per second; empty where it cannot be told
    double p10 = 0, p50 = 0, p90 = 0;    // calls of all templates
    std::optional<double> multiShardShare;
    std::vector<double> series;          // P50 of each series
    bool operator==(const Predicted&) const = default;
};

// Which series a template belongs to.
struct SeriesIndex {
    std::map<uint64_t, uint32_t> byTemplate;   // fingerprint → series
    uint32_t count = 0;
    std::optional<uint32_t> others;            // the series of templates that came after the training
    bool operator==(const SeriesIndex&) const = default;
};
SeriesIndex seriesIndex(const models::TrainedModels& models, const models::Forecast& forecast);

// Every interval of the workload's range, calls or not.
Result<std::vector<Measured>> measure(const workload::Workload& observed, const sharding::Design& design, const SeriesIndex& series, Job& job);
Result<std::vector<Predicted>> predict(const models::Forecast& forecast, const sharding::Design& design, Job& job);

}  // namespace foreshard::monitor
