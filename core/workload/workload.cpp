#include "core/workload/workload.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/schema/statistics.h"

namespace foreshard::workload {

const char* toString(Boundaries boundaries) {
    switch (boundaries) {
        case Boundaries::explicitStatements: return "explicit statements";
        case Boundaries::virtualTransactionId: return "virtual transaction id";
        case Boundaries::autocommit: return "autocommit";
        case Boundaries::inferred: return "inferred";
        case Boundaries::none: return "none";
    }
    return "none";
}

std::optional<TemplateId> Facts::findTemplate(uint64_t fingerprint) const {
    const auto place = std::lower_bound(templates.begin(), templates.end(), fingerprint,
                                        [](const Template& t, uint64_t wanted) { return t.fingerprint < wanted; });
    if (place == templates.end() || place->fingerprint != fingerprint) return std::nullopt;
    return static_cast<TemplateId>(place - templates.begin());
}

std::optional<ColumnId> Facts::findColumn(TableId table, const std::string& expression) const {
    const auto before = [](const KeyColumn& column, const std::pair<TableId, const std::string*>& wanted) {
        return column.table != wanted.first ? column.table < wanted.first : column.expression < *wanted.second;
    };
    const auto place = std::lower_bound(columns.begin(), columns.end(), std::pair{table, &expression}, before);
    if (place == columns.end() || place->table != table || place->expression != expression) return std::nullopt;
    return static_cast<ColumnId>(place - columns.begin());
}

namespace {

class Fold {
public:
    void add(uint64_t v) { hash_ = combineHash(hash_, v); }
    void add(const std::string& v) { add(hashText(v)); }
    uint64_t value() const { return hash_; }

private:
    uint64_t hash_ = 0x776f726b6c6f6164ULL;
};

void addFacts(Fold& fold, const Facts& facts) {
    fold.add(schema::structureFingerprint(facts.schema));
    for (const auto& column : facts.columns) fold.add(column.expression), fold.add(column.table);
    for (const auto& each : facts.templates) fold.add(each.fingerprint);
    for (const auto& each : facts.classes) fold.add(each.fingerprint), fold.add(static_cast<uint64_t>(each.count));
    for (const auto& each : facts.transactions) fold.add(each.hash), fold.add(static_cast<uint64_t>(each.weight));
    for (const auto& each : facts.coverage) fold.add(each.source), fold.add(each.lowerBounds());
    fold.add(static_cast<uint64_t>(facts.totals.calls));
    fold.add(static_cast<uint64_t>(facts.totals.aborted));
    fold.add(facts.totals.bytes);
}

void addRates(Fold& fold, const Rates& rates) {
    fold.add(static_cast<uint64_t>(rates.origin));
    fold.add(static_cast<uint64_t>(rates.interval));
    fold.add(static_cast<uint64_t>(rates.range.begin));
    fold.add(static_cast<uint64_t>(rates.range.end));
    for (const auto& series : rates.templates) {
        for (const auto& point : series.points) {
            fold.add(static_cast<uint64_t>(point.interval));
            fold.add(static_cast<uint64_t>(point.calls));
            fold.add(static_cast<uint64_t>(point.durationNs));
        }
        fold.add(series.points.size());
    }
    for (const auto& column : rates.columns) {
        uint64_t sum = 0;   // order-free and cheap: there are millions of these
        for (const auto& count : column.slots)
            sum += mixHash(static_cast<uint64_t>(count.interval) * countingSlots + count.slot) *
                   (static_cast<uint64_t>(count.reads) + 3 * static_cast<uint64_t>(count.writes));
        for (const auto& count : column.ranges)
            sum += mixHash(mixHash(static_cast<uint64_t>(count.interval)) + count.range) *
                   (static_cast<uint64_t>(count.reads) + 3 * static_cast<uint64_t>(count.writes));
        for (const auto& total : column.totals)
            sum += mixHash(static_cast<uint64_t>(total.interval)) * (static_cast<uint64_t>(total.reads) + 5 * static_cast<uint64_t>(total.writes));
        fold.add(sum);
    }
    for (const auto& path : rates.paths)
        for (const auto& row : path.templateFactor) fold.add(hashBytes(row.data(), row.size() * sizeof(float)));
    fold.add(rates.heatBasis);
}

}  // namespace

uint64_t Workload::fingerprint() const {
    Fold fold;
    if (facts) addFacts(fold, *facts);
    addRates(fold, rates);
    return fold.value();
}

}  // namespace foreshard::workload
