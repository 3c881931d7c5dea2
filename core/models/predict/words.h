// A prediction in words, for the command line and the window alike. Pure; any thread.
#pragma once

#include <string>

#include "core/models/predict/predictor.h"

namespace foreshard::models {

std::string bandWords(const ExpectedBand& band);                  // "12 (3 to 40)"; "12" where there is no doubt
std::string rowsWords(const ExpectedRowsOf& rows);                // "12 (3 to 40), by the cardinality model"
// "binds public.orders.customer_id, single key 17: hot now, 12.3 % of its accesses". `observed`: the predictor's workload.
std::string touchWords(const TouchedHotspot& touched, const workload::Workload& observed);
std::string columnName(const workload::Workload& observed, workload::ColumnId id);   // "public.orders.customer_id"

}  // namespace foreshard::models
