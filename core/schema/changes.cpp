#include "core/schema/changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "core/base/units.h"

namespace foreshard::schema {

const char* toString(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::added: return "added";
        case ChangeKind::dropped: return "dropped";
        case ChangeKind::changed: return "changed";
        case ChangeKind::grown: return "grown";
        case ChangeKind::shrunk: return "shrunk";
    }
    return "changed";
}

namespace {

using Texts = std::map<std::string, std::string>;   // what → how it is

std::string text(const Column& column) {
    std::string out = column.declaredType;
    if (column.notNull) out += " not null";
    if (column.identity) out += " identity";
    if (column.generated) out += " generated";
    return out;
}

std::string text(const Key& key) {
    const std::string columns = fmt::format("({})", fmt::join(key.columns, ", "));
    if (key.kind == KeyKind::primary) return "primary key " + columns;
    if (key.kind == KeyKind::unique) return "unique " + columns;
    return fmt::format("foreign key {} to {} ({})", columns, key.referencedTable, fmt::join(key.referencedColumns, ", "));
}

std::string text(const std::vector<PolicyKey>& keys) {
    std::string out;
    for (const auto& key : keys) out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", key.expression, key.setting);
    return out.empty() ? "no key" : out;
}

const char* commandText(PolicyCommand command) {
    switch (command) {
        case PolicyCommand::all: return "all commands";
        case PolicyCommand::select: return "SELECT";
        case PolicyCommand::insert: return "INSERT";
        case PolicyCommand::update: return "UPDATE";
        case PolicyCommand::delete_: return "DELETE";
    }
    return "all commands";
}

std::string text(const Policy& policy) {
    return fmt::format("{}{}{}: {}{}{}", policy.restrictive ? "restrictive " : "", policy.forRoles ? "of some roles, " : "", commandText(policy.command),
                       policy.allRows ? "all rows" : text(policy.rows), policy.newRows ? "; new rows " : "", policy.newRows ? text(*policy.newRows) : "");
}

std::string text(const Exclusion& exclusion) {
    std::string out;
    for (const auto& element : exclusion.elements) out += fmt::format("{}{} with {}", out.empty() ? "" : ", ", element.column, element.op);
    return fmt::format("exclude ({}){}", out, exclusion.partial ? " among some rows" : "");
}

std::string text(const Trigger& trigger) {
    return fmt::format("{} {} each {}: {}", trigger.before ? "before" : "after", trigger.events, trigger.eachRow ? "row" : "statement", trigger.function);
}

// A table's parts by name; a key without one goes by its columns.
Texts parts(const Table& table) {
    Texts out;
    for (const auto& column : table.columns) out["column " + column.name] = text(column);
    for (const auto& key : table.keys) out[key.name.empty() ? text(key) : "key " + key.name] = text(key);
    for (const auto& index : table.indexes) out["index " + index.name] = fmt::format("{}({})", index.unique ? "unique " : "", fmt::join(index.columns, ", "));
    for (const auto& policy : table.policies) out["policy " + policy.name] = text(policy);
    for (const auto& exclusion : table.exclusions) out["exclusion constraint " + exclusion.name] = text(exclusion);
    for (const auto& trigger : table.triggers) out["trigger " + trigger.name] = text(trigger);
    if (table.rowSecurity) out["row-level security"] = "enabled";
    if (!table.partitionKey.empty()) out["partition key"] = fmt::format("({})", fmt::join(table.partitionKey, ", "));
    for (const auto& partition : table.partitions) out["partition " + partition] = "there";
    return out;
}

void compare(const std::string& table, const Texts& before, const Texts& after, std::vector<SchemaChange>& out) {
    for (const auto& [what, how] : before) {
        const auto now = after.find(what);
        if (now == after.end()) out.push_back({ChangeKind::dropped, table, what, how, {}, true});
        else if (now->second != how) out.push_back({ChangeKind::changed, table, what, how, now->second, true});
    }
    for (const auto& [what, how] : after)
        if (!before.contains(what)) out.push_back({ChangeKind::added, table, what, {}, how, true});
}

using Number = std::optional<uint64_t>;

void compareNumber(const std::string& table, const std::string& what, const Number& before, const Number& after, double tolerance, std::string (*show)(uint64_t), std::vector<SchemaChange>& out) {
    if (before == after) return;
    if (!before || !after) {
        out.push_back({ChangeKind::changed, table, what, before ? show(*before) : "not known", after ? show(*after) : "not known", false});
        return;
    }
    const double least = static_cast<double>(std::min(*before, *after)), most = static_cast<double>(std::max(*before, *after));
    if (most > least * (1 + tolerance)) out.push_back({*after > *before ? ChangeKind::grown : ChangeKind::shrunk, table, what, show(*before), show(*after), false});
}

std::string plain(uint64_t number) { return groupThousands(static_cast<int64_t>(number)); }
std::string bytesText(uint64_t bytes) { return formatBytes(static_cast<double>(bytes)); }

constexpr uint64_t magic = 0x47484353484346;   // "FCHSCHG"
constexpr uint64_t changesVersion = 2;

}  // namespace

