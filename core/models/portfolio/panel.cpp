#include "core/models/portfolio/panel.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "core/models/portfolio/csv.h"

namespace foreshard::models {

namespace {

constexpr int64_t clockJumpSteps = 10'000;   // a gap longer than this and than the rest of the series is a wrong clock
constexpr double irregularShare = 0.2;       // more steps than this off the grid: rows simply follow each other

struct Sample {
    int64_t time = 0;                        // µs, or the number as it stands
    double count = 0;
};
using Samples = std::map<std::string, std::vector<Sample>, std::less<>>;

void note(Job& job, const char* reason, const std::string& file, std::string message) {
    job.diagnose({Severity::warning, reason, file, 0, 0, std::move(message)});
}

struct Reading {
    Samples samples;
    bool dates = false;
    size_t broken = 0, negative = 0;
};

struct Columns {
    std::optional<size_t> series, time, count;
};

Columns columnsOf(const std::vector<std::string>& header) {
    Columns columns;
    for (size_t i = 0; i < header.size(); ++i) {
        const auto is = [&](std::initializer_list<const char*> names) {
            return std::any_of(names.begin(), names.end(), [&](const char* name) { return header[i] == name; });
        };
        if (is({"series", "name", "id"})) columns.series = i;
        if (is({"time", "period", "timestamp", "date"})) columns.time = i;
        if (is({"count", "value", "calls", "requests"})) columns.count = i;
    }
    return columns;
}

std::optional<int64_t> timeOf(std::string_view text, bool& dates) {
    if (const auto number = csvNumber(text)) {
        if (std::abs(*number) < 9e15) return static_cast<int64_t>(*number);
        return std::nullopt;
    }
    const auto instant = parseTime(text);
    if (instant) dates = true;
    return instant;
}

Result<Reading> readSamples(std::string_view csv, const std::string& name, Job& job) {
    CsvLines lines(csv);
    std::vector<std::string> cells;
    if (!lines.next(cells)) return Error{ErrorCategory::format, name + " is empty.", "Give a CSV file with the columns series,time,count.", {}};
    const Columns columns = columnsOf(cells);
    if (!columns.time || !columns.count)
        return Error{ErrorCategory::format, name + " has no columns time and count in its first line.",
                     "Give a CSV file with the columns series,time,count (or period,count).", {}};
    Reading reading;
    const size_t width = std::max({columns.series.value_or(0), *columns.time, *columns.count}) + 1;
    auto at = reading.samples.end();
    for (size_t line = 0; lines.next(cells); ++line) {
        if (line % 8192 == 0) FS_TRY(job.checkpoint());
        const auto time = cells.size() >= width ? timeOf(cells[*columns.time], reading.dates) : std::nullopt;
        const auto count = cells.size() >= width ? csvNumber(cells[*columns.count]) : std::nullopt;
        if (!time || !count || !std::isfinite(*count)) {
            ++reading.broken;
            continue;
        }
        if (*count < 0) ++reading.negative;
        const std::string& key = columns.series ? cells[*columns.series] : name;
        if (at == reading.samples.end() || at->first != key) at = reading.samples.try_emplace(key).first;
        at->second.push_back({*time, std::max(0.0, *count)});
    }
    if (reading.samples.empty()) return Error{ErrorCategory::format, name + " has no line with a time and a count.", "Give a CSV file with the columns series,time,count.", {}};
    if (reading.broken) note(job, "broken_line", name, std::to_string(reading.broken) + " lines of " + name + " have no time or no finite count and were left out.");
    if (reading.negative) note(job, "negative_count", name, std::to_string(reading.negative) + " negative counts of " + name + " were taken as zero.");
    return reading;
}

// Sorted by time; what stands twice is summed. Returns how many stood twice.
size_t order(std::vector<Sample>& samples) {
    std::stable_sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) { return a.time < b.time; });
    size_t kept = 0, repeated = 0;
    for (size_t i = 0; i < samples.size(); ++i) {
        if (kept > 0 && samples[kept - 1].time == samples[i].time) {
            samples[kept - 1].count += samples[i].count;
            ++repeated;
        } else {
            samples[kept++] = samples[i];
        }
    }
    samples.resize(kept);
    return repeated;
}

