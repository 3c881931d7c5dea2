#include "core/advisor/derived.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/sharding/router.h"

namespace foreshard::advisor {

using cost::KeyUse;
using sharding::KeyPart;
using workload::ColumnId;

namespace {

constexpr size_t comparedClasses = 12;
constexpr size_t comparedPairs = 3'000;
constexpr size_t enoughPairs = 20, enoughKeys = 5;
constexpr size_t longestText = 80;

using OneValue = std::vector<const Value*>;

void addValues(const cost::Sample& sample, ColumnId column, OneValue& values, std::vector<bool>& several) {
    const KeyUse& use = sample.columnUse(column);
    const auto& touches = sample.touches(sample.facts().columns[column].table);
    for (const auto& entry : use.entries) {
        const uint32_t transaction = touches[entry.touch].transaction;
        if (several[transaction]) continue;
        const Value* value = entry.item & KeyUse::complexItem ? nullptr : &use.points[entry.item];
        if (value && (!values[transaction] || *values[transaction] == *value)) values[transaction] = value;
        else several[transaction] = true;
    }
}

// Expressions that turn this one value into that key, simplest first.
std::vector<KeyPart> guesses(const KeyPart& column, const ValuePair& pair) {
    const ValueType keyType = pair.key->kind == ValueKind::integer ? ValueType::integer : ValueType::text;
    std::vector<KeyPart> found;
    const auto guess = [&](std::string expression) {
        const KeyPart part{std::move(expression), column.column, keyType};
        if (keyPartValue(part, *pair.from) == *pair.key) found.push_back(part);
    };
    const auto guessText = [&](const std::string& expression) {
        guess(keyType == ValueType::integer ? expression + "::bigint" : expression);
    };
    if (*pair.from == *pair.key) guess(column.column);
    if (pair.from->kind == ValueKind::integer)
        for (int64_t by = 10; by < 1'000'000'000'000; by *= 10) guess(fmt::format("{} / {}", column.column, by));
    if (pair.from->kind != ValueKind::text || pair.from->text.size() > longestText) return found;
    if (keyType == ValueType::integer) guess(column.column + "::bigint");
    for (const char separator : std::string_view("-_/:.#|+ "))
        if (const auto parts = std::count(pair.from->text.begin(), pair.from->text.end(), separator); parts > 0)
            for (int64_t i = 1; i <= parts + 1; ++i) guessText(fmt::format("split_part({}, '{}', {})", column.column, separator, i));
    for (size_t n = 1; n < pair.from->text.size(); ++n) guessText(fmt::format("left({}, {})", column.column, n));
    return found;
}

}  // namespace

std::optional<KeyPart> expressionOf(const KeyPart& column, const std::vector<ValuePair>& pairs) {
    if (pairs.size() < enoughPairs) return std::nullopt;
    std::vector<KeyPart> left = guesses(column, pairs.front());
    std::set<Value> keys;
    for (const ValuePair& pair : pairs) {
        std::erase_if(left, [&](const KeyPart& part) { return keyPartValue(part, *pair.from) != *pair.key; });
        if (left.empty()) return std::nullopt;
        if (keys.size() < enoughKeys) keys.insert(*pair.key);
    }
    if (keys.size() < enoughKeys) return std::nullopt;
    return left.front();
}

OneValue oneValueOf(const cost::Sample& sample, const std::vector<ColumnId>& columns) {
    OneValue values(sample.transactions().size());
    std::vector<bool> several(values.size());
    for (const ColumnId column : columns) addValues(sample, column, values, several);
    for (size_t i = 0; i < values.size(); ++i)
        if (several[i] || (values[i] && !values[i]->known())) values[i] = nullptr;
    return values;
}

std::vector<Derivation> derivationsOf(const cost::Sample& sample, const std::vector<ColumnClass>& classes, const std::vector<ColumnId>& columns) {
    std::vector<OneValue> keys;
    for (size_t i = 0; i < std::min(classes.size(), comparedClasses); ++i) keys.push_back(oneValueOf(sample, classes[i].columns));
    std::vector<Derivation> found;
    for (const ColumnId column : columns) {
        const auto& from = sample.facts().columns[column];
        if (from.expression != from.column) continue;
        const OneValue values = oneValueOf(sample, {column});
        for (uint32_t classId = 0; classId < keys.size(); ++classId) {
            const auto& members = classes[classId].columns;
            if (std::binary_search(members.begin(), members.end(), column)) continue;
            std::vector<ValuePair> pairs;
            for (size_t i = 0; i < values.size() && pairs.size() < comparedPairs; ++i)
                if (values[i] && keys[classId][i]) pairs.push_back({values[i], keys[classId][i]});
            if (const auto part = expressionOf({from.expression, from.column, from.type}, pairs)) found.push_back({column, part->expression, part->type, classId, pairs.size()});
        }
    }
    return found;
}

}  // namespace foreshard::advisor
