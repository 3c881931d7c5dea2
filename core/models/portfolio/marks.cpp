#include "core/models/portfolio/marks.h"

#include <algorithm>
#include <optional>

#include "core/models/portfolio/csv.h"

namespace foreshard::models {

namespace {

constexpr Instant longestStep = 28 * microsPerDay;   // months and years differ in length: their rows lie on no grid of time

struct Columns {
    std::optional<size_t> name, from, to, like;
};

struct Line {
    size_t number = 0;
    CalendarEvent event;
};

Error atLine(Error error, const std::string& file, size_t number) {
    error.message = file + ", event " + std::to_string(number) + ": " + error.message;
    return error;
}

Result<Line> lineOf(const std::vector<std::string>& cells, const Columns& columns, const std::string& file, size_t number) {
    const auto cell = [&](std::optional<size_t> column) { return column && *column < cells.size() ? cells[*column] : std::string(); };
    const auto from = parseTime(cell(columns.from)), to = parseTime(cell(columns.to));
    if (!from || !to)
        return atLine({ErrorCategory::format, "It has no two times.", "Write them like 2026-11-27 08:00; times without a zone are UTC.", {}}, file, number);
    return Line{number, {cell(columns.name), *from, *to, cell(columns.like)}};
}

}  // namespace

Result<std::vector<CalendarEvent>> readEventTable(std::string_view csv, const std::string& name) {
    CsvLines lines(csv);
    std::vector<std::string> cells;
    Columns columns;
    if (lines.next(cells))
        for (size_t i = 0; i < cells.size(); ++i)
            for (const auto& [title, column] : {std::pair("name", &columns.name), {"from", &columns.from}, {"to", &columns.to}, {"like", &columns.like}})
                if (cells[i] == title) *column = i;
    if (!columns.name || !columns.from || !columns.to)
        return Error{ErrorCategory::format, name + " has no columns name, from and to in its first line.", "Give a CSV file with the columns name,from,to, and like where events of several names are of one kind.", {}};
    std::vector<Line> read;
    while (lines.next(cells)) {
        FS_ASSIGN(auto line, lineOf(cells, columns, name, read.size() + 1));
        read.push_back(std::move(line));
    }
    if (read.empty()) return Error{ErrorCategory::format, name + " holds no event below its first line.", "Give a line for each event.", {}};
    // What others are like must be there before them.
    std::stable_partition(read.begin(), read.end(), [](const Line& line) { return line.event.like.empty(); });
    std::vector<CalendarEvent> events;
    for (auto& line : read)
        if (auto added = addEvent(events, std::move(line.event)); !added.ok()) return atLine(added.error(), name, line.number);
    return events;
}

Result<Panel> withEvents(Panel panel, const std::vector<CalendarEvent>& events) {
    if (panel.step <= 0 || panel.step >= longestStep)
        return Error{ErrorCategory::usage, "Events cannot be marked on these series: their times are no dates, or months apart and longer.", "Leave --events away, or give dates.", {}};
    const EventCalendar calendar(events, panel.step);
    for (auto& series : panel.series) {
        const std::vector<double> logs(series.logs.begin(), series.logs.end());
        series.marked = markedSeries(logs, {series.first, series.first + static_cast<int64_t>(logs.size())}, panel.step, calendar);
        if (!series.marked) continue;
        std::transform(series.marked->cleaned().begin(), series.marked->cleaned().end(), series.logs.begin(), [](double v) { return static_cast<float>(v); });
    }
    return panel;
}

void addKnownEffects(const Panel& seen, std::span<const Question> questions, std::span<float> answers) {
    for (size_t i = 0; i < questions.size(); ++i) {
        const auto& marked = seen.series[questions[i].series].marked;
        if (!marked) continue;
        const EventEffect effect = marked->effectAt(questions[i].origin, questions[i].target());
        if (effect.occurrences > 0) answers[i] = std::max(0.0f, answers[i] + static_cast<float>(effect.mean));
    }
}

bool isMarked(const Panel& seen, const Question& question) {
    const auto& marked = seen.series[question.series].marked;
    return marked && marked->effectAt(question.origin, question.target()).marked;
}

}  // namespace foreshard::models
