#include "core/models/cardinality/queries.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/models/portfolio/csv.h"
#include "core/sql/template.h"

namespace foreshard::models {

namespace {

// Where the conditions of a statement come from: its facts, and the literals in their slots.
class Reader {
public:
    Reader(const sql::StatementFacts& facts, const SlotTexts& textsOf) : facts_(facts), textsOf_(textsOf) {}
    CountedQuery read() {
        for (const auto& table : facts_.tables) query_.uses.push_back({table.name, table.alias.empty() ? table.name : table.alias, {}, 0, 0});
        for (const auto& predicate : facts_.predicates) add(predicate);
        for (const auto& join : facts_.joins) add(join);
        query_.plan = planOf();
        return std::move(query_);
    }

private:
    const std::string& alias(uint32_t use) const { return query_.uses[use].alias; }
    void add(const sql::Predicate& predicate) {
        if (predicate.column.table >= query_.uses.size()) return;
        QueryCondition condition{predicate.column.table, predicate.column.expression, predicate.op, {}};
        std::vector<std::string> texts;
        for (const uint32_t slot : predicate.slots)
            for (auto& text : textsOf_(slot)) texts.push_back(std::move(text));
        if (predicate.array && !texts.empty())
            if (const auto elements = sql::arrayElements(texts[0])) {
                texts.clear();
                for (const auto& element : *elements) texts.push_back(element.value_or(""));
            }
        if (condition.op == sql::Operator::in) std::sort(texts.begin(), texts.end());
        std::string key = alias(condition.use) + "." + condition.column + " " + sql::toString(condition.op);
        for (const auto& text : texts) {
            condition.values.push_back(literalNumber(text));
            key += " '" + text + "'";
        }
        query_.conditions.push_back(std::move(condition));
        keys_.push_back(std::move(key));
    }
    void add(const sql::EquiJoin& join) {
        if (join.left.table >= query_.uses.size() || join.right.table >= query_.uses.size()) return;
        query_.joins.push_back({join.left.table, join.right.table, join.left.expression, join.right.expression});
        std::string left = alias(join.left.table) + "." + join.left.expression, right = alias(join.right.table) + "." + join.right.expression;
        if (right < left) std::swap(left, right);
        keys_.push_back(left + " = " + right);
    }
    uint64_t planOf() {
        for (const auto& use : query_.uses) keys_.push_back(use.alias);
        std::sort(keys_.begin(), keys_.end());
        keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
        uint64_t hash = keys_.size();
        for (const auto& key : keys_) hash = combineHash(hash, hashText(key));
        return hash;
    }

    const sql::StatementFacts& facts_;
    const SlotTexts& textsOf_;
    CountedQuery query_;
    std::vector<std::string> keys_;
};

Error nothingIn(const std::string& name) {
    return {ErrorCategory::format, name + " has no counted queries that can be read.",
            "Give a CSV file with the columns sql,true_rows, or lines of tables#joins#column,op,value#rows.", {}};
}

struct Broken {
    size_t lines = 0, counts = 0, statements = 0;
    void say(Job& job, const std::string& name) const {
        const auto note = [&](size_t count, const char* reason, const std::string& what) {
            if (count) job.diagnose({Severity::warning, reason, name, 0, 0, std::to_string(count) + what});
        };
        note(lines, "broken_line", " lines of " + name + " could not be read and were left out.");
        note(counts, "broken_count", " queries of " + name + " have a count of rows that is negative or no number, and were left out.");
        note(statements, "unreadable_sql", " statements of " + name + " could not be read as a SELECT over tables, and were left out.");
    }
};

std::optional<double> countOf(std::string_view text) {
    const auto number = csvNumber(text);
    return number && std::isfinite(*number) && *number >= 0 ? number : std::nullopt;
}

Result<std::vector<CountedQuery>> readCsv(std::string_view text, const std::string& name, Job& job) {
    CsvLines lines(text);
    std::vector<std::string> cells;
    std::optional<size_t> sql, rows, estimate, group;
    if (lines.next(cells))
        for (size_t i = 0; i < cells.size(); ++i) {
            if (cells[i] == "sql") sql = i;
            if (cells[i] == "true_rows") rows = i;
            if (cells[i] == "estimate") estimate = i;
            if (cells[i] == "group") group = i;
        }
    if (!sql || !rows) return nothingIn(name);
    std::vector<CountedQuery> queries;
    Broken broken;
    while (lines.next(cells)) {
        FS_TRY(job.checkpoint());
        if (cells.size() <= std::max(*sql, *rows)) {
            ++broken.lines;
            continue;
        }
        const auto count = countOf(cells[*rows]);
        auto query = count ? readQuery(cells[*sql]) : std::nullopt;
        if (!query) {
            ++(count ? broken.statements : broken.counts);
            continue;
        }
        query->rows = *count;
        if (estimate && *estimate < cells.size()) query->estimate = countOf(cells[*estimate]);
        query->group = group && *group < cells.size() && !cells[*group].empty() ? hashText(cells[*group]) : query->plan;
        queries.push_back(std::move(*query));
    }
    broken.say(job, name);
    return queries;
}

// "a,b#a.x=b.y#a.z,<,5,b.u,=,7#12" as the SELECT that it stands for; nothing where it is cut short.
std::optional<std::string> statementOf(const std::vector<std::string>& parts) {
    if (parts.size() != 4 || parts[0].empty()) return std::nullopt;
    std::string where = parts[1];
    for (size_t comma = where.find(','); comma != std::string::npos; comma = where.find(',', comma)) where.replace(comma, 1, " AND ");
    std::vector<std::string> cells;
    CsvLines line(parts[2]);
    if (line.next(cells) && cells.size() % 3 != 0) return std::nullopt;
    for (size_t i = 0; i + 2 < cells.size(); i += 3) where += (where.empty() ? "" : " AND ") + cells[i] + " " + cells[i + 1] + " " + cells[i + 2];
    return "SELECT count(*) FROM " + parts[0] + (where.empty() ? "" : " WHERE " + where);
}

std::vector<std::string> partsOf(std::string_view line) {
    std::vector<std::string> parts;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    for (size_t end = line.find('#'); end != std::string_view::npos; end = line.find('#')) {
        parts.emplace_back(line.substr(0, end));
        line.remove_prefix(end + 1);
    }
    parts.emplace_back(line);
    return parts;
}

constexpr size_t sampleBytes = 125;   // 1,000 rows

// The bitmaps of one query: how many, 32 bits little-endian, then one a table.
bool takeSamples(std::string_view& bytes, CountedQuery& query) {
    if (bytes.size() < 4) return false;
    uint32_t count = 0;
    for (size_t b = 0; b < 4; ++b) count |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[b])) << (8 * b);
    bytes.remove_prefix(4);
    if (count > bytes.size() / sampleBytes) return false;
    for (uint32_t i = 0; i < count; ++i, bytes.remove_prefix(sampleBytes)) {
        if (count != query.uses.size()) continue;
        auto& use = query.uses[i];
        use.sample.assign(bytes.begin(), bytes.begin() + sampleBytes);
        use.sampleRows = 8 * sampleBytes;
        for (const uint8_t byte : use.sample) use.sampleHits += static_cast<uint32_t>(std::popcount(byte));
    }
    return true;
}

