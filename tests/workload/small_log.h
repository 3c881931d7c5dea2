// A log in a few lines of C++: what the tests of the workload room feed to a PartialBuilder.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/workload/partial.h"
#include "core/workload/partial_data.h"
#include "core/workload/workload.h"

namespace small {

using namespace foreshard;
using namespace foreshard::workload;

constexpr Instant start = 1'700'000'000 * microsPerSecond - 1'700'000'000 * microsPerSecond % microsPerDay;   // a midnight

struct Line {
    std::string session;
    std::string statement;         // "#start" and "#end": the session's
    Instant time = start;
    std::string transactionId;
    bool failed = false;
    int64_t rows = -1;
    Nanoseconds duration = -1;
    Weight weight = weightOne;
    std::string database;
    std::vector<std::optional<std::string>> parameters;
};

inline schema::Column column(const std::string& name, ValueType type) {
    schema::Column made;
    made.name = name;
    made.type = type;
    return made;
}

inline schema::Table table(const std::string& name, std::vector<schema::Column> columns, std::vector<std::string> primary = {}) {
    schema::Table made;
    const auto dot = name.find('.');
    made.schema = dot == std::string::npos ? "public" : name.substr(0, dot);
    made.name = dot == std::string::npos ? name : name.substr(dot + 1);
    made.columns = std::move(columns);
    if (!primary.empty()) made.keys.push_back({schema::KeyKind::primary, "", std::move(primary), "", {}});
    return made;
}

inline std::shared_ptr<const schema::Schema> schemaOf(std::vector<schema::Table> tables) {
    auto made = std::make_shared<schema::Schema>();
    std::sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.qualifiedName() < b.qualifiedName(); });
    made->tables = std::move(tables);
    return made;
}

// Lines [from, to) of the log as the byte range of offsets they stand for; line i begins at offset 10 i.
inline Partial partialOf(PartialBuilder& builder, const std::vector<Line>& lines, size_t from, size_t to, const std::string& source = "log") {
    builder.beginRange(source, from * 10);
    std::vector<std::optional<std::string_view>> parameters;
    for (size_t i = from; i < to; ++i) {
        const auto& line = lines[i];
        if (line.statement == "#start") builder.sessionStarted({i * 10, line.time, line.session});
        else if (line.statement == "#end") builder.sessionEnded({i * 10, line.time, line.session});
        if (line.statement[0] == '#') continue;
        CallEvent event;
        event.offset = i * 10;
        event.time = line.time;
        event.session = line.session;
        event.database = line.database;
        event.virtualTransactionId = line.transactionId;
        event.statement = line.statement;
        event.failed = line.failed;
        event.rows = line.rows;
        event.duration = line.duration;
        event.weight = line.weight;
        parameters.clear();
        for (const auto& value : line.parameters) parameters.push_back(value ? std::optional<std::string_view>(*value) : std::nullopt);
        event.parameters = parameters;
        event.parametersKnown = !line.parameters.empty();
        builder.add(event);
    }
    RangeNotes notes;
    notes.lines = to - from;
    notes.coverage.format = "small";
    return builder.finishRange(to * 10, notes);
}

inline Partial partialOf(const std::vector<Line>& lines, std::shared_ptr<const schema::Schema> schema, PartialOptions options = {}) {
    PartialBuilder builder(std::move(schema), options);
    return partialOf(builder, lines, 0, lines.size());
}

inline std::shared_ptr<const Workload> workloadOf(const std::vector<Line>& lines, std::shared_ptr<const schema::Schema> schema, PartialOptions options = {}) {
    return finish(partialOf(lines, std::move(schema), options));
}

inline ColumnId columnOf(const Workload& workload, const std::string& table, const std::string& expression) {
    const auto& tables = workload.facts->schema.tables;
    for (TableId t = 0; t < tables.size(); ++t)
        if (tables[t].qualifiedName() == table) return workload.facts->findColumn(t, expression).value_or(UINT32_MAX);
    return UINT32_MAX;
}

// Accesses that bind `value`'s slot, over all intervals: {reads, writes}.
inline std::pair<double, double> slotLoad(const Workload& workload, ColumnId column, const Value& value) {
    std::pair<double, double> load;
    for (const auto& count : workload.rates.columns[column].slots)
        if (count.slot == countingSlot(value)) load.first += fromWeight(count.reads), load.second += fromWeight(count.writes);
    return load;
}

inline const Template* templateLike(const Workload& workload, const std::string& part) {
    for (const auto& each : workload.facts->templates)
        if (each.text.find(part) != std::string::npos) return &each;
    return nullptr;
}

}  // namespace small
