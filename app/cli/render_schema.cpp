#include "app/cli/render_schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render_parts.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

using schema::ColumnStatistics;

std::string bytesText(const std::optional<uint64_t>& bytes) { return bytes ? formatBytes(static_cast<double>(*bytes)) : "–"; }
std::string countText(const std::optional<uint64_t>& count) { return count ? groupThousands(static_cast<int64_t>(*count)) : "–"; }

Json changeJson(const schema::SchemaChange& change) {
    const auto orNull = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    return {{"kind", toString(change.kind)}, {"table", change.table}, {"what", change.what}, {"before", orNull(change.before)}, {"after", orNull(change.after)}, {"structure", change.structure}, {"earlier", change.earlier}};
}

Json columnJson(const schema::Column& column, const ColumnStatistics* known, bool literals) {
    Json json{{"column", column.name}, {"type", column.declaredType}, {"not_null", column.notNull}, {"distinct", orNull(column.distinct)}};
    json["null_share"] = known ? Json(known->nullShare) : Json();
    json["mean_bytes"] = known ? Json(known->width) : Json();
    json["common_values"] = known ? known->common.size() : 0;
    json["histogram_ends"] = known ? known->histogram.size() : 0;
    if (!literals || !known) return json;
    json["common"] = Json::array();
    for (const auto& one : known->common) json["common"].push_back({{"value", one.value}, {"share", one.share}});
    json["histogram"] = known->histogram;
    return json;
}

const ColumnStatistics* columnOf(const schema::TableStatistics* table, const std::string& name) {
    if (!table) return nullptr;
    const auto found = std::find_if(table->columns.begin(), table->columns.end(), [&](const ColumnStatistics& one) { return one.column == name; });
    return found == table->columns.end() ? nullptr : &*found;
}

Json tableJson(const schema::Table& table, const schema::TableStatistics* known, bool literals) {
    const auto part = [&](const auto& member) { return known ? orNull(known->*member) : Json(); };
    Json json{{"table", table.qualifiedName()}, {"rows", orNull(table.rows)}, {"bytes", orNull(table.bytes)}, {"table_bytes", part(&schema::TableStatistics::tableBytes)},
              {"index_bytes", part(&schema::TableStatistics::indexBytes)}, {"toast_bytes", part(&schema::TableStatistics::toastBytes)}, {"partitions", table.partitions.size()}};
    json["columns"] = Json::array();
    for (const auto& column : table.columns) json["columns"].push_back(columnJson(column, columnOf(known, column.name), literals));
    return json;
}

std::string changesText(const std::vector<schema::SchemaChange>& changes) {
    TextTable fresh({"", "table", "what", "before", "after"}), earlier = fresh;
    size_t known = 0;
    for (const auto& change : changes) {
        (change.earlier ? earlier : fresh).row({toString(change.kind), change.table, change.what, change.before, change.after});
        known += change.earlier;
    }
    std::string text = known == changes.size() ? "Nothing has changed since the last time.\n" : fresh.render();
    if (known > 0) text += "As before, it differs from the schema that the logs were read with:\n" + earlier.render();
    return text;
}

// Of each column the values that stand for most rows.
std::string literalsText(const schema::Statistics& statistics) {
    TextTable table({"column", "common values, share of rows"});
    for (const auto& one : statistics.tables)
        for (const auto& column : one.columns) {
            std::string values;
            for (size_t i = 0; i < std::min<size_t>(column.common.size(), 5); ++i) values += fmt::format("{}{} {}", i ? ", " : "", column.common[i].value, formatShare(column.common[i].share));
            if (!values.empty()) table.row({one.table + "." + column.column, values});
        }
    return table.render();
}

std::string tablesText(const verbs::SchemaState& state) {
    TextTable table({"table", "rows", "bytes", "of it indexes", "toast", "columns", "partitions"});
    for (const auto& one : state.schema.tables) {
        const auto* known = state.statistics ? state.statistics->find(one.qualifiedName()) : nullptr;
        table.row({one.qualifiedName(), countText(one.rows), bytesText(one.bytes), known ? bytesText(known->indexBytes) : "–", known ? bytesText(known->toastBytes) : "–",
                   std::to_string(one.columns.size()), one.partitions.empty() ? "" : std::to_string(one.partitions.size())});
    }
    return table.render();
}

std::string whenText(const schema::Statistics& statistics) {
    if (statistics.source.empty()) return {};
    return fmt::format("Sizes of {}, {}, at {}; rows are the server's estimates.\n", statistics.source, statistics.server, formatRfc3339(statistics.readAt - statistics.readAt % 1'000'000));
}

}  // namespace

Result<Outcome> runSchema(const verbs::SchemaOptions& options, bool literals, Job& job) {
    FS_ASSIGN(const auto state, verbs::manageSchema(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    const auto* statistics = state.statistics && !state.statistics->source.empty() ? state.statistics.get() : nullptr;
    json["sources"] = state.sources;
    json["server"] = statistics ? Json(statistics->server) : Json();
    json["read_at"] = statistics ? Json(formatRfc3339(statistics->readAt)) : Json();
    json["tables"] = Json::array();
    for (const auto& table : state.schema.tables) json["tables"].push_back(tableJson(table, state.statistics ? state.statistics->find(table.qualifiedName()) : nullptr, literals));
    json["changes"] = Json::array();
    for (const auto& change : state.changes) json["changes"].push_back(changeJson(change));
    json["schema_moved"] = state.schemaMoved;
    json["notes"] = state.schema.notes;
    if (statistics)
        for (const auto& note : statistics->notes) json["notes"].push_back(note);
    if (options.act == "list") {
        outcome.text = tablesText(state) + (statistics ? whenText(*statistics) : std::string());
        for (const auto& note : json["notes"]) outcome.text += wrapped("", note.get<std::string>());
        if (literals && statistics) outcome.text += literalsText(*statistics);
    } else {
        outcome.text = changesText(state.changes) + (statistics ? whenText(*statistics) : std::string());
    }
    if (state.schemaMoved)
        outcome.warnings.push_back("The logs were read with another schema, which stays in force. Read them into a new project, or take the new schema with --replace: then no more logs can be added here.");
    return outcome;
}

}  // namespace foreshard::cli
