#include "core/report/design_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/advisor/co_access.h"
#include "core/base/units.h"
#include "core/report/gather.h"
#include "core/report/svg.h"

namespace foreshard::report {

namespace {

constexpr int colours = 8;
constexpr size_t mostEdges = 60;         // the weakest of more say little and hide the others

ScatterChart chartOf(const advisor::Advice& advice, bool writes) {
    ScatterChart chart;
    chart.id = writes ? "pareto-writes" : "pareto-reads";
    chart.title = writes ? "Designs: multi-shard writes against the hottest shard" : "Designs: multi-shard reads against the hottest shard";
    chart.xUnit = fmt::format("multi-shard {}, {} [%]", writes ? "writes" : "reads", partSearched(advice));
    chart.yUnit = "hottest shard / mean load";
    for (const auto& one : advice.designs) {
        const auto& scores = one.scores;
        if (!scores.multiShardShare || !scores.multiShardWriteShare || !scores.loadMaxOverMean) continue;
        const double share = writes ? *scores.multiShardWriteShare : std::max(0.0, *scores.multiShardShare - *scores.multiShardWriteShare);
        chart.points.push_back({one.design.id, one.design.name.empty() ? one.design.id : one.design.name, static_cast<int>(one.rank), 100 * share, *scores.loadMaxOverMean, one.onFront});
    }
    return chart;
}

std::string circle(double x, double y, double radius) {
    return fmt::format("M{} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0z", number(x - radius), number(y), fmt::arg("r", number(radius)), fmt::arg("d", number(2 * radius)));
}

// Where values between `low` and `high` fall between two pixels.
struct Axis {
    double low = 0, high = 1, from = 0, to = 1;
    double at(double value) const { return from + (to - from) * (value - low) / (high - low); }
};

// Down and to the right from point to point that no other one is below and left of.
Svg::Points frontOf(const ScatterChart& chart, const Axis& x, const Axis& y) {
    std::vector<std::pair<double, double>> sorted;
    for (const auto& point : chart.points) sorted.emplace_back(point.x, point.y);
    std::sort(sorted.begin(), sorted.end());
    Svg::Points line;
    double lowest = INFINITY;
    for (const auto& [px, py] : sorted) {
        if (py >= lowest) continue;
        if (!line.empty()) line.emplace_back(x.at(px), line.back().second);
        line.emplace_back(x.at(px), y.at(py));
        lowest = py;
    }
    return line;
}

// Few digits, and no more than tell neighbouring labels apart.
std::string tickText(double value, double step) { return fmt::format("{:.{}f}", value, step >= 5 ? 0 : step >= 1 ? 1 : step >= 0.05 ? 2 : 3); }

void drawAxes(Svg& svg, const ScatterChart& chart, const Axis& x, const Axis& y) {
    constexpr int lines = 4;
    for (int i = 0; i <= lines; ++i) {
        const double part = static_cast<double>(i) / lines, xv = x.low + (x.high - x.low) * part, yv = y.low + (y.high - y.low) * part;
        svg.line(x.from, y.at(yv), x.to, y.at(yv), i == 0 ? "axis" : "grid");
        svg.text(x.from - 6, y.at(yv) + 4, tickText(yv, (y.high - y.low) / lines), "end", "tick");
        svg.line(x.at(xv), y.from, x.at(xv), y.from + 4, "axis");
        svg.text(x.at(xv), y.from + 16, tickText(xv, (x.high - x.low) / lines), "middle", "tick");
    }
    svg.text(0, 12, chart.yUnit, "start", "tick");
    svg.text(x.to, y.from + 30, chart.xUnit, "end", "tick");
}

std::string shortName(const std::string& table) { return table.starts_with("public.") ? table.substr(7) : table; }

// Strokes in four widths: a page's style has no more.
int widthOf(double share, double most) { return most > 0 ? std::clamp(static_cast<int>(std::ceil(4 * share / most)), 1, 4) : 1; }

}  // namespace

std::vector<ScatterChart> paretoCharts(const advisor::Advice& advice) {
    std::vector<ScatterChart> charts;
    for (const bool writes : {false, true})
        if (auto chart = chartOf(advice, writes); !chart.points.empty()) charts.push_back(std::move(chart));
    return charts;
}

TableGraph tableGraph(const workload::Workload& workload, const sharding::Design& design) {
    TableGraph out{"co-access", "Tables that the same transactions touch", {}, {}};
    Job job;
    const auto graph = advisor::coAccessOf(workload, &design, job);
    if (!graph.ok()) return out;
    for (const auto& node : graph->nodes) {
        const auto* table = design.find(node.table);
        const bool keyed = table && table->keyed();
        out.nodes.push_back({node.table, node.x, node.y, node.share, keyed ? static_cast<int>(table->group) : -1, table ? sharding::toString(table->strategy) : "unsharded"});
    }
    for (const auto& edge : graph->edges) out.edges.push_back({edge.left, edge.right, edge.share, edge.apart});
    return out;
}

std::string drawScatter(const ScatterChart& chart) {
    constexpr double width = 960, height = 300, radius = 7;
    Svg svg(width, height, chart.title);
    double most = 0, low = INFINITY, high = 1;
    for (const auto& point : chart.points) most = std::max(most, point.x), low = std::min(low, point.y), high = std::max(high, point.y);
    const double room = std::max(0.02, 0.1 * (high - low));
    // The hottest shard never does less than the mean.
    const Axis x{0, most > 0 ? 1.1 * most : 1, 64, width - 24}, y{std::max(1.0, low - room), high + room, height - 44, 24};
    drawAxes(svg, chart, x, y);
    svg.polyline(frontOf(chart, x, y), "line edge dashed");
    for (const auto& point : chart.points) {
        const double px = x.at(point.x), py = y.at(point.y);
        svg.path(circle(px, py, radius), fmt::format("dot s{}{}", (point.rank - 1) % colours, point.onFront ? "" : " beaten"));
        const bool left = px > width - 240;
        svg.text(left ? px - 11 : px + 11, py + 4, fmt::format("{} {}", point.rank, point.name), left ? "end" : "start", point.onFront ? "" : "tick",
                 fmt::format("{}: {:.2f} %, {:.2f} times the mean load{}", point.name, point.x, point.y, point.onFront ? "" : "; another one is at least as good in all three figures"));
    }
    return svg.finish();
}

std::string drawTableGraph(const TableGraph& graph) {
    constexpr double width = 960, height = 460, margin = 40, bottom = 44;
    Svg svg(width, height, graph.title);
    const auto px = [&](const TableGraph::Node& node) { return margin + (width - 2 * margin - 80) * node.x; };
    const auto py = [&](const TableGraph::Node& node) { return margin + (height - margin - bottom - 20) * node.y; };
    std::vector<size_t> order(graph.edges.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return graph.edges[a].share > graph.edges[b].share; });
    if (order.size() > mostEdges) order.resize(mostEdges);
    const double most = order.empty() ? 0 : graph.edges[order.front()].share;
    for (const size_t i : order) {
        const auto& edge = graph.edges[i];
        const auto &a = graph.nodes[edge.left], &b = graph.nodes[edge.right];
        const bool apart = edge.apart && *edge.apart > 0.005;
        svg.line(px(a), py(a), px(b), py(b), fmt::format("edge w{}{}", widthOf(edge.share, most), apart ? " apart" : ""));
    }
    for (const auto& node : graph.nodes) {
        svg.path(circle(px(node), py(node), 5 + 9 * std::sqrt(std::min(1.0, node.share))), node.group < 0 ? "dot alone" : fmt::format("dot s{}", node.group % colours));
        svg.text(px(node) + 12, py(node) - 8, shortName(node.table), "start", "name", fmt::format("{}: {}, in {} of all transactions", node.table, node.strategy, formatShare(node.share)));
    }
    svg.text(0, height - 24, "One colour: tables that share a key and its shards; grey: copied or on one shard. Size: share of transactions that touch the table.", "start", "tick");
    svg.text(0, height - 8, "Line: transactions that touch both, thicker for more; dashed: some of these cross shards under this design.", "start", "tick");
    return svg.finish();
}

}  // namespace foreshard::report
