#include "core/models/predict/words.h"

#include <fmt/format.h>

#include "core/base/units.h"

namespace foreshard::models {

std::string bandWords(const ExpectedBand& band) {
    const auto low = formatCount(band.p10), middle = formatCount(band.p50), high = formatCount(band.p90);
    return low == high ? middle : fmt::format("{} ({} to {})", middle, low, high);
}

std::string rowsWords(const ExpectedRowsOf& rows) {
    const char* from = rows.from == RowsFrom::log ? "counted by the log" : rows.from == RowsFrom::model ? "by the cardinality model" : "as the statement itself says";
    return fmt::format("{}{}, {}", rows.upTo ? "at most " : "", bandWords(rows.band), from);
}

std::string columnName(const workload::Workload& observed, workload::ColumnId id) {
    const auto& column = observed.facts->columns[id];
    return observed.facts->schema.tables[column.table].qualifiedName() + "." + column.expression;
}

std::string touchWords(const TouchedHotspot& touched, const workload::Workload& observed) {
    const auto& hotspot = touched.hotspot;
    const bool next = touched.next.value_or(false);
    const char* when = touched.now ? next ? "now and in the next window" : "now" : next ? "in the next window" : "at other times";
    const char* how = touched.how == Touch::key ? "binds" : touched.how == Touch::everyKey ? "binds no key of" : "inserts the newest keys of";
    const char* so = touched.how == Touch::everyKey ? ", so it meets" : ",";
    const auto& own = observed.facts->schema.tables[observed.facts->columns[hotspot.column].table];
    const auto column = columnName(observed, hotspot.column);
    const auto through = touched.table == own.qualifiedName() ? column : fmt::format("the column of {} that travels together with {}", touched.table, column);
    return fmt::format("{} {}{} {} {}: hot {}, {} of its accesses", how, through, so, toString(hotspot.kind), hotspot.keys, when, formatShare(hotspot.share));
}

}  // namespace foreshard::models
