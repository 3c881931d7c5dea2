// Names, array literals, and the serialised form of facts.
#include <array>

#include "core/sql/facts.h"

namespace foreshard::sql {

const char* toString(StatementKind kind) {
    switch (kind) {
        case StatementKind::select:
            return "select";
        case StatementKind::insert:
            return "insert";
        case StatementKind::update:
            return "update";
        case StatementKind::delete_:
            return "delete";
        case StatementKind::merge:
            return "merge";
        case StatementKind::copy:
            return "copy";
        case StatementKind::ddl:
            return "ddl";
        case StatementKind::begin:
            return "begin";
        case StatementKind::commit:
            return "commit";
        case StatementKind::rollback:
            return "rollback";
        case StatementKind::savepoint:
            return "savepoint";
        case StatementKind::rollbackToSavepoint:
            return "rollback to savepoint";
        case StatementKind::releaseSavepoint:
            return "release savepoint";
        case StatementKind::prepareTransaction:
            return "prepare transaction";
        case StatementKind::commitPrepared:
            return "commit prepared";
        case StatementKind::rollbackPrepared:
            return "rollback prepared";
        case StatementKind::set:
            return "set";
        case StatementKind::show:
            return "show";
        case StatementKind::explain:
            return "explain";
        case StatementKind::utility:
            return "utility";
        case StatementKind::unknown:
            break;
    }
    return "unknown";
}

const char* toString(Operator op) {
    switch (op) {
        case Operator::equal:
            return "=";
        case Operator::in:
            return "in";
        case Operator::between:
            return "between";
        case Operator::less:
            return "<";
        case Operator::lessEqual:
            return "<=";
        case Operator::greater:
            return ">";
        case Operator::greaterEqual:
            return ">=";
        case Operator::prefix:
            return "like";
        case Operator::isNull:
            return "is null";
        case Operator::notEqual:
            return "<>";
        case Operator::other:
            break;
    }
    return "other";
}

std::optional<std::vector<std::optional<std::string>>> arrayElements(std::string_view literal) {
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!literal.empty() && blank(literal.front())) literal.remove_prefix(1);
    while (!literal.empty() && blank(literal.back())) literal.remove_suffix(1);
    if (literal.size() < 2 || literal.front() != '{' || literal.back() != '}') return std::nullopt;
    literal = literal.substr(1, literal.size() - 2);
    std::vector<std::optional<std::string>> out;
    size_t i = 0;
    const auto skip = [&] {
        while (i < literal.size() && blank(literal[i])) ++i;
    };
    skip();
    if (i == literal.size()) return out;
    for (;; ++i) {
        skip();
        std::string text;
        const bool quoted = i < literal.size() && literal[i] == '"';
        if (quoted) {
            for (++i; i < literal.size() && literal[i] != '"'; ++i) {
                if (literal[i] == '\\' && ++i == literal.size()) return std::nullopt;
                text += literal[i];
            }
            if (i++ >= literal.size()) return std::nullopt;
            skip();
        } else {
            for (; i < literal.size() && literal[i] != ','; ++i) {
                if (literal[i] == '{' || literal[i] == '}' || literal[i] == '"') return std::nullopt;
                if (literal[i] == '\\' && ++i == literal.size()) return std::nullopt;
                text += literal[i];
            }
            while (!text.empty() && blank(text.back())) text.pop_back();
            if (text.empty()) return std::nullopt;
        }
        const bool null = !quoted && text.size() == 4 && (text[0] | 32) == 'n' && (text[1] | 32) == 'u' &&
                          (text[2] | 32) == 'l' && (text[3] | 32) == 'l';
        out.push_back(null ? std::nullopt : std::optional(std::move(text)));
        if (i >= literal.size()) return out;
        if (literal[i] != ',') return std::nullopt;
    }
}

