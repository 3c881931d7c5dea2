#include "core/migration/schedule.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/edge_coloring.hpp>
#include <boost/graph/topological_sort.hpp>
#include <map>
#include <numeric>

namespace foreshard::migration {

namespace {

bool transfers(const Step& step) { return step.kind == StepKind::moveChunk || step.kind == StepKind::copyReference; }

// Length of the longest chain of needs before each step.
Result<std::vector<uint32_t>> levels(const std::vector<Step>& steps) {
    using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
    Graph graph(steps.size());
    for (size_t i = 0; i < steps.size(); ++i)
        for (const uint32_t need : steps[i].needs) boost::add_edge(i, need, graph);
    std::vector<size_t> order;   // needs before those who need them
    try {
        boost::topological_sort(graph, std::back_inserter(order));
    } catch (const boost::not_a_dag&) {
        return Error{ErrorCategory::internal, "The steps of the plan need one another in a circle.", "Please report this.", {}};
    }
    std::vector<uint32_t> level(steps.size(), 0);
    for (const size_t step : order)
        for (const uint32_t need : steps[step].needs) level[step] = std::max(level[step], level[need] + 1);
    return level;
}

// Rounds (from 0) of the given transfers, and how many there are. Misra and Gries colour simple graphs only: the n-th
// transfer between two shards belongs to the n-th layer, and layers follow one another.
std::pair<std::vector<uint32_t>, uint32_t> colour(const std::vector<Step>& steps, const std::vector<size_t>& which) {
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> used;
    std::vector<uint32_t> layer;
    for (const size_t index : which) layer.push_back(used[std::minmax(steps[index].from, steps[index].to)]++);
    const uint32_t layers = layer.empty() ? 0 : *std::max_element(layer.begin(), layer.end()) + 1;
    uint32_t shards = 0;
    for (const size_t index : which) shards = std::max({shards, steps[index].from + 1, steps[index].to + 1});
    std::vector<uint32_t> rounds(which.size(), 0);
    uint32_t next = 0;
    for (uint32_t n = 0; n < layers; ++n) {
        using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, boost::property<boost::edge_color_t, uint32_t>>;
        Graph graph(shards);
        std::vector<std::pair<size_t, Graph::edge_descriptor>> edges;
        for (size_t i = 0; i < which.size(); ++i)
            if (layer[i] == n) edges.emplace_back(i, boost::add_edge(steps[which[i]].from, steps[which[i]].to, graph).first);
        const auto colours = boost::get(boost::edge_color, graph);
        boost::edge_coloring(graph, colours);
        std::map<uint32_t, uint32_t> dense;   // colours need not be used without gaps
        for (const auto& [i, edge] : edges) dense.emplace(boost::get(colours, edge), 0);
        uint32_t number = next;
        for (auto& [original, round] : dense) round = number++;
        for (const auto& [i, edge] : edges) rounds[i] = dense[boost::get(colours, edge)];
        next = number;
    }
    return {rounds, next};
}

}  // namespace

Status schedule(std::vector<Step>& steps) {
    FS_ASSIGN(const auto level, levels(steps));
    const uint32_t last = level.empty() ? 0 : *std::max_element(level.begin(), level.end());
    uint32_t round = 0;
    for (uint32_t n = 0; n <= last; ++n) {
        std::vector<size_t> moving;
        uint32_t used = 0;
        for (size_t i = 0; i < steps.size(); ++i) {
            if (level[i] != n) continue;
            steps[i].round = round + 1;
            used = 1;
            if (transfers(steps[i])) moving.push_back(i);
        }
        const auto [rounds, count] = colour(steps, moving);
        for (size_t i = 0; i < moving.size(); ++i) steps[moving[i]].round = round + 1 + rounds[i];
        round += std::max(used, count);
    }
    std::vector<uint32_t> order(steps.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return steps[a].round < steps[b].round; });
    std::vector<uint32_t> place(steps.size());
    for (uint32_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    std::vector<Step> sorted;
    for (const uint32_t from : order) sorted.push_back(std::move(steps[from]));
    for (auto& step : sorted)
        for (auto& need : step.needs) need = place[need];
    steps = std::move(sorted);
    return {};
}

}  // namespace foreshard::migration
