// The monitor's numbers in the Prometheus text format (version 0.0.4). Base units (seconds, ratios 0…1, accesses); what is
// unknown is absent. Pure; any thread.
#pragma once

#include <string>

#include "core/monitor/status.h"

namespace foreshard::monitor {

// foreshard_shard_load{shard}, foreshard_shard_load_predicted{shard}     accesses per second in the newest closed interval
// foreshard_shard_accesses_total{shard}, foreshard_calls_total, foreshard_intervals_closed_total
// foreshard_load_max_over_mean, foreshard_load_max_over_mean_predicted   ratio, 1 is even
// foreshard_multi_shard_share, foreshard_multi_shard_share_predicted     0…1
// foreshard_model_error{series,measure="nd"|"log_mse"}
// foreshard_alert_active{rule="skew"|"drift"}                            1 or 0
// foreshard_newest_interval_timestamp_seconds                            end of the newest closed interval
std::string prometheusText(const Snapshot& snapshot);

}  // namespace foreshard::monitor