namespace {

constexpr uint8_t formatVersion = 2;   // 1: without session values

// noSlot and noTable are 0, so that they take one byte.
void writeIndex(ByteWriter& out, uint32_t index) { out.varint(static_cast<uint32_t>(index + 1)); }
uint32_t readIndex(ByteReader& in) {
    const uint64_t value = in.varint();
    if (value > UINT32_MAX) in.fail();
    return static_cast<uint32_t>(value) - 1;
}

void writeSlots(ByteWriter& out, const std::vector<uint32_t>& slots) {
    out.list(slots, [](ByteWriter& w, uint32_t slot) { writeIndex(w, slot); });
}
std::vector<uint32_t> readSlots(ByteReader& in) {
    std::vector<uint32_t> slots;
    in.list([&](ByteReader& r) { slots.push_back(readIndex(r)); });
    return slots;
}

void writeColumn(ByteWriter& out, const ColumnExpression& column) {
    writeIndex(out, column.table);
    out.text(column.column);
    out.boolean(!column.bare());
    if (!column.bare()) out.text(column.expression);
}
ColumnExpression readColumn(ByteReader& in) {
    ColumnExpression column;
    column.table = readIndex(in);
    column.column = in.text();
    column.expression = in.boolean() ? in.text() : column.column;
    return column;
}

void writeTable(ByteWriter& out, const TableUse& use) {
    out.text(use.schema);
    out.text(use.name);
    out.text(use.alias);
    out.u8(static_cast<uint8_t>(use.read | use.written << 1 | use.locked << 2));
    out.varint(use.level);
}
TableUse readTable(ByteReader& in) {
    TableUse use;
    use.schema = in.text();
    use.name = in.text();
    use.alias = in.text();
    const uint8_t flags = in.u8();
    use.read = flags & 1;
    use.written = flags & 2;
    use.locked = flags & 4;
    use.level = static_cast<uint32_t>(in.varint());
    return use;
}

void writeColumns(ByteWriter& out, const std::vector<ColumnExpression>& columns) { out.list(columns, writeColumn); }
std::vector<ColumnExpression> readColumns(ByteReader& in) {
    std::vector<ColumnExpression> columns;
    in.list([&](ByteReader& r) { columns.push_back(readColumn(r)); });
    return columns;
}

void writePredicate(ByteWriter& out, const Predicate& predicate) {
    writeColumn(out, predicate.column);
    out.varint(static_cast<uint64_t>(predicate.op));
    writeSlots(out, predicate.slots);
    out.boolean(predicate.array);
}
Predicate readPredicate(ByteReader& in) {
    Predicate predicate;
    predicate.column = readColumn(in);
    predicate.op = in.enumerator(Operator::other);
    predicate.slots = readSlots(in);
    predicate.array = in.boolean();
    return predicate;
}

void writeJoin(ByteWriter& out, const EquiJoin& join) {
    writeColumn(out, join.left);
    writeColumn(out, join.right);
    out.u8(static_cast<uint8_t>(join.flowsRight | join.flowsLeft << 1));
}
EquiJoin readJoin(ByteReader& in) {
    EquiJoin join;
    join.left = readColumn(in);
    join.right = readColumn(in);
    const uint8_t flags = in.u8();
    join.flowsRight = flags & 1;
    join.flowsLeft = flags & 2;
    return join;
}

void writeInsert(ByteWriter& out, const InsertBinding& binding) {
    writeIndex(out, binding.table);
    out.text(binding.column);
    out.varint(binding.position);
    out.varint(static_cast<uint64_t>(binding.source));
    writeIndex(out, binding.slot);
}
InsertBinding readInsert(ByteReader& in) {
    InsertBinding binding;
    binding.table = readIndex(in);
    binding.column = in.text();
    binding.position = static_cast<uint32_t>(in.varint());
    binding.source = in.enumerator(BindingSource::expression);
    binding.slot = readIndex(in);
    return binding;
}

void writeAssignment(ByteWriter& out, const Assignment& assignment) {
    writeIndex(out, assignment.table);
    out.text(assignment.column);
    out.varint(static_cast<uint64_t>(assignment.source));
    writeIndex(out, assignment.slot);
    out.boolean(assignment.selfRelative);
}
Assignment readAssignment(ByteReader& in) {
    Assignment assignment;
    assignment.table = readIndex(in);
    assignment.column = in.text();
    assignment.source = in.enumerator(BindingSource::expression);
    assignment.slot = readIndex(in);
    assignment.selfRelative = in.boolean();
    return assignment;
}

template <typename T, typename Fn>
std::vector<T> readList(ByteReader& in, Fn read) {
    std::vector<T> out;
    in.list([&](ByteReader& r) { out.push_back(read(r)); });
    return out;
}

}  // namespace

void writeFacts(ByteWriter& out, const StatementFacts& facts) {
    out.u8(formatVersion);
    out.varint(static_cast<uint64_t>(facts.kind));
    out.boolean(facts.parsed);
    out.list(facts.tables, writeTable);
    out.list(facts.predicates, writePredicate);
    out.list(facts.joins, writeJoin);
    out.list(facts.inserts, writeInsert);
    out.list(facts.assignments, writeAssignment);
    writeColumns(out, facts.orderBy);
    writeColumns(out, facts.groupBy);
    out.u8(static_cast<uint8_t>(facts.aggregates | facts.distinct << 1 | facts.onConflict << 2 |
                                facts.insertsFromQuery << 3 | facts.settingLocal << 4));
    writeIndex(out, facts.limitSlot.value_or(noSlot));
    out.text(facts.setting);
    writeSlots(out, facts.settingSlots);
    out.list(facts.sessionValues, [](ByteWriter& w, const std::string& name) { w.text(name); });
    writeIndex(out, facts.sessionSlot);
}

StatementFacts readFacts(ByteReader& in) {
    StatementFacts facts;
    const uint8_t version = in.u8();
    if (version == 0 || version > formatVersion) in.fail();
    facts.kind = in.enumerator(StatementKind::unknown);
    facts.parsed = in.boolean();
    facts.tables = readList<TableUse>(in, readTable);
    facts.predicates = readList<Predicate>(in, readPredicate);
    facts.joins = readList<EquiJoin>(in, readJoin);
    facts.inserts = readList<InsertBinding>(in, readInsert);
    facts.assignments = readList<Assignment>(in, readAssignment);
    facts.orderBy = readColumns(in);
    facts.groupBy = readColumns(in);
    const uint8_t flags = in.u8();
    facts.aggregates = flags & 1;
    facts.distinct = flags & 2;
    facts.onConflict = flags & 4;
    facts.insertsFromQuery = flags & 8;
    facts.settingLocal = flags & 16;
    if (const uint32_t slot = readIndex(in); slot != noSlot) facts.limitSlot = slot;
    facts.setting = in.text();
    facts.settingSlots = readSlots(in);
    if (version > 1) {
        in.list([&](ByteReader& r) { facts.sessionValues.push_back(r.text()); });
        facts.sessionSlot = readIndex(in);
    }
    if (!in.ok()) return StatementFacts();
    return facts;
}

}  // namespace foreshard::sql
