#include "tests/apps/resolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace foreshard::testapps {

using namespace workload;

namespace {

bool isCatalogue(const std::string& name) { return name.starts_with("pg_catalog.") || name.starts_with("information_schema.") || name.starts_with("public.pg_"); }

// Whether a value of the call stands in a condition: between WHERE and what ends it.
bool narrowsByValue(const std::string& text) {
    for (size_t at = text.find(" WHERE "); at != std::string::npos; at = text.find(" WHERE ", at + 1)) {
        size_t end = text.size();
        for (const char* stop : {" ORDER BY ", " GROUP BY ", " LIMIT ", " OFFSET ", " RETURNING "}) end = std::min(end, text.find(stop, at));
        if (text.find('$', at) < end) return true;
    }
    return false;
}

bool bound(const BoundKey& key) { return key.range ? key.low.known() || key.high.known() : true; }

class Verdicts {
public:
    explicit Verdicts(const Facts& facts) : facts_(facts) {}

    void add(const SampledCall& call, double weight) {
        const auto& one = facts_.templates[call.templateId];
        out_.calls += weight;
        if (const auto nature = natureOf(one); !nature.empty()) {
            out_.apart[nature] += weight;
            return;
        }
        std::vector<bool> known(one.accesses.size());
        for (size_t i = 0; i < known.size(); ++i) {
            const auto keys = boundKeys(facts_, call, one.accesses[i]);
            known[i] = std::any_of(keys.begin(), keys.end(), bound);
        }
        const bool every = std::all_of(known.begin(), known.end(), [](bool b) { return b; });
        const bool any = std::any_of(known.begin(), known.end(), [](bool b) { return b; });
        if (any) reach(one, known);
        const auto open = std::find(known.begin(), known.end(), false);
        if (open == known.end()) {
            out_.resolved += weight;
            if (every) out_.everyTableBound += weight;
        } else if (!any && !narrowsByValue(one.text)) {
            out_.apart["scan"] += weight;
        } else {
            out_.unresolved[reason(one, static_cast<size_t>(open - known.begin())) + ": " + one.text] += weight;
        }
    }
    ResolvedCalls take() { return std::move(out_); }

private:
    std::string natureOf(const Template& one) const {
        using sql::StatementKind;
        if (one.facts.kind == StatementKind::ddl) return "DDL";
        if (one.accesses.empty()) return "no table";
        const bool own = std::all_of(one.accesses.begin(), one.accesses.end(), [&](const auto& access) { return isCatalogue(facts_.schema.tables[access.table].qualifiedName()); });
        return own ? "catalogue" : "";
    }

    // What is joined to a known table, over any number of joins.
    void reach(const Template& one, std::vector<bool>& known) const {
        const auto joined = [&](TableId a, TableId b) {
            return std::any_of(one.joins.begin(), one.joins.end(), [&](const ColumnPair& pair) {
                const TableId left = facts_.columns[pair.left].table, right = facts_.columns[pair.right].table;
                return (left == a && right == b) || (left == b && right == a);
            });
        };
        for (bool more = true; more;) {
            more = false;
            for (size_t i = 0; i < known.size(); ++i)
                for (size_t k = 0; k < known.size() && !known[i]; ++k)
                    if (known[k] && joined(one.accesses[i].table, one.accesses[k].table)) known[i] = more = true;
        }
    }

    std::string reason(const Template& one, size_t access) const {
        const auto& table = facts_.schema.tables[one.accesses[access].table];
        if (!one.accesses[access].bindings.empty()) return "the value of a key of " + table.name + " is not known";
        return table.fromLog ? table.name + " is in no schema" : table.name + " is under conditions that bind no column";
    }

    const Facts& facts_;
    ResolvedCalls out_;
};

}  // namespace

double ResolvedCalls::counted() const {
    double natural = 0;
    for (const auto& [nature, weight] : apart) natural += weight;
    return calls - natural;
}

std::string ResolvedCalls::text() const {
    std::string out = fmt::format("{:.0f} calls, {:.0f} counted: {:.2f} % resolved, {:.2f} % with a key of every table\n", calls, counted(), 100 * share(),
                                  counted() > 0 ? 100 * everyTableBound / counted() : 0);
    for (const auto& [nature, weight] : apart) out += fmt::format("  apart, {}: {:.0f}\n", nature, weight);
    std::vector<std::pair<double, std::string>> rest;
    for (const auto& [reason, weight] : unresolved) rest.emplace_back(weight, reason);
    std::sort(rest.rbegin(), rest.rend());
    for (const auto& [weight, reason] : rest) out += fmt::format("  {:.0f} × {}\n", weight, reason);
    return out;
}

ResolvedCalls resolvedCalls(const Workload& workload) {
    Verdicts verdicts(*workload.facts);
    for (const auto& transaction : workload.facts->transactions)
        for (const auto& call : transaction.calls) verdicts.add(call, static_cast<double>(transaction.weight) / static_cast<double>(weightOne));
    return verdicts.take();
}

}  // namespace foreshard::testapps
