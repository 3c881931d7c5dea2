#include "core/schema/postgres_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/base/units.h"
#include "core/base/words.h"
#include "core/schema/postgres_ddl.h"
#include "core/sql/facts.h"

namespace foreshard::schema {

namespace {

// What a table is on disk, asked of the file system. A lock that somebody holds on one of them is waited for.
constexpr const char* exactSizes =
    "pg_catalog.pg_total_relation_size(c.oid) AS total, pg_catalog.pg_indexes_size(c.oid) AS index, "
    "CASE WHEN c.reltoastrelid = 0 THEN 0 ELSE pg_catalog.pg_total_relation_size(c.reltoastrelid) END AS toast";
// The pages that the server counted when it last looked, which takes no lock.
constexpr const char* countedPages =
    "(p.own + p.index + p.toast) * p.block AS total, p.index * p.block AS index, p.toast * p.block AS toast";
constexpr const char* pages =
    "CROSS JOIN LATERAL (SELECT pg_catalog.current_setting('block_size')::bigint AS block, c.relpages::bigint AS own, "
    "COALESCE((SELECT pg_catalog.sum(ic.relpages) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid), 0)::bigint AS index, "
    "COALESCE((SELECT tc.relpages FROM pg_catalog.pg_class tc WHERE tc.oid = c.reltoastrelid), 0)::bigint AS toast) p ";

// Partitions are summed under the root of their tree. Rows are known where they are of every partition; a table that was never
// analysed says -1 (before version 14: no rows on no pages).
std::string sizesQuery(bool exact) {
    std::string from = postgresTables;
    if (!exact) from.insert(from.find("WHERE "), pages);
    return fmt::format(
        "SELECT n.nspname, c.relname, CASE WHEN pg_catalog.bool_or(t.unknown) THEN NULL ELSE pg_catalog.round(pg_catalog.sum(t.rows)::numeric) END, "
        "pg_catalog.sum(t.total), pg_catalog.sum(t.index), pg_catalog.sum(t.toast) "
        "FROM (SELECT COALESCE(pg_catalog.pg_partition_root(c.oid), c.oid) AS root, CASE WHEN c.relkind = 'p' THEN 0 ELSE GREATEST(c.reltuples::float8, 0) END AS rows, "
        "c.relkind = 'r' AND (c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0 AND pg_catalog.current_setting('server_version_num')::int < 140000)) AS unknown, {} {}) t "
        "JOIN pg_catalog.pg_class c ON c.oid = t.root JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace GROUP BY n.nspname, c.relname",
        exact ? exactSizes : countedPages, from);
}

// Of a partitioned table those of the whole tree.
constexpr const char* columnsFrom =
    "FROM pg_catalog.pg_stats s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND s.inherited = (c.relkind = 'p') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ";

class Reader {
public:
    Reader(const Schema& schema, PostgresReading& reading, const PostgresIntrospectionOptions& options, Job& job)
        : schema_(schema), reading_(reading), options_(options), job_(job) {
        for (const Table& table : schema.tables) {
            out_.tables.emplace_back();
            out_.tables.back().table = table.qualifiedName();
        }
    }

    Result<Statistics> read() {
        job_.beginPass("reading sizes");
        FS_TRY(readSizes());
        job_.beginPass("reading column statistics");
        FS_TRY(readColumns());
        if (options_.values) FS_TRY(readValues());
        FS_TRY(noteHidden());
        keepBasis(out_, nullptr);
        return std::move(out_);
    }

private:
    TableStatistics* tableOf(const PostgresRows& rows, size_t row) {
        const std::string name = fmt::format("{}.{}", rows.text(row, 0), rows.text(row, 1));
        return const_cast<TableStatistics*>(out_.find(name));
    }

    Result<PostgresRows> sizes() {
        FS_TRY(reading_.savepoint(job_));
        auto exact = reading_.query(sizesQuery(true), job_);
        if (exact.ok() || exact.error().category != ErrorCategory::conflict) return exact;
        FS_TRY(reading_.rollbackToSavepoint(job_));
        out_.notes.push_back("Another session holds a lock on a table: sizes are those that the server counted when it last analysed.");
        return reading_.query(sizesQuery(false), job_);
    }

