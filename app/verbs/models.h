// The verbs train, forecast and events. Qt-free; any thread; one Project object a call.
#pragma once

#include <memory>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/forecast.h"

namespace foreshard::verbs {

Result<std::shared_ptr<const models::TrainedModels>> train(const TrainOptions& options, Job& job);
// Uses the trained models; trains first where there are none or the workload or the marked events have changed since.
Result<std::shared_ptr<const models::Forecast>> forecast(const ForecastOptions& options, Job& job);

struct EventsOptions {
    Path project;
    std::string act = "list";              // add, list, remove
    std::string name;
    std::optional<Instant> from, to;       // add: both; remove: `from` picks one of several of that name
    std::string like;                      // add: another event's name
};

struct MarkedEvents {
    std::vector<models::CalendarEvent> events;   // by beginning, as they are after the act
    std::string done;                            // what the act did, a sentence; empty for list
};

// Events that a person marks on the calendar. Errors: usage, notFound.
Result<MarkedEvents> manageEvents(const EventsOptions& options, Job& job);

}  // namespace foreshard::verbs
