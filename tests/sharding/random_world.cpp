#include "tests/sharding/random_world.h"

#include <algorithm>
#include <set>

namespace foreshard::testing {

using sharding::Design;
using sharding::KeyPart;
using sharding::Strategy;
using sharding::TableDesign;

namespace {

Value paddedNumber(const Value& number) {
    const std::string digits = std::to_string(std::abs(number.number));
    return Value::ofText((number.number < 0 ? "-" : "") + std::string(6 - digits.size(), '0') + digits);
}

std::vector<Domain> makeDomains() {
    std::vector<Domain> domains;
    Domain a{"a", "a", ValueType::integer, {}}, b{"b", "b", ValueType::integer, {}};
    for (int i = -3; i < 40; ++i) a.values.push_back(Value::integer(i));
    for (int i = 0; i < 6; ++i) b.values.push_back(Value::integer(i * 1'000'000'007LL));
    Domain s{"s", "s", ValueType::text, {}}, d{"d", "d", ValueType::timestamp, {}}, f{"f", "f", ValueType::decimal, {}};
    for (const char* text : {"a", "B", "b", "C", "anna", "Anna", "zoe", "Äther", ""}) s.values.push_back(Value::ofText(text));
    for (int i = 0; i < 20; ++i) d.values.push_back(Value::timestamp(i * microsPerHour * 7));
    for (const char* text : {"1.5", "100", "0.25", "-7", "20", "3.75"}) f.values.push_back(canonicalValue(text, false, ValueType::decimal));
    Domain u{"u", "u", ValueType::uuid, {}};
    for (int i = 0; i < 12; ++i) u.values.push_back(canonicalValue("0000000" + std::string(1, "0123456789abcdef"[i]) + "-0000-0000-0000-000000000000", true, ValueType::uuid));
    Domain lower{"e", "lower(e)", ValueType::text, {}}, bareE{"e", "e", ValueType::text, {}};
    for (const char* text : {"Kim", "kim", "KIM", "\u212aim", "ÄRGER", "ärger", "x@Y.org"}) bareE.values.push_back(Value::ofText(text));
    for (const char* text : {"kim", "ärger", "x@y.org", "nobody"}) lower.values.push_back(Value::ofText(text));
    Domain json{"j", "j->>'k'", ValueType::unknown, {}};
    for (const char* text : {"t1", "t2", "42", "7.50"}) json.values.push_back(canonicalValue(text, true, ValueType::unknown));
    Domain document{"j", "j", ValueType::json, {Value::ofText("{}"), Value::ofText("{\"k\" : 42 , \"y\": null}")}};
    // Follows from a, padded with zeros: what a derived lookup computes it from.
    Domain padded{"n", "n", ValueType::text, {}};
    for (const Value& value : a.values) padded.values.push_back(paddedNumber(value));
    for (auto* domain : {&a, &b, &s, &d, &f, &u, &bareE, &lower, &json, &document, &padded}) domains.push_back(std::move(*domain));
    return domains;
}

// What a UTF-8 locale makes of the texts above.
std::string databaseLower(const std::string& text) {
    if (text == "\u212aim") return "kim";
    if (text == "ÄRGER") return "ärger";
    std::string out = text;
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::vector<sharding::RangePart> randomRanges(Random& random, const World& world, const std::vector<KeyPart>& key, uint32_t shards) {
    std::set<std::vector<Value>> lows;
    for (uint64_t n = random.below(8); n > 0; --n) {
        std::vector<Value> low;
        for (uint64_t parts = 1 + random.below(key.size()); low.size() < parts;) low.push_back(pick(random, world.domain(key[low.size()].expression).values));
        lows.insert(std::move(low));
    }
    std::vector<sharding::RangePart> ranges{{{}, static_cast<uint32_t>(random.below(shards))}};
    for (const auto& low : lows) ranges.push_back({low, static_cast<uint32_t>(random.below(shards))});
    return ranges;
}

}  // namespace

const Value& pick(Random& random, const std::vector<Value>& values) { return values[random.below(values.size())]; }

workload::ColumnId World::column(workload::TableId table, const std::string& expression) const {
    for (workload::ColumnId id = 0; id < facts->columns.size(); ++id)
        if (facts->columns[id].table == table && facts->columns[id].expression == expression) return id;
    return sql::noSlot;
}

const Domain& World::domain(const std::string& expression) const {
    return *std::find_if(domains.begin(), domains.end(), [&](const Domain& d) { return d.expression == expression; });
}

OracleRow randomRow(Random& random, const World& world) {
    OracleRow row;
    for (const auto& domain : world.domains)
        if (domain.expression == domain.column) row.values[domain.column] = random.below(12) == 0 ? Value::null() : pick(random, domain.values);
    row.values["n"] = row.values["a"].known() ? paddedNumber(row.values["a"]) : Value::null();
    if (const Value& e = row.values["e"]; e.known()) row.values["lower(e)"] = Value::ofText(databaseLower(e.text));
    const Value field = random.below(10) == 0 ? Value::null() : pick(random, world.domain("j->>'k'").values);
    std::string document = "{}";
    if (field.kind == ValueKind::text) document = "{\"x\": [1, {\"k\": 2}], \"k\": \"" + field.text + "\"}";
    else if (field.known()) document = "{\"k\" : " + toText(field) + (field.kind == ValueKind::real ? "0" : "") + " , \"y\": null}";
    row.values["j->>'k'"] = field.kind == ValueKind::real ? canonicalValue(toText(field) + "0", true, ValueType::unknown) : field;
    row.values["j"] = Value::ofText(document);
    return row;
}

TableDesign randomTable(Random& random, World& world, const std::string& name) {
    TableDesign table;
    table.table = name;
    table.strategy = static_cast<Strategy>(random.below(6));
    table.home = static_cast<uint32_t>(random.below(world.design.shards));
    if (!table.keyed()) return table;
    table.group = static_cast<uint32_t>(world.design.slotMaps.size());
    std::vector<Domain> free = world.domains;
    for (uint64_t parts = 1 + random.below(3); parts > 0; --parts) {
        const size_t at = random.below(free.size());
        table.key.push_back({free[at].expression, free[at].column, free[at].type});
        free.erase(free.begin() + static_cast<long>(at));
    }
    sharding::SlotMap slots;
    slots.shardOfSlot.resize(countingSlots << random.below(3));
    for (auto& shard : slots.shardOfSlot) shard = static_cast<uint32_t>(random.below(world.design.shards));
    if (table.key.size() > 1 && random.below(2) == 0) {
        table.prefix = 1 + static_cast<uint32_t>(random.below(table.key.size() - 1));
        table.prefixSpread = 1 + static_cast<uint32_t>(random.below(4));
    }
    if (table.strategy == Strategy::range) table.ranges = randomRanges(random, world, table.key, world.design.shards);
    for (uint32_t shard = 0; shard < world.design.shards; ++shard) table.ring.weights.push_back(0.5 + random.uniform());
    table.ring.virtualNodes = 16;
    if (table.strategy == Strategy::directory)
        for (int i = 0; i < 3; ++i) {
            sharding::DirectoryEntry entry{{}, static_cast<uint32_t>(random.below(world.design.shards))};
            for (const auto& part : table.key) entry.key.push_back(pick(random, world.domain(part.expression).values));
            const bool pinned = std::any_of(table.directory.begin(), table.directory.end(), [&](const auto& other) { return other.key == entry.key; });
            if (!pinned) table.directory.push_back(std::move(entry));
        }
    world.design.slotMaps[table.group] = std::move(slots);
    for (const auto& part : table.key)
        if (part.expression == "a" && random.below(2) == 0) world.design.lookups.push_back({name, {{"n", "n", ValueType::text}}, {part}, false, "n::bigint"});
    return table;
}

World randomWorld(Random& random) {
    World world;
    world.domains = makeDomains();
    world.facts = std::make_shared<workload::Facts>();
    for (const char* name : {"t", "u"}) {
        schema::Table table;
        table.schema = "main";
        table.name = name;
        const auto id = static_cast<workload::TableId>(world.facts->schema.tables.size());
        for (const auto& domain : world.domains) {
            world.facts->columns.push_back({id, domain.column, domain.expression, domain.type});
            if (domain.expression == domain.column) table.columns.push_back({.name = domain.column, .type = domain.type});
        }
        world.facts->schema.tables.push_back(std::move(table));
    }
    for (uint64_t n = 20 + random.below(60); n > 0; --n) world.rows.push_back(randomRow(random, world));
    for (uint64_t n = 20 + random.below(60); n > 0; --n) world.others.push_back(randomRow(random, world));
    static constexpr uint32_t counts[] = {1, 2, 3, 5, 16, 64, 65, 130};
    world.design.shards = counts[random.below(std::size(counts))];
    for (const char* name : {"main.t", "main.u"}) world.design.tables.push_back(randomTable(random, world, name));
    return world;
}

Condition randomCondition(Random& random, const Domain& domain) {
    using sql::Operator;
    static constexpr Operator ops[] = {Operator::equal, Operator::equal, Operator::in, Operator::between, Operator::less, Operator::lessEqual, Operator::greater, Operator::greaterEqual};
    Condition condition{domain.expression, ops[random.below(std::size(ops))], {}};
    size_t operands = condition.op == Operator::in ? 1 + random.below(5) : condition.op == Operator::between ? 2 : 1;
    while (operands-- > 0) condition.operands.push_back(pick(random, domain.values));
    return condition;
}

workload::BoundKey boundKey(const Condition& condition, workload::ColumnId column, workload::Provenance provenance) {
    using sql::Operator;
    workload::BoundKey key;
    key.column = column;
    key.provenance = provenance;
    key.range = condition.op != Operator::equal && condition.op != Operator::in;
    if (!key.range) {
        key.values = condition.operands;
        std::sort(key.values.begin(), key.values.end());
        key.values.erase(std::unique(key.values.begin(), key.values.end()), key.values.end());
        return key;
    }
    if (condition.op == Operator::between || condition.op == Operator::greater || condition.op == Operator::greaterEqual) key.low = condition.operands.front();
    if (condition.op == Operator::between || condition.op == Operator::less || condition.op == Operator::lessEqual) key.high = condition.operands.back();
    return key;
}

}  // namespace foreshard::testing