    Status readSizes() {
        FS_ASSIGN(const auto rows, sizes());
        for (size_t row = 0; row < rows.size(); ++row) {
            auto* table = tableOf(rows, row);
            if (!table) continue;
            const auto number = [&](int column) { return static_cast<uint64_t>(std::max<int64_t>(rows.integer(row, column), 0)); };
            if (!rows.null(row, 2)) table->sizes.rows = number(2);
            if (rows.null(row, 3)) continue;   // dropped meanwhile
            table->sizes.bytes = number(3);
            table->indexBytes = number(4);
            table->toastBytes = number(5);
            table->tableBytes = number(3) - std::min(number(3), number(4) + number(5));
        }
        const auto never = std::count_if(out_.tables.begin(), out_.tables.end(), [](const TableStatistics& table) { return !table.sizes.rows; });
        if (never > 0) out_.notes.push_back(fmt::format("{} never been analysed: how many rows {} is not known until ANALYZE has run.", never == 1 ? "1 table has" : fmt::format("{} tables have", never), never == 1 ? "it has" : "they have"));
        return {};
    }

    Status readColumns() {
        FS_ASSIGN(const auto rows, reading_.query(fmt::format("SELECT n.nspname, c.relname, s.attname, s.null_frac, s.avg_width, s.n_distinct {} ORDER BY n.nspname, c.relname, a.attnum", columnsFrom), job_));
        for (size_t row = 0; row < rows.size(); ++row) {
            auto* table = tableOf(rows, row);
            if (!table) continue;
            ColumnStatistics column{std::string(rows.text(row, 2)), rows.real(row, 3), rows.real(row, 4), {}, {}, {}};
            // Negative: a share of the rows, which grows with them.
            const double distinct = rows.real(row, 5);
            if (distinct > 0) column.distinct = static_cast<uint64_t>(std::llround(distinct));
            if (distinct < 0 && table->sizes.rows) column.distinct = static_cast<uint64_t>(std::llround(-distinct * static_cast<double>(*table->sizes.rows)));
            table->columns.push_back(std::move(column));
        }
        return {};
    }

    // The largest tables first, until what is kept of values is used up.
    Status readValues() {
        FS_TRY(reading_.query(fmt::format("DECLARE foreshard_values NO SCROLL CURSOR FOR SELECT n.nspname, c.relname, s.attname, s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text "
                                          "{} ORDER BY c.reltuples DESC, n.nspname, c.relname, a.attnum", columnsFrom), job_).status());
        uint64_t bytes = 0;
        while (bytes <= options_.maxValueBytes) {
            FS_ASSIGN(const auto rows, reading_.query("FETCH 200 FROM foreshard_values", job_));
            if (rows.size() == 0) return {};
            for (size_t row = 0; row < rows.size() && bytes <= options_.maxValueBytes; ++row) bytes += addValues(rows, row);
        }
        out_.notes.push_back(fmt::format("Common values and histograms are kept up to {}, those of the largest tables.", formatBytes(static_cast<double>(options_.maxValueBytes))));
        return {};
    }

    uint64_t addValues(const PostgresRows& rows, size_t row) {
        auto* table = tableOf(rows, row);
        if (!table) return 0;
        const auto column = std::find_if(table->columns.begin(), table->columns.end(), [&](const ColumnStatistics& one) { return one.column == rows.text(row, 2); });
        if (column == table->columns.end()) return 0;
        const auto values = sql::arrayElements(rows.text(row, 3)), shares = sql::arrayElements(rows.text(row, 4)), ends = sql::arrayElements(rows.text(row, 5));
        for (size_t i = 0; values && shares && i < std::min(values->size(), shares->size()); ++i)
            if ((*values)[i] && (*shares)[i]) column->common.push_back({*(*values)[i], std::strtod((*shares)[i]->c_str(), nullptr)});
        for (size_t i = 0; ends && i < ends->size(); ++i)
            if ((*ends)[i]) column->histogram.push_back(*(*ends)[i]);
        return rows.text(row, 3).size() + rows.text(row, 5).size();
    }

    // pg_stats shows what a role may read, and nothing of tables whose policies hold for it.
    Status noteHidden() {
        FS_ASSIGN(const auto rows, reading_.query(fmt::format("SELECT n.nspname, c.relname {} AND NOT c.relispartition AND (NOT pg_catalog.has_any_column_privilege(c.oid, 'SELECT') OR pg_catalog.row_security_active(c.oid)) ORDER BY 1, 2", postgresTables), job_));
        std::vector<std::string> names;
        for (size_t row = 0; row < rows.size(); ++row) names.push_back(fmt::format("{}.{}", rows.text(row, 0), rows.text(row, 1)));
        if (!names.empty()) out_.notes.push_back(fmt::format("{} may not read {}: what their columns hold is not known.", reading_.user(), listed(names, 8)));
        return {};
    }

    const Schema& schema_;
    PostgresReading& reading_;
    const PostgresIntrospectionOptions& options_;
    Job& job_;
    Statistics out_;
};

}  // namespace

Result<Statistics> postgresStatistics(const Schema& schema, PostgresReading& reading, const PostgresIntrospectionOptions& options, Job& job) {
    return Reader(schema, reading, options, job).read();
}

}  // namespace foreshard::schema
