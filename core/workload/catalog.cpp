#include "core/workload/catalog.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/workload/control.h"
#include "core/workload/policies.h"

namespace foreshard::workload {

const char* const restText = "(all other statements)";

uint64_t textKey(uint64_t textFingerprint, std::string_view database) {
    const uint64_t key = database.empty() ? textFingerprint : combineHash(textFingerprint, hashText(database));
    return key ? key : 1;   // 0 is the rest
}

namespace {

std::vector<std::string> pathNames(const std::string& path) {
    std::vector<std::string> names;
    size_t from = 0;
    while (from < path.size()) {
        const auto end = std::min(path.find(pathSeparator, from), path.size());
        names.push_back(path.substr(from, end - from));
        from = end + 1;
    }
    return names;
}

CountedAccess countedAccess(const TableAccess& access, const NameTable& names) {
    CountedAccess counted{access.table, access.kind != AccessKind::read, {}};
    for (const auto& binding : access.bindings) {
        if ((binding.op != sql::Operator::equal && binding.op != sql::Operator::in) || binding.slots.empty()) continue;
        auto place = std::find_if(counted.columns.begin(), counted.columns.end(), [&](const auto& c) { return c.column == binding.column; });
        if (place == counted.columns.end()) {
            const ValueType type = names.columns()[binding.column].type;
            counted.columns.push_back({binding.column, type, ordered(type), {}});
            place = counted.columns.end() - 1;
        }
        place->slots.push_back(binding.slots);
    }
    return counted;
}

}  // namespace

Catalog::Catalog(std::shared_ptr<const schema::Schema> schema, uint32_t maxTemplates)
    : schema_(std::move(schema)), maxTemplates_(maxTemplates), names_(schema_.get()) {
    rest_.text.text = restText;
    rest_.only = &entry(0, rest_.text, {});
}

TextEntry* Catalog::find(uint64_t key) {
    const auto place = texts_.find(key);
    return place == texts_.end() ? nullptr : place->second.get();
}

TextEntry& Catalog::add(uint64_t key, const sql::Scan& scan, std::string_view database, std::string_view statement) {
    if (full()) return rest_;
    auto facts = sql::statementFacts(statement);
    readPolicySettings(facts, *schema_, scan.slots);
    return add(key, TextTemplate{scan.fingerprint, std::string(database), sql::templateText(statement), std::move(facts)});
}

TextEntry& Catalog::add(uint64_t key, TextTemplate text) {
    auto& slot = texts_[key];
    if (slot) return *slot;
    slot = std::make_unique<TextEntry>();
    slot->key = key;
    slot->text = std::move(text);
    slot->pathDependent = dependsOnSearchPath(*slot->text.facts, *schema_);
    for (const auto& predicate : slot->text.facts->predicates)
        for (const uint32_t array : predicate.slots) {
            if (!predicate.array || array > 65'535) continue;
            if (slot->arraySlots.size() <= array) slot->arraySlots.resize(array + 1);
            slot->arraySlots[array] = true;
        }
    if (!slot->pathDependent) slot->only = &entry(key, slot->text, resolveTables(*slot->text.facts, *schema_, {}));
    return *slot;
}

CatalogEntry& Catalog::resolve(TextEntry& text, const std::string& searchPath) {
    if (text.only) return *text.only;
    auto& slot = text.byPath[searchPath];
    if (slot) return *slot;
    auto tables = resolveTables(*text.text.facts, *schema_, pathNames(searchPath));
    uint64_t fingerprint = text.key;
    for (const auto& table : tables) fingerprint = combineHash(fingerprint, hashText(table));
    slot = &entry(fingerprint, text.text, std::move(tables));
    return *slot;
}

CatalogEntry& Catalog::adopt(uint64_t fingerprint, const TextTemplate& text, const std::vector<std::string>& tables) {
    if (auto* known = findEntry(fingerprint)) return *known;
    adopted_.push_back(std::make_unique<TextTemplate>(text));
    return entry(fingerprint, *adopted_.back(), tables);
}

CatalogEntry* Catalog::findEntry(uint64_t fingerprint) {
    const auto place = byFingerprint_.find(fingerprint);
    return place == byFingerprint_.end() ? nullptr : place->second;
}

CatalogEntry& Catalog::entry(uint64_t fingerprint, const TextTemplate& text, std::vector<std::string> tables) {
    if (auto* known = findEntry(fingerprint)) return *known;
    auto made = std::make_unique<CatalogEntry>();
    made->fingerprint = fingerprint;
    made->index = static_cast<uint32_t>(entries_.size());
    made->text = &text;
    made->resolution = resolveAccesses(*text.facts, tables, names_);
    made->tables = std::move(tables);
    for (const auto& access : made->resolution.accesses) made->counted.push_back(countedAccess(access, names_));
    for (const auto& access : made->counted)
        for (const auto& column : access.columns)
            for (const auto& slots : column.slots)
                for (const uint32_t slot : slots) made->slots = std::max(made->slots, std::min(slot, 65'535u) + 1);
    entries_.push_back(std::move(made));
    byFingerprint_[fingerprint] = entries_.back().get();
    return *entries_.back();
}

}  // namespace foreshard::workload
