#include "core/advisor/co_access.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/circle_layout.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/kamada_kawai_spring_layout.hpp>
#include <boost/graph/topology.hpp>
#include <cmath>
#include <map>

#include "core/cost/evaluator.h"

namespace foreshard::advisor {

using workload::TableId;

namespace {

constexpr size_t sampled = 4'000;        // transactions; shares of pairs need no more

using Pair = std::pair<TableId, TableId>;

struct Together {
    double both = 0, apart = 0;          // weights
    std::map<workload::ColumnPair, double> agree;
};

bool onSeveral(const cost::TouchShards& a, const cost::TouchShards& b) {
    sharding::ShardSet all = a.reads;
    for (const auto* more : {&a.writes, &b.reads, &b.writes}) all.unite(*more);
    return all.count() > 1;
}

// Pairs of tables that sampled transactions touch together; `evaluator` may be null.
Status countPairs(const cost::Sample& sample, const cost::Evaluator* evaluator, std::vector<double>& touched, std::map<Pair, Together>& pairs, Job& job) {
    for (uint32_t t = 0; t < sample.transactions().size(); ++t) {
        if (t % 256 == 0) FS_TRY(job.checkpoint());
        const auto& transaction = sample.transactions()[t];
        const auto touches = sample.touchesOf(transaction);
        const auto weight = static_cast<double>(transaction.weight);
        for (size_t i = 0; i < touches.size(); ++i) {
            touched[touches[i].table] += weight;
            for (size_t j = i + 1; j < touches.size(); ++j) {
                Together& pair = pairs[std::minmax(touches[i].table, touches[j].table)];
                pair.both += weight;
                if (evaluator && onSeveral(*evaluator->touchOf(t, touches[i].table), *evaluator->touchOf(t, touches[j].table))) pair.apart += weight;
            }
        }
    }
    return {};
}

// How often values agree is counted by class of transactions, over all of them.
double countAgreements(const workload::Facts& facts, std::map<Pair, Together>& pairs) {
    double all = 0;
    for (const auto& each : facts.classes) {
        all += static_cast<double>(each.count);
        for (const auto& agreement : each.agreements) {
            const auto [left, right] = agreement.columns;
            const auto pair = pairs.find(std::minmax(facts.columns[left].table, facts.columns[right].table));
            if (pair == pairs.end()) continue;
            pair->second.agree[agreement.columns] += static_cast<double>(each.count) * agreement.boundBoth * agreement.share;
        }
    }
    return all;
}

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, boost::property<boost::edge_weight_t, double>>;
using Point = boost::square_topology<>::point_type;

// Ends when the springs are at rest, or after so many moves that more would not be seen.
class Rest {
public:
    Rest(size_t nodes, Job& job) : most_(200 * nodes), job_(job) {}
    template <typename Vertex>
    bool operator()(double energy, Vertex, const Graph&, bool global) {
        if (++moves_ > most_ || job_.stopRequested()) return true;
        return global ? energy < 1e-4 : energy < 1e-3;
    }

private:
    size_t moves_ = 0, most_;
    Job& job_;
};

// One spring from the first table of each further component to the first one's, so that all distances are finite.
void tieComponents(Graph& graph, double length) {
    std::vector<size_t> component(boost::num_vertices(graph));
    const size_t components = boost::connected_components(graph, component.data());
    std::vector<size_t> first(components, component.size());
    for (size_t v = component.size(); v-- > 0;) first[component[v]] = v;
    for (size_t c = 1; c < components; ++c) boost::add_edge(first[0], first[c], length, graph);
}

double room(double value, double low, double high, double from, double to) { return high > low ? from + (value - low) / (high - low) * (to - from) : (from + to) / 2; }

// Tables without edges: in rows at the lower edge. Gives the height that they leave.
double placeAlone(CoAccess& graph, const std::vector<uint32_t>& alone, bool all) {
    if (alone.empty()) return 1;
    constexpr size_t perRow = 10;
    const size_t rows = (alone.size() + perRow - 1) / perRow;
    const double height = all ? 1 : std::min(0.5, 0.12 * static_cast<double>(rows));
    for (size_t i = 0; i < alone.size(); ++i) {
        const size_t row = i / perRow, inRow = std::min(perRow, alone.size() - row * perRow);
        graph.nodes[alone[i]].x = (static_cast<double>(i % perRow) + 0.5) / static_cast<double>(inRow);
        graph.nodes[alone[i]].y = 1 - height + (static_cast<double>(row) + 0.5) / static_cast<double>(rows) * height;
    }
    return 1 - height;
}

}  // namespace

Status layOut(CoAccess& graph, Job& job) {
    std::vector<int> number(graph.nodes.size(), -1);
    std::vector<uint32_t> tied, alone;
    double most = 0;
    for (const auto& edge : graph.edges) {
        number[edge.left] = number[edge.right] = 0;
        most = std::max(most, edge.share);
    }
    for (uint32_t id = 0; id < number.size(); ++id) {
        if (number[id] < 0) alone.push_back(id);
        else {
            number[id] = static_cast<int>(tied.size());
            tied.push_back(id);
        }
    }
    const double height = placeAlone(graph, alone, tied.empty());
    if (tied.empty()) return {};
    Graph springs(tied.size());
    for (const auto& edge : graph.edges) {
        const double length = 1 + 1.5 * (1 - std::sqrt(most > 0 ? edge.share / most : 0));
        boost::add_edge(static_cast<size_t>(number[edge.left]), static_cast<size_t>(number[edge.right]), length, springs);
    }
    tieComponents(springs, 3);
    std::vector<Point> points(tied.size());
    const auto positions = boost::make_iterator_property_map(points.begin(), boost::get(boost::vertex_index, springs));
    boost::circle_graph_layout(springs, positions, 1.0);
    boost::kamada_kawai_spring_layout(springs, positions, boost::get(boost::edge_weight, springs), boost::square_topology<>(), boost::side_length(2.0), Rest(tied.size(), job));
    FS_TRY(job.checkpoint());
    double lowX = points[0][0], highX = lowX, lowY = points[0][1], highY = lowY;
    for (const auto& point : points) {
        lowX = std::min(lowX, point[0]), highX = std::max(highX, point[0]);
        lowY = std::min(lowY, point[1]), highY = std::max(highY, point[1]);
    }
    for (size_t i = 0; i < tied.size(); ++i) {
        graph.nodes[tied[i]].x = room(points[i][0], lowX, highX, 0.06, 0.94);
        graph.nodes[tied[i]].y = room(points[i][1], lowY, highY, 0.08, height - 0.08);
    }
    return {};
}

Result<CoAccess> coAccessOf(const workload::Workload& workload, const sharding::Design* design, Job& job) {
    const auto& facts = *workload.facts;
    CoAccess graph;
    for (const auto& table : facts.schema.tables) graph.nodes.push_back({table.qualifiedName(), 0, 0, 0});
    std::vector<double> touched(graph.nodes.size(), 0);
    std::map<Pair, Together> pairs;
    cost::Basis::Options limits;
    limits.limit = sampled;
    FS_ASSIGN(const auto basis, cost::Basis::make(workload, job, limits));
    std::optional<cost::Evaluator> evaluator;
    if (design) evaluator.emplace(*basis, design->shards).set(*design);
    FS_TRY(countPairs(*basis->sample, evaluator ? &*evaluator : nullptr, touched, pairs, job));
    const double committed = static_cast<double>(basis->sample->committed()), all = countAgreements(facts, pairs);
    if (committed > 0)
        for (size_t id = 0; id < touched.size(); ++id) graph.nodes[id].share = touched[id] / committed;
    for (const auto& [pair, found] : pairs) {
        CoAccessEdge edge{pair.first, pair.second, committed > 0 ? found.both / committed : 0, 0, {}, {}, std::nullopt};
        if (design) edge.apart = found.both > 0 ? found.apart / found.both : 0;
        for (const auto& [columns, weight] : found.agree) {
            if (all <= 0 || weight / all <= edge.agree) continue;
            edge.agree = weight / all;
            const auto &left = facts.columns[columns.left], &right = facts.columns[columns.right];
            const bool turned = left.table != pair.first;
            edge.leftColumn = turned ? right.expression : left.expression;
            edge.rightColumn = turned ? left.expression : right.expression;
        }
        graph.edges.push_back(std::move(edge));
    }
    FS_TRY(layOut(graph, job));
    return graph;
}

}  // namespace foreshard::advisor
