// Tables and columns of a statement by its tokens alone: the half of the token-level reader that resolves names. Internal to sql.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/sql/facts_blocks.h"

namespace foreshard::sql {

StatementKind kindOfWord(const std::string& word);
// Ends a clause that begins with WHERE or SET.
bool endsClause(const TraceToken& token);

class TokenTables {
protected:
    explicit TokenTables(const Trace& trace) : trace_(trace), tokens_(trace.tokens), queries_(trace.tokens) {}

    const TraceToken& at(size_t i) const {
        static const TraceToken none{TraceKind::punct};
        return i < tokens_.size() ? tokens_[i] : none;
    }

    // A statement that the log has cut off may have gone on with OR.
    bool whole() const {
        if (trace_.cut || !queries_.balanced || tokens_.empty()) return false;
        const TraceToken& last = tokens_.back();
        return last.kind != TraceKind::op && !last.is(",") && !last.is(".") && !last.isWord("and") &&
               !last.isWord("or") && !last.isWord("where");
    }

    StatementKind kind() {
        size_t i = 0;
        while (at(i).is("(")) ++i;
        if (!at(i).isIdentifier()) return StatementKind::unknown;
        const std::string first = identifierOf(at(i));
        if (first == "with") {
            readCteNames();
            for (++i; i < tokens_.size(); ++i) {
                if (queries_.depth[i] != 0) continue;
                for (const char* word : {"select", "insert", "update", "delete", "merge"}) {
                    if (at(i).isWord(word)) return kindOfWord(word);
                }
            }
            return StatementKind::unknown;
        }
        if (first == "rollback" && anyWord("to")) return StatementKind::rollbackToSavepoint;
        if (first == "rollback" && at(i + 1).isWord("prepared")) return StatementKind::rollbackPrepared;
        if (first == "commit" && at(i + 1).isWord("prepared")) return StatementKind::commitPrepared;
        if (first == "prepare" && at(i + 1).isWord("transaction")) return StatementKind::prepareTransaction;
        if (first == "start" && !at(i + 1).isWord("transaction")) return StatementKind::utility;
        return kindOfWord(first);
    }

    bool anyWord(std::string_view word) const {
        return std::any_of(tokens_.begin(), tokens_.end(), [&](const TraceToken& t) { return t.isWord(word); });
    }

    void readCteNames() {
        for (size_t i = 1; i + 2 < tokens_.size(); ++i) {
            const bool starts = at(i - 1).isWord("with") || at(i - 1).isWord("recursive") || at(i - 1).is(",");
            if (starts && at(i).isIdentifier() && at(i + 1).isWord("as")) ctes_.insert(identifierOf(at(i)));
        }
    }

    void readSetting() {
        size_t i = 1;
        while (at(i).isWord("local") || at(i).isWord("session")) facts_.settingLocal |= at(i++).isWord("local");
        for (; i < tokens_.size() && !at(i).is("=") && !at(i).isWord("to") && at(i).kind != TraceKind::slot; ++i) {
            facts_.setting += at(i).isIdentifier() ? identifierOf(at(i)) : std::string(at(i).source);
        }
        for (; i < tokens_.size(); ++i) {
            if (at(i).kind == TraceKind::slot) facts_.settingSlots.push_back(at(i).slot);
        }
    }

    // name, schema.name; `i` ends behind it.
    std::optional<TableUse> readName(size_t& i) const {
        std::vector<std::string> parts;
        while (at(i).isIdentifier()) {
            if (at(i).kind == TraceKind::word && at(i).keyword.reserved && parts.empty()) return std::nullopt;
            parts.push_back(identifierOf(at(i++)));
            if (!at(i).is(".")) break;
            ++i;
        }
        if (parts.empty()) return std::nullopt;
        TableUse use;
        use.name = parts.back();
        if (parts.size() > 1) use.schema = parts[parts.size() - 2];
        return use;
    }