Result<std::vector<CountedQuery>> readParts(std::string_view text, std::string_view samples, const std::string& name, Job& job) {
    std::vector<CountedQuery> queries;
    Broken broken;
    const bool sampled = !samples.empty();
    while (!text.empty()) {
        FS_TRY(job.checkpoint());
        const size_t end = std::min(text.size(), text.find('\n'));
        const auto parts = partsOf(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (parts.size() == 1 && parts[0].empty()) continue;
        const auto statement = statementOf(parts);
        auto query = statement ? readQuery(*statement) : std::nullopt;
        CountedQuery passedOver;
        if (sampled && !takeSamples(samples, query ? *query : passedOver))
            return Error{ErrorCategory::format, "The samples beside " + name + " end before its queries do.", "Give the samples that belong to this file, or none.", {}};
        const auto count = query ? countOf(parts[3]) : std::nullopt;
        if (!count) {
            ++(!statement ? broken.lines : query ? broken.counts : broken.statements);
            continue;
        }
        query->rows = *count;
        query->group = query->plan;
        queries.push_back(std::move(*query));
    }
    broken.say(job, name);
    return queries;
}

}  // namespace

double literalNumber(std::string_view text) {
    if (const auto number = csvNumber(text); number && std::isfinite(*number)) return *number;
    if (const auto time = parseTime(text)) return static_cast<double>(*time);
    double value = 0, place = 1;
    for (size_t i = 0; i < std::min<size_t>(6, text.size()); ++i) value += static_cast<double>(static_cast<unsigned char>(text[i])) * (place /= 256);
    return value;
}

CountedQuery queryOf(const sql::StatementFacts& facts, const SlotTexts& textsOf) { return Reader(facts, textsOf).read(); }

std::optional<CountedQuery> readQuery(std::string_view sql) {
    thread_local sql::TemplateScanner scanner;
    const auto facts = sql::statementFacts(sql);
    if (!facts.parsed || facts.kind != sql::StatementKind::select || facts.tables.empty()) return std::nullopt;
    const auto& literals = scanner.scan(sql).literals;
    return queryOf(facts, [&](uint32_t slot) {
        std::vector<std::string> texts;
        for (const auto& literal : literals)
            if (literal.slot == slot) texts.emplace_back(literal.text);
        return texts;
    });
}

Result<std::vector<CountedQuery>> readCountedQueries(std::string_view text, std::string_view samples, const std::string& name, Job& job) {
    const std::string_view firstLine = text.substr(0, text.find('\n'));
    const bool inParts = std::count(firstLine.begin(), firstLine.end(), '#') == 3 && !firstLine.starts_with("sql");
    FS_ASSIGN(auto queries, inParts ? readParts(text, samples, name, job) : readCsv(text, name, job));
    if (queries.empty()) return nothingIn(name);
    return queries;
}

Result<KnownColumns> readKnownColumns(std::string_view csv, const std::string& name) {
    CsvLines lines(csv);
    std::vector<std::string> cells;
    const Error unreadable{ErrorCategory::format, name + " does not say what its columns hold.", "Give a CSV file with the columns name,min,max,cardinality,num_unique_values.", {}};
    if (!lines.next(cells) || cells.size() < 5 || cells[0] != "name") return unreadable;
    KnownColumns known;
    while (lines.next(cells)) {
        double numbers[4];
        if (cells.size() < 5) return unreadable;
        for (size_t i = 0; i < 4; ++i) {
            const auto number = csvNumber(cells[i + 1]);
            if (!number || !std::isfinite(*number)) return unreadable;
            numbers[i] = *number;
        }
        known[cells[0]] = {numbers[0], numbers[1], numbers[2], numbers[3]};
    }
    return known;
}

}  // namespace foreshard::models
