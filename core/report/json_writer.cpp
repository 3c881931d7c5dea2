// The only file of the room that knows JSON.
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/report/writers.h"

namespace foreshard::report {

namespace {

using Json = nlohmann::ordered_json;

Json numberOrNull(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json timesOf(const std::vector<Instant>& times) {
    Json out = Json::array();
    for (const Instant time : times) out.push_back(formatRfc3339(time));
    return out;
}

Json valuesOf(const std::vector<double>& values) {
    Json out = Json::array();
    for (const double value : values) out.push_back(numberOrNull(value));
    return out;
}

Json toJson(const TimeChart& chart) {
    Json lines = Json::array();
    for (const Line& line : chart.lines) {
        Json values = Json::array();
        for (const auto& value : line.values) values.push_back(numberOrNull(value));
        Json one = {{"name", line.name}, {"values", std::move(values)}};
        if (!line.low.empty()) one["p10"] = valuesOf(line.low);
        if (!line.high.empty()) one["p90"] = valuesOf(line.high);
        lines.push_back(std::move(one));
    }
    Json out = {{"id", chart.id},     {"kind", "time_chart"},          {"title", chart.title},
                {"unit", chart.unit}, {"times", timesOf(chart.times)}, {"lines", std::move(lines)}};
    if (chart.now) out["predicted_from"] = formatRfc3339(*chart.now);
    return out;
}

Json toJson(const ChartGrid& grid) {
    Json charts = Json::array();
    for (const TimeChart& chart : grid.charts) charts.push_back(toJson(chart));
    return {{"id", grid.id},
            {"kind", "chart_grid"},
            {"title", grid.title},
            {"unit", grid.unit},
            {"charts", std::move(charts)}};
}

Json toJson(const HeatMap& heat) {
    Json rows = Json::array();
    for (const HeatRow& row : heat.rows)
        rows.push_back({{"column", row.group}, {"keys", row.label}, {"values", valuesOf(row.values)}});
    return {{"id", heat.id},     {"kind", "heat_map"},           {"title", heat.title},
            {"unit", heat.unit}, {"times", timesOf(heat.times)}, {"rows", std::move(rows)}};
}

Json toJson(const ScatterChart& chart) {
    Json points = Json::array();
    for (const auto& point : chart.points)
        points.push_back({{"design", point.id}, {"name", point.name}, {"rank", point.rank}, {"x", point.x}, {"y", point.y}, {"pareto_front", point.onFront}});
    return {{"id", chart.id}, {"kind", "scatter_chart"}, {"title", chart.title}, {"x_unit", chart.xUnit}, {"y_unit", chart.yUnit}, {"points", std::move(points)}};
}

Json toJson(const TableGraph& graph) {
    Json nodes = Json::array(), edges = Json::array();
    for (const auto& node : graph.nodes)
        nodes.push_back({{"table", node.table}, {"share", node.share}, {"group", node.group < 0 ? Json() : Json(node.group)}, {"strategy", node.strategy}});
    for (const auto& edge : graph.edges)
        edges.push_back({{"tables", {graph.nodes[edge.left].table, graph.nodes[edge.right].table}}, {"share", edge.share}, {"apart", numberOrNull(edge.apart)}});
    return {{"id", graph.id}, {"kind", "table_graph"}, {"title", graph.title}, {"nodes", std::move(nodes)}, {"edges", std::move(edges)}};
}

Json toJson(const Table& table) {
    Json columns = Json::array(), rows = Json::array();
    for (const Column& column : table.columns)
        columns.push_back({{"key", column.key}, {"title", column.title}, {"unit", column.unit}});
    for (const auto& row : table.rows) {
        Json one = Json::object();
        for (size_t i = 0; i < table.columns.size() && i < row.size(); ++i)
            one[table.columns[i].key] = table.columns[i].number ? numberOrNull(row[i].number) : Json(row[i].text);
        rows.push_back(std::move(one));
    }
    return {{"id", table.id}, {"title", table.title}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

}  // namespace

std::string writeJson(const ReportData& report) {
    Json sections = Json::array();
    for (const Section& section : report.sections) {
        Json pictures = Json::array(), tables = Json::array();
        for (const Picture& picture : section.pictures)
            pictures.push_back(std::visit([](const auto& one) { return toJson(one); }, picture));
        for (const Table& table : section.tables) tables.push_back(toJson(table));
        sections.push_back({{"id", section.id},
                            {"title", section.title},
                            {"answer", section.answer},
                            {"tables", std::move(tables)},
                            {"pictures", std::move(pictures)},
                            {"notes", section.notes}});
    }
    const Json out = {{"title", report.title},
                      {"made", formatRfc3339(report.made)},
                      {"zone", report.zone},
                      {"literals_masked", report.literalsMasked},
                      {"sections", std::move(sections)}};
    // Bytes that are no UTF-8 become U+FFFD; a log may hold any.
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace foreshard::report
