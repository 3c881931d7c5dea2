// The serialised form of a forecast: its series, their total, its range, and its workload. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/models/forecast.h"

namespace foreshard::project {

constexpr uint32_t forecastFormatVersion = 2;   // 1: without bands of templates and classes, and without events

std::string writeForecast(const models::Forecast& forecast);    // forecast.workload is not null
Result<models::Forecast> readForecast(std::string_view bytes);  // format or version error, never a crash

}  // namespace foreshard::project
