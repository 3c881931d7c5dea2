// Statements that are no queries, and which statement is which.
#include <algorithm>
#include <array>
#include <map>

#include "core/sql/facts_walker.h"

namespace foreshard::sql {

namespace {

// SELECT set_config(…), and nothing else.
bool onlySets(Node select) {
    const Node targets = select["targetList"];
    if (select["fromClause"] || targets.size() == 0) return false;
    for (size_t i = 0; i < targets.size(); ++i) {
        const auto names = strings(targets.at(i).as("ResTarget")["val"].as("FuncCall")["funcname"]);
        if (names.empty() || names.back() != "set_config") return false;
    }
    return true;
}

bool isDataDefinition(std::string_view type) {
    for (std::string_view prefix : {"Create", "Alter", "Drop"}) {
        if (type.starts_with(prefix)) return true;
    }
    static constexpr std::array others = {
        std::string_view("CommentStmt"),        std::string_view("CompositeTypeStmt"),
        std::string_view("DefineStmt"),         std::string_view("GrantRoleStmt"),
        std::string_view("GrantStmt"),          std::string_view("ImportForeignSchemaStmt"),
        std::string_view("IndexStmt"),          std::string_view("ReassignOwnedStmt"),
        std::string_view("RefreshMatViewStmt"), std::string_view("RenameStmt"),
        std::string_view("RuleStmt"),           std::string_view("SecLabelStmt"),
        std::string_view("TruncateStmt"),       std::string_view("ViewStmt")};
    return std::binary_search(others.begin(), others.end(), type);
}

StatementKind transactionKind(std::string_view kind) {
    static const std::map<std::string_view, StatementKind> kinds = {
        {"TRANS_STMT_BEGIN", StatementKind::begin},
        {"TRANS_STMT_START", StatementKind::begin},
        {"TRANS_STMT_COMMIT", StatementKind::commit},
        {"TRANS_STMT_ROLLBACK", StatementKind::rollback},
        {"TRANS_STMT_SAVEPOINT", StatementKind::savepoint},
        {"TRANS_STMT_RELEASE", StatementKind::releaseSavepoint},
        {"TRANS_STMT_ROLLBACK_TO", StatementKind::rollbackToSavepoint},
        {"TRANS_STMT_PREPARE", StatementKind::prepareTransaction},
        {"TRANS_STMT_COMMIT_PREPARED", StatementKind::commitPrepared},
        {"TRANS_STMT_ROLLBACK_PREPARED", StatementKind::rollbackPrepared}};
    const auto found = kinds.find(kind);
    return found == kinds.end() ? StatementKind::utility : found->second;
}

}  // namespace

void FactsWalker::statement(Node wrapped) {
    const Deeper deeper(*this);
    if (tooDeep_) return;
    root_ = wrapped;
    uses_.clear();
    if (const Node select = wrapped.as("SelectStmt")) {
        facts_.kind = onlySets(select) ? StatementKind::set : StatementKind::select;
        query(select, {nullptr, 0, true, false});
        if (const Node into = select["intoClause"]) dataDefinition("SelectInto", into);
    } else if (const Node node = wrapped.as("InsertStmt")) {
        facts_.kind = StatementKind::insert;
        insert(node, 0, nullptr);
    } else if (const Node node = wrapped.as("UpdateStmt")) {
        facts_.kind = StatementKind::update;
        update(node, 0, nullptr);
    } else if (const Node node = wrapped.as("DeleteStmt")) {
        facts_.kind = StatementKind::delete_;
        delete_(node, 0, nullptr);
    } else if (const Node node = wrapped.as("MergeStmt")) {
        facts_.kind = StatementKind::merge;
        merge(node, 0, nullptr);
    } else {
        utility(wrapped);
    }
}

void FactsWalker::utility(Node wrapped) {
    const std::string_view type = wrapped.type();
    facts_.kind = StatementKind::utility;
    if (const Node node = wrapped.as("TransactionStmt")) {
        facts_.kind = transactionKind(node["kind"].text());
    } else if (const Node node = wrapped.as("VariableSetStmt")) {
        setting(node);
    } else if (type == "VariableShowStmt") {
        facts_.kind = StatementKind::show;
    } else if (const Node node = wrapped.as("CopyStmt")) {
        copy(node);
    } else if (const Node node = wrapped.as("ExplainStmt")) {
        explain(node);
    } else if (const Node node = wrapped.as("DeclareCursorStmt")) {
        statement(node["query"]);
    } else if (const Node node = wrapped.as("LockStmt")) {
        const Node relations = node["relations"];
        for (size_t i = 0; i < relations.size(); ++i)
            facts_.tables[useTable(relations.at(i).as("RangeVar"), 0)].locked = true;
    } else if (isDataDefinition(type)) {
        dataDefinition(type, wrapped[std::string(type).c_str()]);
    }
}

void FactsWalker::copy(Node node) {
    facts_.kind = StatementKind::copy;
    if (const Node relation = node["relation"]) {
        TableUse& use = facts_.tables[useTable(relation, 0)];
        use.written = node["is_from"].isTrue();
        use.read = !use.written;
    }
    if (const Node inner = node["query"]) {
        statement(inner);
        facts_.kind = StatementKind::copy;
    }
}

void FactsWalker::setting(Node node) {
    facts_.kind = StatementKind::set;
    facts_.setting = node["kind"].text() == "VAR_RESET_ALL" ? "*" : std::string(node["name"].text());
    std::transform(facts_.setting.begin(), facts_.setting.end(), facts_.setting.begin(), lowerByte);
    facts_.settingLocal = node["is_local"].isTrue();
    const Node args = node["args"];
    for (size_t i = 0; i < args.size(); ++i) {
        const uint32_t slot = literalSlot(args.at(i));
        const bool seen =
            std::find(facts_.settingSlots.begin(), facts_.settingSlots.end(), slot) != facts_.settingSlots.end();
        if (slot != noSlot && !seen) facts_.settingSlots.push_back(slot);
    }
}

void FactsWalker::dataDefinition(std::string_view type, Node node) {
    facts_.kind = StatementKind::ddl;
    if (type == "CreateTableAsStmt") {
        statement(node["query"]);
        facts_.kind = StatementKind::ddl;
    }
    if (type == "CreateTableAsStmt" || type == "SelectInto") {
        const Node into = type == "SelectInto" ? node : node["into"];
        facts_.tables[useTable(into["rel"], 0)].written = true;
        return;
    }
    if (const Node relation = node["relation"]; relation["relname"]) useTable(relation, 0);
    const Node relations = node["relations"];
    for (size_t i = 0; i < relations.size(); ++i) {
        const uint32_t table = useTable(relations.at(i).as("RangeVar"), 0);
        facts_.tables[table].written = type == "TruncateStmt";
    }
    if (type != "DropStmt") return;
    const Node objects = node["objects"];
    for (size_t i = 0; i < objects.size() && node["removeType"].text() == "OBJECT_TABLE"; ++i) {
        const auto names = strings(objects.at(i).as("List")["items"]);
        if (names.empty()) continue;
        TableUse use;
        use.name = names.back();
        if (names.size() > 1) use.schema = names[names.size() - 2];
        facts_.tables.push_back(std::move(use));
        nullable_.push_back(false);
    }
}

void FactsWalker::explain(Node node) {
    const Node options = node["options"];
    for (size_t i = 0; i < options.size(); ++i) {
        if (options.at(i).as("DefElem")["defname"].text() == "analyze") statement(node["query"]);
    }
    facts_.kind = StatementKind::explain;
}

}  // namespace foreshard::sql
