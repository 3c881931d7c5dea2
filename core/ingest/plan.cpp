#include "core/ingest/plan.h"

#include <simdjson.h>

#include <cmath>

#include "core/ingest/message.h"
#include "core/ingest/reader.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::dom;

std::string_view takeLine(std::string_view& text) {
    const size_t newline = text.find('\n');
    const auto line = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    return line;
}

// "… (actual time=0.1..0.2 rows=4 loops=1)", "(actual rows=4.00 loops=1)", "(never executed)"; -1: was not measured.
int64_t actualRows(std::string_view node) {
    if (node.find("(never executed)") != std::string_view::npos) return 0;
    const size_t actual = node.find("(actual ");
    const size_t rows = actual == std::string_view::npos ? actual : node.find("rows=", actual);
    if (rows == std::string_view::npos) return -1;
    uint64_t count = 0;
    const auto digits = node.substr(rows + 5, node.find_first_not_of("0123456789", rows + 5) - rows - 5);
    return readNumber(digits, count) && count <= INT64_MAX ? static_cast<int64_t>(count) : -1;
}

bool changesRows(std::string_view node) {
    for (const std::string_view word : {"Insert on ", "Update on ", "Delete on ", "Merge on "})
        if (node.starts_with(word)) return true;
    return false;
}

// The number behind `label` in a line of its own.
int64_t numberBehind(std::string_view text, std::string_view label) {
    const size_t at = text.find(label);
    if (at == std::string_view::npos) return -1;
    uint64_t number = 0;
    const auto rest = text.substr(at + label.size());
    return readNumber(rest.substr(0, rest.find_first_not_of("0123456789")), number) ? static_cast<int64_t>(number) : -1;
}

// Of a node that changes rows, those that its first child brings; where a conflict leaves rows out, those that were inserted.
int64_t changedRows(std::string_view below) {
    if (below.substr(0, below.find("->  ")).find("Conflict Resolution: NOTHING") != std::string_view::npos) return numberBehind(below, "Tuples Inserted: ");
    while (!below.empty())
        if (const auto line = takeLine(below); line.starts_with("  ->  ")) return actualRows(line);
    return -1;
}

int64_t numberOf(json::object node, const char* key) {
    int64_t whole = 0;
    double real = 0;
    if (!node[key].get(whole)) return whole;
    return node[key].get(real) || !(real >= 0 && real < 9e15) ? -1 : static_cast<int64_t>(std::llround(real));
}

// A node that runs several times tells its rows of one of them.
int64_t jsonRows(json::object node) {
    const int64_t rows = numberOf(node, "Actual Rows"), loops = numberOf(node, "Actual Loops");
    if (loops == 0) return 0;
    return rows < 0 ? -1 : rows;
}

int64_t jsonChangedRows(json::object node) {
    std::string_view resolution;
    if (!node["Conflict Resolution"].get(resolution) && resolution == "NOTHING") return numberOf(node, "Tuples Inserted");
    json::array below;
    json::object first;
    return node["Plans"].get(below) || below.at(0).get(first) ? -1 : jsonRows(first);
}

}  // namespace

bool PlanReader::readText(std::string_view text, Plan& out) {
    if (!text.starts_with("Query Text: ")) return false;
    text.remove_prefix(12);
    const auto rest = text;
    // The root is the first line of a node; the statement may have any number of lines before.
    for (size_t end = 0;;) {
        const auto line = takeLine(text);
        if (!line.empty() && line[0] != ' ' && line[0] != '\t' && line.find("  (cost=") != std::string_view::npos && line.ends_with(')')) {
            if (changesRows(line)) out.changes = line[0];
            out.rows = out.changes && actualRows(line) >= 0 ? changedRows(text) : actualRows(line);
            out.statement = rest.substr(0, end);
            const size_t parameters = out.statement.rfind("\nQuery Parameters: ");
            if (parameters == std::string_view::npos) return true;
            out.parameters = out.statement.substr(parameters + 1);
            out.statement = out.statement.substr(0, parameters);
            return true;
        }
        if (text.empty()) return false;
        end = static_cast<size_t>(text.data() - rest.data()) - 1;
    }
}

bool PlanReader::readJson(std::string_view text, Plan& out) {
    buffer_.assign(text);
    buffer_.reserve(buffer_.size() + simdjson::SIMDJSON_PADDING);
    json::parser parser;
    json::object all, root;
    std::string_view statement, parameters, type, operation;
    if (parser.parse(buffer_.data(), buffer_.size(), false).get(all) || all["Query Text"].get(statement) || all["Plan"].get(root) || root["Node Type"].get(type)) return false;
    statement_.assign(statement);
    parameters_.clear();
    if (!all["Query Parameters"].get(parameters)) parameters_.append("Query Parameters: ").append(parameters);
    out.statement = statement_;
    out.parameters = parameters_;
    if (type == "ModifyTable" && !root["Operation"].get(operation) && !operation.empty()) out.changes = operation[0];
    out.rows = type == "ModifyTable" && jsonRows(root) >= 0 ? jsonChangedRows(root) : jsonRows(root);
    return true;
}

bool PlanReader::read(std::string_view text, Plan& out) {
    out = Plan();
    const size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) return false;
    return text[begin] == '{' ? readJson(text.substr(begin), out) : readText(text.substr(begin), out);
}

bool isInnerPlan(const LogRecord& record, const Plan& plan) { return !record.context.empty() || startsWithWord(plan.statement, "DECLARE"); }

bool isPlanOf(std::string_view planStatement, std::string_view statement) {
    return planStatement == statement || (startsWithWord(planStatement, "PREPARE") && planStatement.ends_with(statement));
}

PlanUse planUseOf(uint64_t plans, uint64_t statements) { return plans == 0 ? PlanUse::none : statements == 0 ? PlanUse::calls : PlanUse::rows; }

}  // namespace foreshard::ingest