    // `from`: the word in front of it.
    void addTable(size_t from, size_t& i, bool written, bool functionsToo) {
        auto& block = queries_.blocks[queries_.of[from]];
        if (at(i).isWord("only") || at(i).isWord("lateral")) ++i;
        auto use = readName(i);
        if (!use || (use->schema.empty() && ctes_.count(use->name)) || (functionsToo && at(i).is("("))) {
            block.otherSources = true;
            return;
        }
        if (at(i).isWord("as")) ++i;
        if (at(i).kind == TraceKind::name ||
            (at(i).kind == TraceKind::word && !isClauseWord(at(i)) && !at(i + 1).isWord("index")))
            use->alias = identifierOf(at(i++));
        // With t(a, b) the names are not those of the table.
        if (at(i).is("(") && !use->alias.empty()) renamed_.insert(static_cast<uint32_t>(facts_.tables.size()));
        use->written = written;
        use->read = !written;
        use->level = i > 0 && i - 1 < queries_.depth.size() ? queries_.depth[i - 1] : 0;
        block.tables.push_back(static_cast<uint32_t>(facts_.tables.size()));
        if (at(from).isWord("join")) joined_[from] = block.tables.back();
        facts_.tables.push_back(std::move(*use));
        tableBlocks_.push_back(queries_.of[from]);
    }

    static bool isClauseWord(const TraceToken& token) {
        return token.keyword.reserved || endsClause(token) || token.isWord("set") || token.isWord("values") ||
               token.isWord("left") || token.isWord("right") || token.isWord("default");
    }

    // Of a whole statement: tables, their names, which are written.
    void readTables() {
        findTables();
        nameTables();
        markTargets();
    }

    void findTables() {
        bool deleting = facts_.kind == StatementKind::delete_;
        for (size_t i = 0; i < tokens_.size(); ++i) {
            const TraceToken& token = tokens_[i];
            if (token.kind != TraceKind::word || !queries_.inQuery[i]) continue;
            size_t next = i + 1;
            if (token.isWord("from") && !(i > 0 && at(i - 1).isWord("distinct")) &&
                facts_.kind != StatementKind::copy) {
                const bool target = deleting && queries_.depth[i] == 0;
                if (target) deleting = false;
                addTable(i, next, target, true);
                for (; at(next).is(",");) addTable(i, ++next, false, true);
            } else if (token.isWord("join") || (token.isWord("using") && facts_.kind == StatementKind::delete_)) {
                if (!at(next).is("(")) addTable(i, next, false, true);
                else if (token.isWord("join")) queries_.blocks[queries_.of[i]].otherSources = true;
            } else if (token.isWord("into")) {
                addTable(i, next, true, false);
            } else if (token.isWord("update")) {
                const bool clause =
                    i > 0 && (at(i - 1).isWord("for") || at(i - 1).isWord("key") || at(i - 1).isWord("do"));
                if (!clause && !at(next).isWord("set"))
                    addTable(i, next, true, false);
                else if (!at(i - 1).isWord("do"))
                    lockAll();
            } else if (token.isWord("copy") && i == 0) {
                addTable(i, next, anyWord("from"), false);
            }
        }
    }

    // A name that two tables of a query have means nothing in it.
    void nameTables() {
        for (size_t t = 0; t < facts_.tables.size(); ++t) {
            const TableUse& use = facts_.tables[t];
            auto& names = queries_.blocks[tableBlocks_[t]].byName;
            const auto [found, fresh] = names.try_emplace(use.alias.empty() ? use.name : use.alias, static_cast<uint32_t>(t));
            if (!fresh) found->second = noTable;
        }
    }

