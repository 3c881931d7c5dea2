#include "core/schema/statistics.h"

#include <algorithm>

#include "core/base/hash.h"

namespace foreshard::schema {

namespace {

constexpr uint64_t magic = 0x5441545348534346;   // "FCSHSTAT"

void writeNumber(ByteWriter& out, const std::optional<uint64_t>& number) {
    out.maybe(number, [](ByteWriter& w, uint64_t value) { w.varint(value); });
}
std::optional<uint64_t> readNumber(ByteReader& in) {
    return in.maybe([](ByteReader& r) { return r.varint(); });
}
void writeTexts(ByteWriter& out, const std::vector<std::string>& texts) {
    out.list(texts, [](ByteWriter& w, const std::string& text) { w.text(text); });
}
std::vector<std::string> readTexts(ByteReader& in) {
    std::vector<std::string> out;
    in.list([&](ByteReader& r) { out.push_back(r.text()); });
    return out;
}

void writeColumn(ByteWriter& out, const ColumnStatistics& column) {
    out.text(column.column);
    out.real(column.nullShare);
    out.real(column.width);
    writeNumber(out, column.distinct);
    out.list(column.common, [](ByteWriter& w, const CommonValue& one) {
        w.text(one.value);
        w.real(one.share);
    });
    writeTexts(out, column.histogram);
}
ColumnStatistics readColumn(ByteReader& in) {
    ColumnStatistics column;
    column.column = in.text();
    column.nullShare = in.real();
    column.width = in.real();
    column.distinct = readNumber(in);
    in.list([&](ByteReader& r) {
        CommonValue one{r.text(), 0};
        one.share = r.real();
        column.common.push_back(std::move(one));
    });
    column.histogram = readTexts(in);
    return column;
}

void writeSizes(ByteWriter& out, const TableSizes& sizes) {
    writeNumber(out, sizes.rows);
    writeNumber(out, sizes.bytes);
}
TableSizes readSizes(ByteReader& in) {
    TableSizes sizes;
    sizes.rows = readNumber(in);
    sizes.bytes = readNumber(in);
    return sizes;
}

void writeTable(ByteWriter& out, const TableStatistics& table) {
    out.text(table.table);
    writeSizes(out, table.sizes);
    for (const auto* part : {&table.tableBytes, &table.indexBytes, &table.toastBytes}) writeNumber(out, *part);
    writeSizes(out, table.basis);
    out.list(table.columns, writeColumn);
}
TableStatistics readTable(ByteReader& in) {
    TableStatistics table;
    table.table = in.text();
    table.sizes = readSizes(in);
    for (auto* part : {&table.tableBytes, &table.indexBytes, &table.toastBytes}) *part = readNumber(in);
    table.basis = readSizes(in);
    in.list([&](ByteReader& r) { table.columns.push_back(readColumn(r)); });
    return table;
}

bool movedFrom(const std::optional<uint64_t>& basis, const std::optional<uint64_t>& now) {
    if (!basis || !now) return basis.has_value() != now.has_value();
    const double a = static_cast<double>(*basis), b = static_cast<double>(*now);
    return std::max(a, b) > 1.1 * std::min(a, b);
}

}  // namespace

const TableStatistics* Statistics::find(const std::string& table) const {
    const auto place = std::lower_bound(tables.begin(), tables.end(), table, [](const TableStatistics& one, const std::string& name) { return one.table < name; });
    return place == tables.end() || place->table != table ? nullptr : &*place;
}

bool Statistics::holdsValues() const {
    return std::any_of(tables.begin(), tables.end(), [](const TableStatistics& table) {
        return std::any_of(table.columns.begin(), table.columns.end(), [](const ColumnStatistics& column) { return !column.common.empty() || !column.histogram.empty(); });
    });
}

void Statistics::dropValues() {
    for (auto& table : tables)
        for (auto& column : table.columns) {
            column.common.clear();
            column.histogram.clear();
        }
}

uint64_t Statistics::basisFingerprint() const {
    if (tables.empty()) return 0;
    ByteWriter out;
    for (const auto& table : tables) {
        out.text(table.table);
        writeSizes(out, table.basis);
    }
    return hashText(out.bytes());
}

std::string writeStatistics(const Statistics& statistics) {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(Statistics::formatVersion);
    out.text(statistics.source);
    out.text(statistics.server);
    out.zigzag(statistics.readAt);
    out.list(statistics.tables, writeTable);
    writeTexts(out, statistics.notes);
    return out.take();
}

Result<Statistics> readStatistics(std::string_view bytes) {
    ByteReader in(bytes);
    const bool ours = in.fixed64() == magic;
    const uint64_t version = in.varint();
    if (in.ok() && ours && version > Statistics::formatVersion) return Error{ErrorCategory::version, "The statistics were written by a newer Foreshard.", {}, {}};
    Statistics out;
    out.source = in.text();
    out.server = in.text();
    out.readAt = in.zigzag();
    in.list([&](ByteReader& r) { out.tables.push_back(readTable(r)); });
    out.notes = readTexts(in);
    const bool sorted = std::is_sorted(out.tables.begin(), out.tables.end(), [](const TableStatistics& a, const TableStatistics& b) { return a.table < b.table; });
    if (!ours || version < 1 || !in.ok() || !in.atEnd() || !sorted) return Error{ErrorCategory::format, "The statistics are cut short or damaged.", {}, {}};
    return out;
}

void keepBasis(Statistics& now, const Statistics* before) {
    const bool moved = !before || before->tables.size() != now.tables.size() || std::any_of(now.tables.begin(), now.tables.end(), [&](const TableStatistics& table) {
        const auto* old = before->find(table.table);
        return !old || movedFrom(old->basis.rows, table.sizes.rows) || movedFrom(old->basis.bytes, table.sizes.bytes);
    });
    for (auto& table : now.tables) table.basis = moved ? table.sizes : before->find(table.table)->basis;
}

void layOver(Schema& schema, const Statistics& statistics) {
    for (Table& table : schema.tables) {
        const auto* known = statistics.find(table.qualifiedName());
        if (!known) continue;
        table.rows = known->sizes.rows;
        table.bytes = known->sizes.bytes;
        for (const auto& column : known->columns)
            if (const auto index = table.columnIndex(column.column)) table.columns[*index].distinct = column.distinct;
    }
}

Schema withoutSizes(Schema schema) {
    for (Table& table : schema.tables) {
        table.rows.reset();
        table.bytes.reset();
        for (Column& column : table.columns) column.distinct.reset();
    }
    return schema;
}

uint64_t structureFingerprint(const Schema& schema) { return withoutSizes(schema).fingerprint(); }

}  // namespace foreshard::schema
