#include "core/schema/ddl_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/schema/catalog.h"
#include "core/schema/dialect_ddl.h"
#include "core/schema/script.h"

namespace foreshard::schema {

namespace {

// What a statement is by its first words; nothing where it must be parsed to know.
enum class Look { parse, silent, note };

bool any(std::string_view word, std::initializer_list<std::string_view> keywords) {
    return std::any_of(keywords.begin(), keywords.end(),
                       [&](std::string_view keyword) { return isKeyword(word, keyword); });
}

// The kind of object for the note on `CREATE …`, with how many words it takes; empty: parse it.
std::pair<std::string, size_t> leftOutKind(const std::vector<std::string>& words, size_t at) {
    const auto is = [&](size_t i, std::string_view keyword) {
        return at + i < words.size() && isKeyword(words[at + i], keyword);
    };
    if (is(0, "VIEW")) return {"view", 1};
    if (is(0, "RECURSIVE") && is(1, "VIEW")) return {"view", 2};
    if (is(0, "MATERIALIZED") && is(1, "VIEW")) return {"materialized view", 2};
    if (is(0, "FUNCTION") || is(0, "PROCEDURE") || is(0, "AGGREGATE")) return {"function", 1};
    if (is(0, "TRIGGER")) return {"trigger", 1};
    if ((is(0, "CONSTRAINT") || is(0, "EVENT")) && is(1, "TRIGGER")) return {"trigger", 2};
    if (is(0, "EXTENSION")) return {"extension", 1};
    if (is(0, "RULE")) return {"rule", 1};
    return {};
}

Look look(std::string_view statement, LeftOut& left) {
    const auto words = leadingWords(statement, 10);
    if (words.empty()) return Look::parse;
    if (any(words[0],
            {"COMMENT", "GRANT", "REVOKE", "INSERT", "COPY", "BEGIN", "START", "COMMIT", "ROLLBACK", "ANALYZE",
             "VACUUM", "REFRESH", "DO", "UPDATE", "DELETE", "REINDEX", "SECURITY", "LOCK", "TRUNCATE"}))
        return Look::silent;
    if (isKeyword(words[0], "SELECT")) return statement.size() < 1000 ? Look::parse : Look::silent;
    if (!isKeyword(words[0], "CREATE")) return Look::parse;
    size_t at = 1;
    while (at < words.size() && any(words[at], {"OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL"})) ++at;
    const auto [kind, count] = leftOutKind(words, at);
    if (kind.empty()) return Look::parse;
    at += count;
    while (at < words.size() && any(words[at], {"IF", "NOT", "EXISTS"})) ++at;
    left = {kind, at < words.size() ? words[at] : std::string("without a name")};
    return Look::note;
}

class Reader {
public:
    Reader(Catalog& catalog, const DdlText& source, Diagnostics& diagnostics)
        : catalog_(catalog), source_(source), diagnostics_(diagnostics) {}

    void read() {
        catalog_.setSearchPath({});
        dialect_ = dialectOfScript(source_.text);
        std::string buffer;
        for (const ScriptStatement& statement : splitScript(sql::translated(source_.text, dialect_, buffer))) readOne(statement);
    }

private:
    void readOne(const ScriptStatement& statement) {
        LeftOut left;
        const Look seen = look(statement.text, left);
        if (seen == Look::silent) return;
        if (seen == Look::note) {
            if (left.kind == "trigger" && readTrigger(statement)) return;
            if (left.kind == "function") catalog_.noteFunction(left.name, statement.text);
            return catalog_.leaveOut(left.kind, left.name);
        }
        if (statement.cut)
            return diagnose(Severity::error, "ddl_cut", statement.line, 0,
                            "A quote or comment in this statement never closes; it was left out.");
        if (dialect_ != sql::Dialect::mysql) return parse(statement, statement.text, statement.line);
        const std::string standard = standardDdl(statement.text);
        if (standard.empty()) return;
        const ParsedDdl parsed = parseDdl(standard, statement.tokens);
        if (parsed.error.empty()) return apply(parsed, statement.line);
        diagnose(Severity::error, statement.tokens > maxDdlTokens ? "ddl_too_long" : "ddl_syntax", statement.line, 0,
                 fmt::format("The statement that starts on line {} was left out: {}.", statement.line, parsed.error));
    }

    // A trigger of PostgreSQL; those of other servers carry their code with them, and are noted as left out.
    bool readTrigger(const ScriptStatement& statement) {
        if (statement.cut || dialect_ == sql::Dialect::mysql) return false;
        const ParsedDdl parsed = parseDdl(statement.text, statement.tokens);
        const bool read = parsed.error.empty() && parsed.statements.size() == 1 && std::holds_alternative<CreateTrigger>(parsed.statements.front());
        if (read) apply(parsed, statement.line);
        return read;
    }