std::vector<SchemaChange> structureChanges(const Schema& before, const Schema& after) {
    std::vector<SchemaChange> out;
    std::map<std::string, std::pair<const Table*, const Table*>> tables;
    for (const auto& table : before.tables) tables[table.qualifiedName()].first = &table;
    for (const auto& table : after.tables) tables[table.qualifiedName()].second = &table;
    for (const auto& [name, both] : tables) {
        if (!both.first) out.push_back({ChangeKind::added, name, "table", {}, fmt::format("{} columns", both.second->columns.size()), true});
        else if (!both.second) out.push_back({ChangeKind::dropped, name, "table", fmt::format("{} columns", both.first->columns.size()), {}, true});
        else compare(name, parts(*both.first), parts(*both.second), out);
    }
    return out;
}

std::vector<SchemaChange> statisticsChanges(const Statistics& before, const Statistics& after) {
    std::vector<SchemaChange> out;
    for (const auto& table : after.tables) {
        const auto* old = before.find(table.table);
        if (!old) continue;
        compareNumber(table.table, "rows", old->sizes.rows, table.sizes.rows, 0.01, plain, out);
        compareNumber(table.table, "bytes", old->sizes.bytes, table.sizes.bytes, 0.01, bytesText, out);
        for (const auto& column : table.columns) {
            const auto earlier = std::find_if(old->columns.begin(), old->columns.end(), [&](const ColumnStatistics& one) { return one.column == column.column; });
            if (earlier != old->columns.end()) compareNumber(table.table, "distinct values of " + column.column, earlier->distinct, column.distinct, 0.1, plain, out);
        }
    }
    return out;
}

void markEarlier(std::vector<SchemaChange>& changes, const std::vector<SchemaChange>& listed) {
    for (auto& change : changes)
        change.earlier = std::any_of(listed.begin(), listed.end(), [&](const SchemaChange& other) {
            return other.kind == change.kind && other.table == change.table && other.what == change.what && other.before == change.before && other.after == change.after;
        });
}

std::string writeChanges(const std::vector<SchemaChange>& changes) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(changesVersion);
    out.list(changes, [](ByteWriter& w, const SchemaChange& change) {
        w.varint(static_cast<uint64_t>(change.kind));
        for (const auto* one : {&change.table, &change.what, &change.before, &change.after}) w.text(*one);
        w.boolean(change.structure);
        w.boolean(change.earlier);
    });
    return out.take();
}

Result<std::vector<SchemaChange>> readChanges(std::string_view bytes) {
    ByteReader in(bytes);
    const bool ours = in.fixed64() == magic;
    const uint64_t version = in.varint();
    if (in.ok() && ours && version > changesVersion) return Error{ErrorCategory::version, "The changes were written by a newer Foreshard.", {}, {}};
    std::vector<SchemaChange> out;
    in.list([&](ByteReader& r) {
        SchemaChange change;
        change.kind = r.enumerator(ChangeKind::shrunk);
        for (auto* one : {&change.table, &change.what, &change.before, &change.after}) *one = r.text();
        change.structure = r.boolean();
        if (version > 1) change.earlier = r.boolean();
        out.push_back(std::move(change));
    });
    if (!ours || version < 1 || !in.ok() || !in.atEnd()) return Error{ErrorCategory::format, "The changes are cut short or damaged.", {}, {}};
    return out;
}

}  // namespace foreshard::schema
