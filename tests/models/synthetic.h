// Workloads built by hand for the tests of the models and the monitor.
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/workload/workload.h"

namespace synthetic {

using namespace foreshard;

constexpr int64_t firstInterval = 480'000;   // an hour in 2024

// `table`: index of the table it reads (or writes); `calls(i)`: calls in interval i.
struct TemplateSpec {
    std::string text;
    uint32_t table = 0;
    bool write = false;
    std::function<double(size_t)> calls;
};

inline std::shared_ptr<workload::Facts> factsOf(const std::vector<TemplateSpec>& specs, uint32_t tables) {
    auto facts = std::make_shared<workload::Facts>();
    for (uint32_t t = 0; t < tables; ++t) {
        schema::Table table;
        table.name = "t" + std::to_string(t);
        table.columns.push_back({.name = "k", .declaredType = "bigint", .type = ValueType::integer});
        facts->schema.tables.push_back(table);
        facts->columns.push_back({t, "k", "k", ValueType::integer});
    }
    for (size_t i = 0; i < specs.size(); ++i) {
        workload::Template each;
        each.fingerprint = 1000 + i;
        each.text = specs[i].text;
        workload::TableAccess access;
        access.table = specs[i].table;
        access.kind = specs[i].write ? workload::AccessKind::write : workload::AccessKind::read;
        access.bindings.push_back({specs[i].table, sql::Operator::equal, {0}, workload::Provenance::literal});
        each.accesses.push_back(access);
        facts->templates.push_back(each);
        workload::TransactionClass transactions;
        transactions.fingerprint = 5000 + i;
        transactions.templates = {static_cast<workload::TemplateId>(i)};
        facts->classes.push_back(transactions);
    }
    return facts;
}

// Key k of each call: `slot(template, interval)`, one slot an interval and template.
inline workload::Workload workloadOf(const std::vector<TemplateSpec>& specs, size_t intervals, uint32_t tables = 1,
                                     Instant interval = microsPerHour,
                                     const std::function<uint32_t(size_t, size_t)>& slot = [](size_t t, size_t) { return static_cast<uint32_t>(t * 7); }) {
    workload::Workload made;
    made.facts = factsOf(specs, tables);
    auto& rates = made.rates;
    rates.interval = interval;
    rates.range = {firstInterval * interval, (firstInterval + static_cast<int64_t>(intervals)) * interval};
    rates.templates.resize(specs.size());
    rates.classes.resize(specs.size());
    rates.columns.resize(tables);
    for (size_t i = 0; i < intervals; ++i) {
        const int64_t at = firstInterval + static_cast<int64_t>(i);
        std::vector<workload::ColumnTotal> totals(tables);
        std::vector<std::map<uint32_t, workload::SlotCount>> slots(tables);
        for (size_t t = 0; t < specs.size(); ++t) {
            const auto calls = static_cast<Weight>(std::llround(std::max(0.0, specs[t].calls(i)))) * weightOne;
            if (calls == 0) continue;
            rates.templates[t].points.push_back({at, calls, 1000 * (calls / weightOne), calls, 2 * (calls / weightOne), calls});
            rates.classes[t].emplace_back(at, calls);
            auto& total = totals[specs[t].table];
            auto& count = slots[specs[t].table][slot(t, i)];
            (specs[t].write ? total.writes : total.reads) += calls;
            (specs[t].write ? total.boundWrites : total.boundReads) += calls;
            (specs[t].write ? count.writes : count.reads) += calls;
        }
        for (uint32_t table = 0; table < tables; ++table) {
            if (totals[table].reads + totals[table].writes == 0) continue;
            totals[table].interval = at;
            rates.columns[table].totals.push_back(totals[table]);
            for (auto& [number, count] : slots[table]) {
                count.interval = at;
                count.slot = number;
                rates.columns[table].slots.push_back(count);
            }
        }
    }
    return made;
}

// A day's rhythm around `level`, with noise of `noise` in ln.
inline std::function<double(size_t)> daily(double level, double noise, uint64_t seed, double growthPerDay = 0) {
    return [=](size_t i) {
        Random random(combineHash(seed, i));
        const double wave = 0.8 * std::sin(2 * M_PI * static_cast<double>(i % 24) / 24.0);
        return level * std::exp(wave + noise * random.normal() + growthPerDay * static_cast<double>(i) / 24.0);
    };
}

}  // namespace synthetic
