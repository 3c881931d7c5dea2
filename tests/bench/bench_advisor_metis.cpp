// METIS beside the advice.
#include <metis.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/base/hash.h"
#include "tests/bench/bench_advisor.h"

namespace foreshard::bench {

namespace {

constexpr size_t mostRowsOfAnAccess = 64;

struct Use {
    uint64_t row = 0;                    // hash of table and primary key
    bool write = false, made = false;
};

// Rows of an access that binds all of its table's primary key; false: it does not.
bool addRows(const workload::Facts& facts, const workload::SampledCall& call, const workload::TableAccess& access, std::vector<Use>& uses) {
    const auto* primary = access.table < facts.schema.tables.size() ? facts.schema.tables[access.table].primaryKey() : nullptr;
    if (!primary) return false;
    const auto keys = workload::boundKeys(facts, call, access);
    std::vector<uint64_t> rows{mixHash(access.table + 1)};
    for (const auto& name : primary->columns) {
        const auto column = facts.findColumn(access.table, name);
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& each) { return column && each.column == *column && !each.range && !each.values.empty(); });
        if (key == keys.end() || rows.size() * key->values.size() > mostRowsOfAnAccess) return false;
        std::vector<uint64_t> longer;
        for (const uint64_t row : rows)
            for (const Value& value : key->values) longer.push_back(combineHash(row, hashValue(value)));
        rows = std::move(longer);
    }
    for (const uint64_t row : rows) uses.push_back({row, access.kind != workload::AccessKind::read, access.kind == workload::AccessKind::insert});
    return true;
}

struct Used {
    std::vector<Use> uses;
    double weight = 1;
    size_t accesses = 0, known = 0;
};

std::vector<Used> usedRows(const workload::Workload& workload) {
    const auto& facts = *workload.facts;
    std::vector<Used> all;
    for (const auto& transaction : facts.transactions) {
        if (transaction.aborted) continue;
        Used used{{}, fromWeight(transaction.weight), 0, 0};
        for (const auto& call : transaction.calls)
            for (const auto& access : facts.templates[call.templateId].accesses) ++used.accesses, used.known += addRows(facts, call, access, used.uses);
        all.push_back(std::move(used));
    }
    return all;
}

struct Graph {
    std::unordered_map<uint64_t, idx_t> node;        // of each row that is not copied
    std::unordered_set<uint64_t> copied;
    std::vector<idx_t> load, first, neighbours, weights;
};

// Rows that some transaction writes become nodes.
void addNodes(const std::vector<Used>& transactions, Graph& graph) {
    for (const auto& transaction : transactions)
        for (const auto& use : transaction.uses)
            if (use.write) graph.node.try_emplace(use.row, static_cast<idx_t>(graph.node.size()));
    graph.load.assign(graph.node.size(), 0);
    for (const auto& transaction : transactions)
        for (const auto& use : transaction.uses) {
            const auto found = graph.node.find(use.row);
            if (found == graph.node.end()) graph.copied.insert(use.row);
            else ++graph.load[static_cast<size_t>(found->second)];
        }
}

void addEdges(const std::vector<Used>& transactions, Graph& graph) {
    std::vector<std::pair<idx_t, idx_t>> pairs;
    std::vector<idx_t> nodes;
    for (const auto& transaction : transactions) {
        nodes.clear();
        for (const auto& use : transaction.uses)
            if (const auto found = graph.node.find(use.row); found != graph.node.end()) nodes.push_back(found->second);
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        for (size_t i = 0; i < nodes.size(); ++i)
            for (size_t j = 0; j < nodes.size(); ++j)
                if (i != j) pairs.emplace_back(nodes[i], nodes[j]);
    }
    std::sort(pairs.begin(), pairs.end());
    graph.first.assign(graph.node.size() + 1, 0);
    for (size_t i = 0; i < pairs.size();) {
        size_t end = i;
        while (end < pairs.size() && pairs[end] == pairs[i]) ++end;
        graph.neighbours.push_back(pairs[i].second);
        graph.weights.push_back(static_cast<idx_t>(end - i));
        ++graph.first[static_cast<size_t>(pairs[i].first) + 1];
        i = end;
    }
    for (size_t i = 1; i < graph.first.size(); ++i) graph.first[i] += graph.first[i - 1];
}

std::vector<idx_t> cut(Graph& graph, uint32_t parts, double balance) {
    std::vector<idx_t> part(graph.node.size());
    auto nodes = static_cast<idx_t>(graph.node.size()), constraints = idx_t{1}, wanted = static_cast<idx_t>(parts), cutWeight = idx_t{0};
    auto most = static_cast<real_t>(balance);
    idx_t options[METIS_NOPTIONS];
    METIS_SetDefaultOptions(options);
    options[METIS_OPTION_SEED] = 1;
    options[METIS_OPTION_NCUTS] = 3;
    if (nodes > 0)
        METIS_PartGraphKway(&nodes, &constraints, graph.first.data(), graph.neighbours.data(), graph.load.data(), nullptr, graph.weights.data(), &wanted, nullptr, &most, options, &cutWeight, part.data());
    return part;
}

double shareAcross(const std::vector<Used>& transactions, const Graph& graph, const std::vector<idx_t>& part, uint32_t parts) {
    double across = 0, all = 0;
    for (const auto& transaction : transactions) {
        std::optional<idx_t> first;
        bool several = false;
        for (const auto& use : transaction.uses) {
            const auto found = graph.node.find(use.row);
            if (found == graph.node.end() && (use.made || graph.copied.contains(use.row))) continue;
            const idx_t at = found != graph.node.end() ? part[static_cast<size_t>(found->second)] : static_cast<idx_t>(use.row % parts);
            several = several || (first && *first != at);
            first = at;
        }
        all += transaction.weight;
        if (several) across += transaction.weight;
    }
    return all > 0 ? across / all : 0;
}

}  // namespace

Partitioned partitionByMetis(const workload::Workload& earlier, const workload::Workload& later, uint32_t parts, double balance) {
    const auto transactions = usedRows(earlier);
    Partitioned out;
    Graph graph;
    double began = processorSeconds();
    addNodes(transactions, graph);
    addEdges(transactions, graph);
    out.buildSeconds = processorSeconds() - began;
    began = processorSeconds();
    const auto part = cut(graph, parts, balance);
    out.cutSeconds = processorSeconds() - began;
    out.rows = graph.node.size();
    out.edges = graph.neighbours.size() / 2;
    out.share = shareAcross(transactions, graph, part, parts);
    out.laterShare = shareAcross(usedRows(later), graph, part, parts);
    size_t accesses = 0, known = 0;
    for (const auto& used : transactions) accesses += used.accesses, known += used.known;
    out.known = accesses > 0 ? static_cast<double>(known) / static_cast<double>(accesses) : 0;
    std::vector<double> load(parts);
    double all = 0;
    for (size_t i = 0; i < part.size(); ++i) load[static_cast<size_t>(part[i])] += static_cast<double>(graph.load[i]), all += static_cast<double>(graph.load[i]);
    if (all > 0) out.loadMaxOverMean = *std::max_element(load.begin(), load.end()) * parts / all;
    return out;
}

}  // namespace foreshard::bench