// The most frequent distance between neighbours; 0 where there is none, or where too many steps do not lie on its grid.
int64_t stepOf(const Samples& all) {
    std::map<int64_t, size_t> distances;
    size_t total = 0, off = 0;
    for (const auto& [name, samples] : all)
        for (size_t i = 1; i < samples.size(); ++i) ++distances[samples[i].time - samples[i - 1].time], ++total;
    if (distances.empty()) return 0;
    const int64_t step = std::max_element(distances.begin(), distances.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
    for (const auto& [distance, times] : distances)
        if (distance % step != 0) off += times;
    return static_cast<double>(off) > irregularShare * static_cast<double>(total) ? 0 : step;
}

struct Gaps {
    size_t missing = 0, jumps = 0;
};

PanelSeries onGrid(const std::string& name, const std::vector<Sample>& samples, int64_t step, Gaps& gaps) {
    PanelSeries series;
    series.name = name;
    if (step > 0) series.first = intervalIndex(samples.front().time, step);
    int64_t last = series.first - 1;
    const auto longest = std::max<int64_t>(clockJumpSteps, static_cast<int64_t>(samples.size()));
    for (size_t i = 0; i < samples.size(); ++i) {
        const int64_t index = step > 0 ? intervalIndex(samples[i].time, step) : last + 1;
        int64_t missing = i == 0 ? 0 : index - last - 1;
        last = index;
        const auto value = static_cast<float>(std::log1p(samples[i].count));
        if (missing < 0) {   // off the grid: two samples in one step
            series.logs.back() = static_cast<float>(std::log1p(std::expm1(series.logs.back()) + samples[i].count));
            continue;
        }
        if (missing > longest) {
            ++gaps.jumps;
            missing = 0;
        }
        if (missing > 0) {
            series.known.resize(series.logs.size(), true);
            series.logs.insert(series.logs.end(), static_cast<size_t>(missing), series.logs.back());
            series.known.resize(series.logs.size(), false);
            gaps.missing += static_cast<size_t>(missing);
        }
        series.logs.push_back(value);
        if (!series.known.empty()) series.known.push_back(true);
    }
    return series;
}

}  // namespace

std::vector<uint32_t> seasonsOf(Instant step) {
    if (step <= 0) return {1};
    if (step < microsPerDay && microsPerDay % step == 0) {
        const auto day = static_cast<uint32_t>(microsPerDay / step);
        return {day, day * 7};
    }
    if (step == microsPerDay) return {7};
    if (step == 7 * microsPerDay) return {52};
    if (step >= 28 * microsPerDay && step <= 31 * microsPerDay) return {12};
    return {1};
}

Result<Panel> readPanel(std::string_view csv, const std::string& name, uint32_t season, Job& job) {
    FS_ASSIGN(auto reading, readSamples(csv, name, job));
    size_t repeated = 0;
    for (auto& [series, samples] : reading.samples) repeated += order(samples);
    if (repeated) note(job, "repeated_time", name, std::to_string(repeated) + " lines of " + name + " repeat a time of their series; their counts were added.");
    const int64_t step = stepOf(reading.samples);
    Panel panel;
    panel.step = reading.dates ? step : 0;
    panel.seasons = seasonsOf(panel.step);
    // Months and years differ in length: their rows simply follow each other.
    const int64_t grid = reading.dates && step >= 28 * microsPerDay ? 0 : step;
    if (season > 0) {
        std::erase_if(panel.seasons, [&](uint32_t other) { return other <= season || other % season != 0; });
        panel.seasons.insert(panel.seasons.begin(), season);
    }
    Gaps gaps;
    for (const auto& [series, samples] : reading.samples) {
        FS_TRY(job.checkpoint());
        panel.series.push_back(onGrid(series, samples, grid, gaps));
    }
    if (gaps.missing) note(job, "gap", name, std::to_string(gaps.missing) + " steps of " + name + " have no line; they are unknown, and not judged.");
    if (gaps.jumps) note(job, "clock_jump", name, std::to_string(gaps.jumps) + " gaps of " + name + " are longer than their series; they were taken for clock jumps and closed.");
    return panel;
}

}  // namespace foreshard::models
