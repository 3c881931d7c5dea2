#include "core/workload/tally.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/workload/intervals.h"
#include "core/workload/ranges.h"
#include "core/workload/tiers.h"

namespace foreshard::workload {

namespace {

int64_t weighted(int64_t amount, Weight weight) {
    // amount * weight / weightOne, without overflow on the way.
    return amount / weightOne * weight + amount % weightOne * weight / weightOne;
}

template <typename T>
void sortDistinct(std::vector<T>& values) {
    if (values.size() < 2) return;
    if (values.size() == 2) {
        if (values[0] == values[1]) values.pop_back();
        else if (values[1] < values[0]) std::swap(values[0], values[1]);
        return;
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

uint64_t classFingerprint(const std::vector<uint64_t>& templates) {
    uint64_t hash = mixHash(templates.size());
    for (const uint64_t each : templates) hash = combineHash(hash, each);
    return hash ? hash : 1;
}

std::vector<std::vector<Value>> slotValues(std::span<const LiteralRef> literals, const std::vector<ValueType>& types) {
    std::vector<std::vector<Value>> slots;
    uint32_t count = 0;
    for (const auto& literal : literals)
        if (literal.slot <= 65'535) count = std::max(count, literal.slot + 1);
    slots.resize(count);
    for (const auto& literal : literals) {
        if (literal.slot > 65'535) continue;
        slots[literal.slot].push_back(valueOf(literal, literal.slot < types.size() ? types[literal.slot] : ValueType::unknown));
    }
    return slots;
}

Tally::Tally(Catalog& catalog, const PartialOptions& options, Instant interval)
    : catalog_(catalog), options_(options), interval_(interval), seriesInterval_(options.interval > 0 ? interval : calendarIntervals[0]), propagator_(catalog.names()), samples_(options) {}

void Tally::setInterval(Instant interval) {
    const int64_t ratio = interval / interval_;
    interval_ = interval;
    lastInterval_ = {};
    if (ratio <= 1) return;
    const auto coarsen = [&](auto& points, auto add) {
        for (auto& point : points) point.interval = intervalIndex(point.interval, ratio);
        sortAndSum(points, ByInterval(), add);
    };
    for (auto& points : tables_) coarsen(points, CountSum());
    for (auto& each : classes_) coarsen(each.second.points, addClassPoint);
    for (auto& column : columns_)
        if (column) column->coarsen(ratio);
}

ColumnTally& Tally::columnTally(ColumnId column) {
    if (columns_.size() <= column) columns_.resize(column + 1);
    if (!columns_[column]) columns_[column] = std::make_unique<ColumnTally>(options_.heavyKeys);
    return *columns_[column];
}

void Tally::call(const CatalogEntry& entry, const RecordHead& head, const std::vector<LiteralRef>& literals) {
    const int64_t interval = indexOf(head.time);
    if (templates_.size() <= entry.index) templates_.resize(entry.index + 1);
    auto& tally = templates_[entry.index];
    auto& point = pointAt(tally.series, seriesIndexOf(head.time));
    point.calls += head.weight;
    if (head.duration >= 0) {
        point.durationNs += weighted(head.duration, head.weight);
        point.timedCalls += head.weight;
        tally.durations.add(head.duration, head.weight);
    }
    if (head.rows >= 0) {
        point.rows += weighted(head.rows, head.weight);
        point.countedCalls += head.weight;
        tally.rows.add(head.rows, head.weight);
    }
    if (entry.counted.empty()) return;
    // Every slot has a literal, so that as many literals as slots means one for each, in order.
    const bool single = !literals.empty() && literals.back().slot + 1 == literals.size();
    if (!single) indexLiterals(entry.slots, literals);
    for (const auto& access : entry.counted) {
        if (tables_.size() <= access.table) tables_.resize(access.table + 1);
        auto& total = pointAt(tables_[access.table], interval);
        (access.write ? total.writes : total.reads) += head.weight;
        for (const auto& column : access.columns)
            single ? countSingle(column, access.write, interval, head.weight, literals) : countColumn(column, access.write, interval, head.weight, literals);
    }
}

void Tally::indexLiterals(uint32_t slots, const std::vector<LiteralRef>& literals) {
    firstOfSlot_.assign(slots, -1);
    nextLiteral_.resize(literals.size());
    for (auto i = static_cast<int32_t>(literals.size()) - 1; i >= 0; --i) {
        const uint32_t slot = literals[static_cast<size_t>(i)].slot;
        if (slot >= slots) continue;
        nextLiteral_[static_cast<size_t>(i)] = firstOfSlot_[slot];
        firstOfSlot_[slot] = i;
    }
}

bool Tally::collect(const std::vector<uint32_t>& slots, ValueType type, bool ranges, const std::vector<LiteralRef>& literals) {
    keysHit_.clear();
    rangesHit_.clear();
    for (const uint32_t slot : slots) {
        int32_t at = slot < firstOfSlot_.size() ? firstOfSlot_[slot] : -1;
        if (at < 0) return false;
        for (; at >= 0; at = nextLiteral_[static_cast<size_t>(at)]) {
            const auto hash = hashLiteral(literals[static_cast<size_t>(at)], type);
            if (hash.missing) return false;
            if (!hash.known) continue;
            keysHit_.push_back(hash.hash);
            if (ranges && hash.numeric) rangesHit_.push_back(dyadicRangeOf(hash.number));
        }
    }
    sortDistinct(keysHit_);
    sortDistinct(rangesHit_);
    return !keysHit_.empty();
}

// countColumn where slot i holds literal i alone.
void Tally::countSingle(const CountedColumn& column, bool write, int64_t interval, Weight weight, const std::vector<LiteralRef>& literals) {
    for (const auto& slots : column.slots) {
        if (slots.size() > 1) {
            indexLiterals(static_cast<uint32_t>(literals.size()), literals);
            return countColumn(column, write, interval, weight, literals);
        }
        if (slots[0] >= literals.size()) continue;
        const auto hash = hashLiteral(literals[slots[0]], column.type);
        if (hash.missing || !hash.known) continue;
        const bool ranged = column.ranges && hash.numeric;
        columnTally(column.column).addOne(interval, write, weight, hash.hash, ranged ? std::optional<uint64_t>(dyadicRangeOf(hash.number)) : std::nullopt);
        return;
    }
}

void Tally::countColumn(const CountedColumn& column, bool write, int64_t interval, Weight weight, const std::vector<LiteralRef>& literals) {
    for (const auto& slots : column.slots) {
        if (!collect(slots, column.type, column.ranges, literals)) continue;
        columnTally(column.column).add(interval, write, weight, keysHit_, rangesHit_);
        return;
    }
}

Tally::ClassTally& Tally::classOf(uint64_t fingerprint) {
    auto& result = classes_[fingerprint];
    if (!result.templates.empty()) return result;
    result.templates = keys_;
    std::vector<const std::vector<TableAccess>*> accesses;
    for (const uint64_t key : keys_)
        if (const auto* entry = catalog_.findEntry(key)) accesses.push_back(&entry->resolution.accesses);
    result.propagates = propagator_.possible(accesses);
    return result;
}

// Fills records_ and keys_; false where there is no call.
bool Tally::readTransaction(const Transaction& transaction) {
    records_.clear();
    keys_.assign(transaction.beyond.begin(), transaction.beyond.end());
    std::string_view rest = transaction.calls;
    RecordView record;
    while (takeRecord(rest, record)) {
        records_.push_back(record);
        keys_.push_back(record.head.key);
    }
    sortDistinct(keys_);
    return !records_.empty();
}

void Tally::transaction(const Transaction& transaction, uint64_t identity) {
    if (!readTransaction(transaction)) return;
    const auto& first = records_.front().head;
    const uint64_t fingerprint = classFingerprint(keys_);
    auto& tally = classOf(fingerprint);
    auto& point = pointAt(tally.points, indexOf(first.time));
    (transaction.failed ? point.aborted : point.committed) += first.weight;
    ++transactionsBy_[static_cast<size_t>(transaction.boundary)];
    const bool longer = !transaction.beyond.empty();
    overCalls_ |= longer;
    if (tally.propagates && records_.size() > 1) propagate();

    const StratumKey key{static_cast<uint32_t>(fingerprint % sampleBuckets), transaction.failed, intervalIndex(first.time, microsPerHour)};
    const uint64_t hash = combineHash(combineHash(identity, first.offset), first.ordinal);
    const auto calls = static_cast<uint32_t>(records_.size());
    if (samples_.count(key, hash, first.weight, calls))
        samples_.keep(key, {hash, fingerprint, first.time, transaction.boundary, longer, transaction.calls}, calls);
}

void Tally::propagate() {
    literals_.clear();
    literalEnds_.clear();
    calls_.clear();
    for (const auto& record : records_) {
        const size_t before = literals_.size();
        const auto* entry = catalog_.findEntry(record.head.key);
        const bool sound = entry && appendLiterals(record.literals, literals_);
        if (!sound) literals_.resize(before);
        literalEnds_.push_back(literals_.size());
        calls_.push_back({sound ? &entry->resolution : nullptr, {}, sound && !record.head.failed() && record.head.rows != 0});
    }
    for (size_t i = 0, begin = 0; i < calls_.size(); begin = literalEnds_[i++])
        calls_[i].literals = std::span(literals_).subspan(begin, literalEnds_[i] - begin);
    for (const auto& found : propagator_.run(calls_)) {
        keysHit_.clear();
        rangesHit_.clear();
        for (const auto& value : found.values) {
            keysHit_.push_back(value.hash.hash);
            if (value.hash.numeric) rangesHit_.push_back(dyadicRangeOf(value.hash.number));
        }
        sortDistinct(keysHit_);
        sortDistinct(rangesHit_);
        const auto& head = records_[found.call].head;
        const auto& access = calls_[found.call].resolution->accesses[found.access];
        columnTally(found.column).add(indexOf(head.time), access.kind != AccessKind::read, head.weight, keysHit_, rangesHit_);
    }
}

void Tally::moveTemplate(TemplateTally& from, PartialTemplate& into) const {
    into.durations = from.durations.take();
    into.rows = from.rows.take();
    into.series = std::move(from.series);
    const int64_t ratio = interval_ / seriesInterval_;
    if (ratio <= 1) return;
    into.recent[0] = into.series;   // what is too old there is settled with all the rest (settleTiers)
    for (auto& point : into.series) point.interval = intervalIndex(point.interval, ratio);
    sortAndSum(into.series, ByInterval(), addSeriesPoint);
}

void Tally::moveInto(PartialData& into) {
    into.interval = interval_;
    const auto& names = catalog_.names();
    for (size_t i = 0; i < templates_.size(); ++i) {
        if (templates_[i].series.empty()) continue;
        const auto& entry = *catalog_.entries()[i];
        auto& part = into.templates[entry.fingerprint];
        part.text = *entry.text;
        part.tables = entry.tables;
        moveTemplate(templates_[i], part);
    }
    for (size_t i = 0; i < tables_.size(); ++i)
        if (!tables_[i].empty()) into.tables[names.tables()[i]] = std::move(tables_[i]);
    for (size_t i = 0; i < columns_.size(); ++i) {
        if (!columns_[i] || columns_[i]->empty()) continue;
        const auto& column = names.columns()[i];
        auto& part = into.columns[{names.tables()[column.table], column.expression}];
        part.column = column.column;
        part.type = column.type;
        columns_[i]->moveInto(part);
    }
    for (auto& [fingerprint, tally] : classes_) into.classes[fingerprint] = {tally.templates, std::move(tally.points)};
    into.strata = samples_.finish();
    into.overCalls |= overCalls_;
    templates_.clear();
    tables_.clear();
    classes_.clear();
    columns_.clear();
    transactionsBy_ = {};
    overCalls_ = false;
}

}  // namespace foreshard::workload
