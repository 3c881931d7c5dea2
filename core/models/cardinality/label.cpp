#include "core/models/cardinality/label.h"

#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "core/models/cardinality/log_queries.h"
#include "core/schema/sqlite_open.h"
#include "core/workload/mask_form.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int busyMilliseconds = 2'000;
constexpr int instructions = 10'000;   // of SQLite's machine, between two looks at the clock

Clock::time_point after(Clock::time_point start, double seconds) { return start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds)); }

// A name as SQLite quotes it.
std::string quoted(const std::string& name) {
    const std::unique_ptr<char, void (*)(void*)> text(sqlite3_mprintf("\"%w\"", name.c_str()), sqlite3_free);
    return text ? text.get() : std::string();
}

class Copy {
public:
    explicit Copy(Job& job) : job_(job) {}
    ~Copy() { sqlite3_close(db_); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    Status open(const std::filesystem::path& file, Clock::time_point end, double statementSeconds) {
        end_ = end;
        statementSeconds_ = statementSeconds;
        if (schema::openToRead(file.c_str(), &db_, busyMilliseconds) != SQLITE_OK)
            return Error{ErrorCategory::io, file.string() + " cannot be read as a SQLite database.", "Name a SQLite database file.", db_ ? sqlite3_errmsg(db_) : ""};
        sqlite3_progress_handler(db_, instructions, &Copy::overdue, this);
        return {};
    }
    bool ended() const { return Clock::now() >= end_; }
    // The copy's own spelling is asked for: a name in double quotes that is no column would be taken for a text.
    bool has(const std::string& table, const std::string& column) const {
        return sqlite3_table_column_metadata(db_, nullptr, table.c_str(), column.empty() ? nullptr : column.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    // The first row; nothing where it took too long or failed.
    std::optional<std::vector<std::string>> ask(const std::string& sql, const std::vector<Value>& values, int columns) {
        sqlite3_stmt* statement = nullptr;
        std::optional<std::vector<std::string>> row;
        late_ = std::min(end_, after(Clock::now(), statementSeconds_));
        bool bound = sqlite3_prepare_v2(db_, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr) == SQLITE_OK;
        for (size_t i = 0; i < values.size() && bound; ++i) bound = bind(statement, static_cast<int>(i) + 1, values[i]);
        if (bound && sqlite3_step(statement) == SQLITE_ROW) {
            row.emplace();
            for (int c = 0; c < columns; ++c) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, c));
                row->emplace_back(text ? text : "");
            }
        }
        sqlite3_finalize(statement);
        return row;
    }

private:
    static bool bind(sqlite3_stmt* statement, int place, const Value& value) {
        switch (value.kind) {
            case ValueKind::integer:
            case ValueKind::boolean: return sqlite3_bind_int64(statement, place, value.number) == SQLITE_OK;
            case ValueKind::real: return sqlite3_bind_double(statement, place, literalNumber(value.text)) == SQLITE_OK;
            case ValueKind::text:
            case ValueKind::uuid: return sqlite3_bind_text(statement, place, value.text.data(), static_cast<int>(value.text.size()), SQLITE_TRANSIENT) == SQLITE_OK;
            default: return false;
        }
    }
    static int overdue(void* self) {
        const auto* own = static_cast<const Copy*>(self);
        return own->job_.stopRequested() || Clock::now() >= own->late_;
    }

    Job& job_;
    sqlite3* db_ = nullptr;
    Clock::time_point end_, late_;
    double statementSeconds_ = 0;
};

struct Counting {
    std::string sql;
    std::vector<Value> values;
};

// FROM and WHERE of one call, from its facts.
class CountingBuilder {
public:
    CountingBuilder(const Copy& copy, const CountedQuery& query, const sql::StatementFacts& facts, const std::vector<std::vector<Value>>& slots)
        : copy_(copy), query_(query), facts_(facts), slots_(slots) {}