    // UPDATE a JOIN b … SET b.x = 1 and DELETE a, b FROM …: which of the tables are written.
    void markTargets() {
        if (facts_.kind == StatementKind::update) {
            size_t set = 0;
            while (set < tokens_.size() && !(queries_.depth[set] == 0 && at(set).isWord("set"))) ++set;
            if (set == tokens_.size()) return;     // cut off in front of it
            const size_t end = std::min(clauseEnd(set + 1, 0), tokens_.size());
            for (size_t i = set; i < end; ++i) {
                const bool begins = queries_.depth[i] == 0 && (i == set || at(i).is(","));
                if (begins && at(i + 2).is(".") && !at(i + 4).is(".")) mark(identifierOf(at(i + 1)));
            }
        } else if (facts_.kind == StatementKind::delete_) {
            for (size_t i = 1; at(i).isIdentifier() && !at(i).isWord("from"); ++i) {
                if (queries_.blocks[0].byName.count(identifierOf(at(i))) && at(1).isIdentifier()) mark(identifierOf(at(i)));
                if (at(i + 1).is(".")) ++i;
                if (at(i + 1).is("*") || at(i + 1).is(",")) ++i;
                if (at(i + 1).is(",")) ++i;
            }
        }
    }

    // The first table that is written is taken for the target until others are named.
    void mark(const std::string& name) {
        const auto found = queries_.blocks[0].byName.find(name);
        if (found == queries_.blocks[0].byName.end() || found->second == noTable) return;
        if (!std::exchange(marked_, true))
            for (TableUse& use : facts_.tables)
                if (use.level == 0) use.read = true, use.written = false;
        facts_.tables[found->second].written = true;
        facts_.tables[found->second].read = false;
    }

    void lockAll() {
        for (TableUse& use : facts_.tables) use.locked |= use.read;
    }

    size_t clauseEnd(size_t begin, uint32_t depth) const {
        size_t end = begin;
        while (end < tokens_.size() && queries_.depth[end] >= depth && !(queries_.depth[end] == depth && endsClause(at(end)))) ++end;
        return end;
    }

    // Whether the column is of the query that the token stands in, not of one around it.
    bool isOwn(const ColumnExpression& column, size_t token) const { return tableBlocks_[column.table] == queries_.of[token]; }

    size_t closeOf(size_t open) const {
        size_t i = open + 1;
        while (i < tokens_.size() && queries_.depth[i] > queries_.depth[open]) ++i;
        return i;
    }

    // One slot, with or without a cast; `i` ends behind it.
    std::optional<uint32_t> literal(size_t& i) const {
        if (at(i).isWord("cast") && at(i + 1).is("(") && at(i + 2).kind == TraceKind::slot && at(i + 3).isWord("as") && at(i + 4).isIdentifier() && at(i + 5).is(")")) {
            i += 6;
            return at(i - 4).slot;
        }
        if (at(i).kind != TraceKind::slot) return std::nullopt;
        const uint32_t slot = at(i++).slot;
        if (at(i).is("::") && at(i + 1).isIdentifier()) i += 2;
        return slot;
    }

    std::optional<ColumnExpression> column(size_t& i) const {
        const size_t begin = i;
        std::vector<std::string> parts;
        if (at(i).kind == TraceKind::word && at(i).keyword.reserved) return std::nullopt;
        while (at(i).isIdentifier()) {
            parts.push_back(identifierOf(at(i++)));
            if (!at(i).is(".")) break;
            ++i;
        }
        if (parts.empty()) return std::nullopt;
        ColumnExpression out{noTable, parts.back(), parts.back()};
        if (parts.size() == 1) {
            const auto& block = queries_.blocks[queries_.of[begin]];
            if (block.tables.size() != 1 || block.otherSources || renamed_.count(block.tables[0])) return std::nullopt;
            out.table = block.tables[0];
            return out;
        }
        out.table = queries_.named(queries_.of[begin], parts[parts.size() - 2]);
        if (out.table == noTable || renamed_.count(out.table)) return std::nullopt;
        return out;
    }

    const Trace& trace_;
    const std::vector<TraceToken>& tokens_;
    QueryBlocks queries_;
    bool marked_ = false;        // targets are named
    std::set<std::string> ctes_;
    std::set<uint32_t> renamed_;
    std::vector<uint32_t> tableBlocks_;        // parallel to facts_.tables
    std::map<size_t, uint32_t> joined_;        // table by its JOIN
    StatementFacts facts_;
};

}  // namespace foreshard::sql
