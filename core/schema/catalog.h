// Catalogue: DDL statements applied one after the other, with partitions folded into their root as they appear.
// Statements about a partition alone (its keys, its indexes) are dropped with it. What cannot be applied is a sentence
// in `problems` and changes nothing. Not thread-safe; a value to build a Schema with.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/schema/ddl_statement.h"

namespace foreshard::schema {

class Catalog {
public:
    explicit Catalog(Schema schema = {});

    // Where unqualified names are looked for; new tables go to the first entry ("public" where there is none).
    void setSearchPath(std::vector<std::string> path);

    struct Outcome {
        bool changed = false;
        std::string table;    // qualified name of the (root) table concerned; may be empty
        std::string reason;   // of the problem: "unknown_table", …; empty: none
        std::string problem;  // one sentence
    };
    Outcome apply(const DdlStatement& statement);

    void leaveOut(const std::string& kind, const std::string& name);
    // Text of a CREATE FUNCTION, of which the tables matter that a trigger's function names; no function is applied otherwise.
    void noteFunction(const std::string& name, std::string_view statement);

    // Sorted, foreign keys resolved; those that lead nowhere are added to `problems`. The catalogue is empty
    // afterwards.
    Schema finish(std::vector<std::string>& problems);

private:
    struct Found {
        Table* table = nullptr;
        bool partition = false;  // the name is that of a partition of `table`
        std::string name;        // qualified, as found
    };
    struct UserType {
        ValueType type = ValueType::other;
        ObjectName base;
    };

    Outcome on(const LeftOut& left);
    Outcome on(const CreateTable& create);
    Outcome on(const AlterTable& alter);
    Outcome on(const Rename& rename);
    Outcome on(const MoveToSchema& move);
    Outcome on(const Drop& drop);
    Outcome on(const CreateIndex& create);
    Outcome on(const SequenceOwner& owner);
    Outcome on(const SetSearchPath& set);
    Outcome on(const DefineType& define);
    Outcome on(const CreatePolicy& create);
    Outcome on(const AlterPolicy& alter);
    Outcome on(const DropPolicy& drop);
    Outcome on(const CreateTrigger& create);
    Outcome on(const DropTrigger& drop);

    Found find(const ObjectName& name);
    Found findQualified(const std::string& qualified);
    std::string qualify(const ObjectName& name) const;
    ValueType typeOf(const ObjectName& userType) const;

    Outcome createPartition(const CreateTable& create);
    void copyLike(Table& table, const LikeSpec& like);
    void inherit(Table& table, const std::vector<ObjectName>& parents);
    void addColumn(Table& table, ColumnSpec spec);
    void addKey(Table& table, KeySpec spec);
    void addExclusion(Table& table, Exclusion exclusion);
    bool alterColumn(Table& table, const AlterCommand& command);
    bool alter(Found found, const AlterCommand& command, Outcome& outcome);
    bool attach(Found root, const ObjectName& partition, Outcome& outcome);
    bool detach(Found root, const ObjectName& partition);
    void renamePolicyColumn(Table& table, const std::string& from, const std::string& to);
    void dropPolicyColumn(Table& table, const std::string& column);
    void notePolicies(const Table& table);
    void findTriggerTables(Schema& schema) const;
    void dropColumn(Table& table, const std::string& column);
    void renameColumn(Table& table, const std::string& from, const std::string& to);
    void renameTable(const std::string& from, const std::string& schema, const std::string& name);
    bool dropTable(const std::string& qualified);
    bool dropIndex(const ObjectName& name);
    void resolveForeignKeys(Schema& schema, std::vector<std::string>& problems);
    void insert(Table table);

    std::map<std::string, Table> tables_;                                // by qualified name
    std::unordered_map<std::string, std::string> rootOf_;                // partition → root, both qualified
    std::unordered_map<std::string, std::set<std::string>> byBareName_;  // of tables
    std::map<std::string, UserType> types_;
    std::map<std::string, std::set<std::string>> leftOut_;
    std::map<std::string, std::set<std::string>> functionNames_;         // bare function → names that its body uses as tables
    std::vector<std::string> notes_;
    std::vector<std::string> searchPath_;
};

}  // namespace foreshard::schema
