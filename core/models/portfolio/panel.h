// A panel: any number of series on one regular grid of time, in ln(1+count). What the portfolio of volume candidates learns
// from and is judged on. A step without a value is unknown, never zero: it is not judged, and learners see the last known
// value in its place. Plain value.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/time.h"
#include "core/models/events.h"

namespace foreshard::models {

struct PanelSeries {
    std::string name;
    int64_t first = 0;               // index of the first step on the common grid
    std::vector<float> logs;
    std::vector<bool> known;         // empty: all are
    std::shared_ptr<const MarkedSeries> marked;   // where events are marked: `logs` are its cleaned values, as are all answers; null: none
    bool isKnown(size_t i) const { return known.empty() || known[i]; }
    bool operator==(const PanelSeries&) const = default;
};

struct Panel {
    std::vector<PanelSeries> series;      // by name
    Instant step = 0;                     // µs; 0: the file's times are plain numbers, or no regular grid
    std::vector<uint32_t> seasons;        // in steps, ascending, at least one; the first one scales MASE
    bool hasMarks() const { return !series.empty() && series.front().marked != nullptr; }
    bool operator==(const Panel&) const = default;
};

// Seasons of a step: a day and a week for steps below a day, a week of days, a year of weeks or months; {1} where unknown.
std::vector<uint32_t> seasonsOf(Instant step);

// Reads CSV with a header: `series,time,count`, or without the series; time may be called period, timestamp or date, and be a
// date or a number; count may be called value, calls or requests. `season` 0: by the step. Broken lines, negative and
// non-finite counts, repeated times (summed), gaps and clock jumps become diagnostics. `name` is for sentences.
// Errors: format (no such columns, or nothing readable), cancelled.
Result<Panel> readPanel(std::string_view csv, const std::string& name, uint32_t season, Job& job);

}  // namespace foreshard::models