    std::optional<Counting> build() {
        std::string from;
        for (size_t u = 0; u < query_.uses.size(); ++u) {
            if (facts_.tables[u].level > 0 || !copy_.has(query_.uses[u].table, {})) return std::nullopt;
            from += (from.empty() ? "" : ", ") + quoted(query_.uses[u].table) + " AS t" + std::to_string(u);
        }
        for (const auto& predicate : facts_.predicates)
            if (!add(predicate)) return std::nullopt;
        for (const auto& join : facts_.joins) {
            const auto left = column(join.left), right = column(join.right);
            if (!left || !right || !join.flowsLeft || !join.flowsRight) return std::nullopt;   // an outer join is another count
            add(*left + " = " + *right);
        }
        counting_.sql = "SELECT count(*) FROM " + from + (where_.empty() ? "" : " WHERE " + where_);
        return std::move(counting_);
    }

private:
    void add(const std::string& condition) { where_ += (where_.empty() ? "" : " AND ") + condition; }
    std::optional<std::string> column(const sql::ColumnExpression& expression) const {
        if (expression.table >= query_.uses.size() || !expression.bare() || !copy_.has(query_.uses[expression.table].table, expression.column)) return std::nullopt;
        return "t" + std::to_string(expression.table) + "." + quoted(expression.column);
    }
    bool add(const sql::Predicate& predicate) {
        using sql::Operator;
        const auto left = column(predicate.column);
        if (!left) return false;
        if (predicate.op == Operator::isNull) return add(*left + " IS NULL"), true;
        std::vector<Value> values;
        for (const uint32_t slot : predicate.slots)
            if (slot < slots_.size()) values.insert(values.end(), slots_[slot].begin(), slots_[slot].end());
        for (const auto& value : values)   // times are written in many ways: which one the copy uses, nobody said
            if (!value.known() || value.kind == ValueKind::timestamp || value.kind == ValueKind::bytes || workload::isMask(value)) return false;
        if (values.empty() || predicate.array) return false;
        const auto single = [&](const char* op) { return values.size() == 1 && (add(*left + op + "?"), true); };
        bool told = false;
        switch (predicate.op) {
            case Operator::equal: told = single(" = "); break;
            case Operator::less: told = single(" < "); break;
            case Operator::lessEqual: told = single(" <= "); break;
            case Operator::greater: told = single(" > "); break;
            case Operator::greaterEqual: told = single(" >= "); break;
            case Operator::between:
                told = values.size() == 2;
                add(*left + " BETWEEN ? AND ?");
                break;
            case Operator::in: {
                std::string places = "?";
                for (size_t i = 1; i < values.size(); ++i) places += ", ?";
                add(*left + " IN (" + places + ")");
                told = true;
                break;
            }
            default: break;
        }
        counting_.values.insert(counting_.values.end(), values.begin(), values.end());
        return told;
    }

    const Copy& copy_;
    const CountedQuery& query_;
    const sql::StatementFacts& facts_;
    const std::vector<std::vector<Value>>& slots_;
    Counting counting_;
    std::string where_;
};

// Ranges and distinct values of the columns that queries use, one statement each.
void learnColumns(Copy& copy, Labels& labels) {
    std::set<std::pair<std::string, std::string>> wanted;
    for (const auto& query : labels.queries) {
        for (const auto& condition : query.conditions) wanted.emplace(query.uses[condition.use].table, condition.column);
        for (const auto& join : query.joins) {
            wanted.emplace(query.uses[join.left].table, join.leftColumn);
            wanted.emplace(query.uses[join.right].table, join.rightColumn);
        }
    }
    for (const auto& [table, column] : wanted) {
        if (!copy.has(table, column)) continue;
        const auto name = quoted(column);
        const auto row = copy.ask("SELECT count(*), count(DISTINCT " + name + "), min(" + name + "), max(" + name + ") FROM " + quoted(table), {}, 4);
        if (!row) continue;
        const double rows = literalNumber((*row)[0]), distinct = literalNumber((*row)[1]);
        KnownColumn own{1, 0, rows, distinct};
        if (distinct > 0) own.low = literalNumber((*row)[2]), own.high = literalNumber((*row)[3]);
        labels.columns[table + "." + column] = own;
    }
}

}  // namespace

Result<Labels> labelCalls(const workload::Workload& workload, const std::filesystem::path& sqlite, const LabelOptions& options, Job& job) {
    const auto start = Clock::now();
    Labels labels;
    Copy copy(job);
    FS_TRY(copy.open(sqlite, after(start, options.limitSeconds), options.statementSeconds));
    std::set<workload::TemplateId> counted;
    for (const auto& transaction : workload.facts->transactions)
        for (const auto& call : transaction.calls)
            if (call.rows >= 0) counted.insert(call.templateId);
    auto picked = pickCalls(workload, options.most, [&](const workload::Template& own, const workload::SampledCall& call) { return findsRows(own.facts) && !counted.contains(call.templateId); });
    labels.asked = picked.size();
    job.beginPass("counting rows on the copy", picked.size(), "queries");
    for (size_t i = 0; i < picked.size(); ++i) {
        FS_TRY(job.checkpoint());
        job.progress(i);
        if (copy.ended()) {
            labels.ended = true;
            break;
        }
        const auto& own = workload.facts->templates[picked[i].id].facts;
        const auto counting = CountingBuilder(copy, picked[i].query, own, picked[i].call->slots).build();
        const auto row = counting ? copy.ask(counting->sql, counting->values, 1) : std::nullopt;
        if (!row) {
            ++(counting ? labels.slow : labels.untold);
            continue;
        }
        picked[i].query.rows = literalNumber((*row)[0]);
        labels.queries.push_back(std::move(picked[i].query));
    }
    FS_TRY(job.checkpoint());
    learnColumns(copy, labels);
    return labels;
}

}  // namespace foreshard::models