    void parse(const ScriptStatement& statement, std::string_view text, uint64_t line) {
        const ParsedDdl parsed = parseDdl(text, statement.tokens);
        if (parsed.error.empty()) return apply(parsed, line);
        const size_t offset = std::min<size_t>(parsed.errorOffset, text.size());
        if (secondStatement(statement, text, offset, line)) return;
        const std::string_view before = text.substr(0, offset);
        const size_t lineBegin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
        const bool tooLong = statement.tokens > maxDdlTokens;
        diagnose(Severity::error, tooLong ? "ddl_too_long" : "ddl_syntax",
                 line + static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n')),
                 tooLong ? 0 : offset - lineBegin + 1,
                 fmt::format("The statement that starts on line {} was left out: {}.", line, parsed.error));
    }

    // A forgotten semicolon: the parser stumbles over the CREATE or ALTER of the next line. Both halves are read.
    bool secondStatement(const ScriptStatement& statement, std::string_view text, size_t offset, uint64_t line) {
        if (offset == 0 || offset >= text.size() || text[offset - 1] != '\n' ||
            !startsStatement(text.substr(offset, 16)))
            return false;
        const ParsedDdl first = parseDdl(text.substr(0, offset), statement.tokens);
        if (!first.error.empty()) return false;
        const uint64_t second = line + static_cast<uint64_t>(std::count(
                                           text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
        diagnose(Severity::note, "missing_semicolon", second, 1,
                 "A semicolon is missing before this line; both statements were read.");
        apply(first, line);
        parse(statement, text.substr(offset), second);
        return true;
    }

    void apply(const ParsedDdl& parsed, uint64_t line) {
        for (const DdlStatement& one : parsed.statements) {
            Catalog::Outcome outcome = catalog_.apply(one);
            if (!outcome.problem.empty()) diagnose(Severity::warning, outcome.reason, line, 0, outcome.problem);
        }
    }

    void diagnose(Severity severity, const std::string& reason, uint64_t line, uint64_t column, std::string message) {
        diagnostics_.add({severity, reason, source_.name, line, column, std::move(message)});
    }

    Catalog& catalog_;
    const DdlText& source_;
    sql::Dialect dialect_ = sql::Dialect::standard;
    Diagnostics& diagnostics_;
};

}  // namespace

DdlReading readDdl(std::span<const DdlText> texts) {
    DdlReading out;
    Catalog catalog;
    for (const DdlText& text : texts) Reader(catalog, text, out.diagnostics).read();
    std::vector<std::string> problems;
    out.schema = catalog.finish(problems);
    for (std::string& problem : problems)
        out.diagnostics.add({Severity::warning, "unknown_reference", texts.empty() ? std::string() : texts[0].name, 0,
                             0, std::move(problem)});
    return out;
}

Result<DdlEffect> applyDdl(Schema& schema, std::string_view statement, const std::vector<std::string>& searchPath) {
    DdlEffect effect;
    std::vector<ParsedDdl> parsed;
    for (const ScriptStatement& one : splitScript(statement)) {
        LeftOut left;
        if (look(one.text, left) != Look::parse) continue;
        parsed.push_back(parseDdl(one.text, one.tokens));
        // A log of MySQL has its own grammar; its words were translated by the reader.
        if (!parsed.back().error.empty())
            if (auto other = parseDdl(standardDdl(one.text), one.tokens); other.error.empty()) parsed.back() = std::move(other);
        if (!parsed.back().error.empty())
            return Error{ErrorCategory::format,
                         fmt::format("The DDL statement does not parse: {}.", parsed.back().error),
                         {},
                         {}};
    }
    // Most statements of a log that come here (temporary tables, SET, functions) change nothing: spare them the copy.
    const bool nothing = std::all_of(parsed.begin(), parsed.end(), [](const ParsedDdl& one) {
        return std::all_of(one.statements.begin(), one.statements.end(), [](const DdlStatement& s) {
            const auto* create = std::get_if<CreateTable>(&s);
            return std::holds_alternative<LeftOut>(s) || (create && create->temporary);
        });
    });
    if (nothing) return effect;
    Catalog catalog(schema);
    catalog.setSearchPath(searchPath);
    for (const ParsedDdl& one : parsed) {
        for (const DdlStatement& step : one.statements) {
            Catalog::Outcome outcome = catalog.apply(step);
            if (!outcome.problem.empty() && outcome.reason != "duplicate_table")
                return Error{
                    ErrorCategory::notFound, outcome.problem, "Give the schema that the log was made with.", {}};
            effect.changed |= outcome.changed;
            if (!outcome.table.empty()) effect.table = outcome.table;
        }
    }
    std::vector<std::string> ignored;
    if (effect.changed) schema = catalog.finish(ignored);
    return effect;
}

}  // namespace foreshard::schema
