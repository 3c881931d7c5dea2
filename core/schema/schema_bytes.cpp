// The serialised form of a Schema: magic, format version, tables, notes.
#include <algorithm>

#include "core/schema/schema.h"

namespace foreshard::schema {

namespace {

constexpr uint64_t magic = 0x4d45484353485346;  // "FSHSCHEM"

void writeTexts(ByteWriter& out, const std::vector<std::string>& texts) {
    out.list(texts, [](ByteWriter& w, const std::string& text) { w.text(text); });
}
std::vector<std::string> readTexts(ByteReader& in) {
    std::vector<std::string> out;
    in.list([&](ByteReader& r) { out.push_back(r.text()); });
    return out;
}
void writeNumber(ByteWriter& out, const std::optional<uint64_t>& number) {
    out.maybe(number, [](ByteWriter& w, uint64_t value) { w.varint(value); });
}
std::optional<uint64_t> readNumber(ByteReader& in) {
    return in.maybe([](ByteReader& r) { return r.varint(); });
}

void writeColumn(ByteWriter& out, const Column& column) {
    out.text(column.name);
    out.text(column.declaredType);
    out.varint(static_cast<uint64_t>(column.type));
    out.u8(static_cast<uint8_t>(column.notNull | column.identity << 1 | column.generated << 2));
    out.text(column.sequence);
    writeNumber(out, column.distinct);
}
Column readColumn(ByteReader& in) {
    Column column;
    column.name = in.text();
    column.declaredType = in.text();
    column.type = in.enumerator(ValueType::other);
    const uint8_t flags = in.u8();
    if (flags > 7) in.fail();
    column.notNull = flags & 1;
    column.identity = flags & 2;
    column.generated = flags & 4;
    column.sequence = in.text();
    column.distinct = readNumber(in);
    return column;
}

void writeKey(ByteWriter& out, const Key& key) {
    out.varint(static_cast<uint64_t>(key.kind));
    out.text(key.name);
    writeTexts(out, key.columns);
    out.text(key.referencedTable);
    writeTexts(out, key.referencedColumns);
}
Key readKey(ByteReader& in) {
    Key key;
    key.kind = in.enumerator(KeyKind::foreign);
    key.name = in.text();
    key.columns = readTexts(in);
    key.referencedTable = in.text();
    key.referencedColumns = readTexts(in);
    return key;
}

void writePolicyKeys(ByteWriter& out, const std::vector<PolicyKey>& keys) {
    out.list(keys, [](ByteWriter& w, const PolicyKey& key) {
        w.text(key.column);
        w.text(key.expression);
        w.text(key.setting);
    });
}
std::vector<PolicyKey> readPolicyKeys(ByteReader& in) {
    std::vector<PolicyKey> keys;
    in.list([&](ByteReader& r) {
        PolicyKey key;
        key.column = r.text();
        key.expression = r.text();
        key.setting = r.text();
        keys.push_back(std::move(key));
    });
    return keys;
}

void writePolicy(ByteWriter& out, const Policy& policy) {
    out.text(policy.name);
    out.varint(static_cast<uint64_t>(policy.command));
    out.u8(static_cast<uint8_t>(policy.restrictive | policy.forRoles << 1 | policy.allRows << 2));
    writePolicyKeys(out, policy.rows);
    out.maybe(policy.newRows, writePolicyKeys);
}
Policy readPolicy(ByteReader& in) {
    Policy policy;
    policy.name = in.text();
    policy.command = in.enumerator(PolicyCommand::delete_);
    const uint8_t flags = in.u8();
    if (flags > 7) in.fail();
    policy.restrictive = flags & 1;
    policy.forRoles = flags & 2;
    policy.allRows = flags & 4;
    policy.rows = readPolicyKeys(in);
    policy.newRows = in.maybe(readPolicyKeys);
    return policy;
}

void writeExclusion(ByteWriter& out, const Exclusion& exclusion) {
    out.text(exclusion.name);
    out.text(exclusion.method);
    out.list(exclusion.elements, [](ByteWriter& w, const Exclusion::Element& element) {
        w.text(element.column);
        w.text(element.op);
    });
    out.boolean(exclusion.partial);
}
Exclusion readExclusion(ByteReader& in) {
    Exclusion exclusion;
    exclusion.name = in.text();
    exclusion.method = in.text();
    in.list([&](ByteReader& r) {
        Exclusion::Element element;
        element.column = r.text();
        element.op = r.text();
        exclusion.elements.push_back(std::move(element));
    });
    exclusion.partial = in.boolean();
    return exclusion;
}

void writeTrigger(ByteWriter& out, const Trigger& trigger) {
    out.text(trigger.name);
    out.text(trigger.function);
    out.text(trigger.events);
    out.u8(static_cast<uint8_t>(trigger.before | trigger.eachRow << 1));
    out.maybe(trigger.tables, writeTexts);
}
Trigger readTrigger(ByteReader& in) {
    Trigger trigger;
    trigger.name = in.text();
    trigger.function = in.text();
    trigger.events = in.text();
    const uint8_t flags = in.u8();
    if (flags > 3) in.fail();
    trigger.before = flags & 1;
    trigger.eachRow = flags & 2;
    trigger.tables = in.maybe(readTexts);
    return trigger;
}

void writeTable(ByteWriter& out, const Table& table, uint32_t version) {
    out.text(table.schema);
    out.text(table.name);
    out.list(table.columns, writeColumn);
    out.list(table.keys, writeKey);
    out.list(table.indexes, [](ByteWriter& w, const Index& index) {
        w.text(index.name);
        writeTexts(w, index.columns);
        w.boolean(index.unique);
    });
    writeTexts(out, table.partitions);
    writeTexts(out, table.partitionKey);
    writeNumber(out, table.rows);
    writeNumber(out, table.bytes);
    out.boolean(table.fromLog);
    if (version < 2) return;
    out.boolean(table.rowSecurity);
    out.list(table.policies, writePolicy);
    if (version < 3) return;
    out.list(table.exclusions, writeExclusion);
    out.list(table.triggers, writeTrigger);
}
Table readTable(ByteReader& in, uint64_t version) {
    Table table;
    table.schema = in.text();
    table.name = in.text();
    in.list([&](ByteReader& r) { table.columns.push_back(readColumn(r)); });
    in.list([&](ByteReader& r) { table.keys.push_back(readKey(r)); });
    in.list([&](ByteReader& r) {
        Index index;
        index.name = r.text();
        index.columns = readTexts(r);
        index.unique = r.boolean();
        table.indexes.push_back(std::move(index));
    });
    table.partitions = readTexts(in);
    table.partitionKey = readTexts(in);
    table.rows = readNumber(in);
    table.bytes = readNumber(in);
    table.fromLog = in.boolean();
    if (version < 2) return table;
    table.rowSecurity = in.boolean();
    in.list([&](ByteReader& r) { table.policies.push_back(readPolicy(r)); });
    if (version < 3) return table;
    in.list([&](ByteReader& r) { table.exclusions.push_back(readExclusion(r)); });
    in.list([&](ByteReader& r) { table.triggers.push_back(readTrigger(r)); });
    return table;
}

}  // namespace

void writeSchema(ByteWriter& out, const Schema& schema) {
    out.fixed64(magic);
    const uint32_t version = schema.writtenVersion();
    out.varint(version);
    out.list(schema.tables, [&](ByteWriter& w, const Table& table) { writeTable(w, table, version); });
    writeTexts(out, schema.notes);
}

Schema readSchema(ByteReader& in) {
    Schema schema;
    const bool ours = in.fixed64() == magic;
    const uint64_t version = in.varint();
    if (!ours || version < 1 || version > Schema::formatVersion) {
        in.fail();
        return {};
    }
    in.list([&](ByteReader& r) { schema.tables.push_back(readTable(r, version)); });
    schema.notes = readTexts(in);
    const auto before = [](const Table& a, const Table& b) { return a.qualifiedName() < b.qualifiedName(); };
    if (!std::is_sorted(schema.tables.begin(), schema.tables.end(), before)) in.fail();
    return in.ok() ? schema : Schema{};
}

}  // namespace foreshard::schema
