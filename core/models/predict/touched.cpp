#include "core/models/predict/touched.h"

#include <algorithm>

#include "core/models/recent.h"
#include "core/workload/statement.h"

namespace foreshard::models {

// What one access binds of one group of columns whose values travel together.
struct HotspotIndex::Bound {
    std::string table;
    workload::ColumnId root = 0;
    workload::AccessKind kind = workload::AccessKind::read;
    std::vector<workload::BoundKey> keys;   // empty: none
};

namespace {

bool holds(const Hotspot& hotspot, const workload::BoundKey& key) {
    const auto ordered = [](const Value& value) { return value.kind == ValueKind::integer || value.kind == ValueKind::timestamp || value.kind == ValueKind::boolean; };
    if (!key.range) return std::any_of(key.values.begin(), key.values.end(), [&](const Value& value) { return ordered(value) && value.number >= hotspot.low && value.number <= hotspot.high; });
    if ((key.low.known() && !ordered(key.low)) || (key.high.known() && !ordered(key.high))) return false;
    return (!key.low.known() || key.low.number <= hotspot.high) && (!key.high.known() || key.high.number >= hotspot.low);
}

}  // namespace

const char* toString(Touch touch) {
    switch (touch) {
        case Touch::key: return "key";
        case Touch::everyKey: return "every key";
        case Touch::newestKey: return "newest key";
    }
    return "";
}

HotspotIndex::HotspotIndex(const workload::Workload& observed, const workload::Workload* forecast) : roots_(companionRoots(*observed.facts)), forecast_(forecast != nullptr) {
    const auto& facts = *observed.facts;
    for (workload::ColumnId id = 0; id < facts.columns.size(); ++id) {
        const auto table = facts.schema.tables[facts.columns[id].table].qualifiedName();
        columns_[{table, facts.columns[id].expression}] = id;
        tables_.push_back(table);
        auto& own = rootsOf_[table];
        if (std::find(own.begin(), own.end(), roots_[id]) == own.end()) own.push_back(roots_[id]);
    }
    all_ = findHotspots(observed, forecast);
    const Instant interval = observed.rates.interval;
    const auto recent = recentSpan({observed.rates.firstInterval(), observed.rates.endInterval()}, interval);
    now_ = findHotspots(workload::slice(observed, {recent.first * interval, recent.end * interval}), nullptr);
    if (forecast) next_ = findHotspots(*forecast, nullptr);
}

std::vector<HotspotIndex::Bound> HotspotIndex::boundBy(const workload::Workload& statement) const {
    std::vector<Bound> out;
    const auto& facts = *statement.facts;
    const auto& call = workload::onlyCall(statement);
    for (const auto& access : facts.templates[call.templateId].accesses) {
        const auto table = facts.schema.tables[access.table].qualifiedName();
        const auto own = rootsOf_.find(table);
        if (own == rootsOf_.end()) continue;
        const size_t first = out.size();
        for (const auto root : own->second) out.push_back({table, root, access.kind, {}});
        for (auto& key : workload::boundKeys(facts, call, access)) {
            const auto column = columns_.find({table, facts.columns[key.column].expression});
            if (column == columns_.end()) continue;
            for (size_t i = first; i < out.size(); ++i)
                if (out[i].root == roots_[column->second]) out[i].keys.push_back(std::move(key));
        }
    }
    return out;
}

// An access of its table that binds none of its keys.
std::optional<HotspotIndex::Met> HotspotIndex::touchesAsScan(const Hotspot& hotspot, const std::vector<Bound>& bound) const {
    const auto& table = tables_[hotspot.column];
    bool reaches = false;
    for (const auto& each : bound) {
        if (each.table != table || each.kind == workload::AccessKind::insert) continue;
        if (!each.keys.empty()) return std::nullopt;
        reaches = true;
    }
    return reaches ? std::optional(Met{Touch::everyKey, &table}) : std::nullopt;
}

std::optional<HotspotIndex::Met> HotspotIndex::touch(const Hotspot& hotspot, const std::vector<Bound>& bound) const {
    if (hotspot.kind == HotspotKind::scan) return touchesAsScan(hotspot, bound);
    std::optional<Met> found;
    const auto root = roots_[hotspot.column];
    for (const auto& each : bound) {
        if (each.root != root) continue;
        if (std::any_of(each.keys.begin(), each.keys.end(), [&](const auto& key) { return holds(hotspot, key); })) return Met{Touch::key, &each.table};
        if (!each.keys.empty()) continue;
        if (each.kind != workload::AccessKind::insert) found = Met{Touch::everyKey, &each.table};
        else if (hotspot.kind == HotspotKind::monotonicEdge) found = Met{Touch::newestKey, &each.table};
    }
    return found;
}

// Keys in common, of columns whose values travel together; scans of the same table.
bool HotspotIndex::overlap(const Hotspot& a, const Hotspot& b) const {
    if ((a.kind == HotspotKind::scan) != (b.kind == HotspotKind::scan)) return false;
    if (a.kind == HotspotKind::scan) return tables_[a.column] == tables_[b.column];
    return roots_[a.column] == roots_[b.column] && a.low <= b.high && b.low <= a.high;
}

std::vector<TouchedHotspot> HotspotIndex::touchedBy(const workload::Workload& statement) const {
    const auto bound = boundBy(statement);
    std::vector<TouchedHotspot> out;
    const auto among = [&](const std::vector<Hotspot>& list, const Hotspot& hotspot) {
        return std::any_of(list.begin(), list.end(), [&](const Hotspot& other) { return overlap(other, hotspot); });
    };
    for (const auto* list : {&all_, &now_, &next_})
        for (const auto& hotspot : *list) {
            const auto met = touch(hotspot, bound);
            // A window's own hotspot says what those of the whole log do not.
            if (!met || (list != &all_ && std::any_of(out.begin(), out.end(), [&](const auto& each) { return overlap(each.hotspot, hotspot); }))) continue;
            const bool moves = hotspot.kind == HotspotKind::monotonicEdge;   // with time: its newest keys are always those of now
            out.push_back({hotspot, met->how, *met->table, moves || among(now_, hotspot), forecast_ ? std::optional(moves || among(next_, hotspot)) : std::nullopt});
        }
    return out;
}

}  // namespace foreshard::models
