// Shard: one open connection to one database of a cluster, behind which the engines differ. A connection belongs to one
// thread at a time; two connections to one shard are independent. Identifiers go through quote(), values are bound; SQL
// text is never made of data. Every call can fail: the sentence names the shard.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/cluster/cell.h"

namespace foreshard::cluster {

struct ColumnInfo {
    std::string name;
    std::string declaredType;
    ValueType type = ValueType::unknown;   // by the engine's affinity rules
    bool notNull = false;
    uint32_t primary = 0;                  // 1-based place in the primary key; 0: not part of it
};

// A table as the engine describes it. Columns that the engine computes itself are left out: they are not stored twice.
struct TableInfo {
    std::string name;                      // as created
    std::string ddl;
    std::vector<ColumnInfo> columns;
    std::vector<std::string> primaryKey;   // in key order; empty: none
    std::vector<std::string> identity;     // names that find one row: a row id that no column hides, else the primary key
    bool identityIsRowId = false;          // identity is the hidden row id: it may change when a row moves
    bool withoutRowId = false;
    bool autoIncrement = false;
    bool isVirtual = false;
    std::vector<std::vector<std::string>> uniqueKeys;   // primary key among them
    bool otherUnique = false;              // something else than the primary key is unique, be it partly or by an expression
    struct ForeignKey {
        std::string table;
        std::vector<std::string> columns, referenced;
    };
    std::vector<ForeignKey> foreignKeys;

    const ColumnInfo* column(std::string_view columnName) const;   // without regard to case
    std::vector<std::string> columnNames() const;
};

struct SchemaObject {
    std::string kind;      // "index", "trigger", "view"
    std::string name;
    std::string table;
    std::string sql;
};

class Shard {
public:
    enum class Lock { read, write };
    using RowFn = std::function<bool(const Cells&)>;   // false ends the query early

    virtual ~Shard() = default;
    virtual const std::string& name() const = 0;
    // Where the database lies: an absolute path of its file, links resolved.
    virtual const std::filesystem::path& place() const = 0;
    virtual std::string quote(std::string_view identifier) const = 0;

    virtual Status execute(std::string_view sql, std::span<const Cell> values = {}) = 0;
    virtual Status query(std::string_view sql, std::span<const Cell> values, const RowFn& row) = 0;
    virtual int64_t changes() const = 0;               // rows touched by the last execute

    // A write lock is taken at once; a read lock fixes what is seen with the first query. Fails where the database was
    // removed or replaced under the connection.
    virtual Status begin(Lock lock) = 0;
    virtual Status commit() = 0;
    virtual void rollback() = 0;                       // nothing outside a transaction
    virtual Status checkPresent() = 0;                 // the database is still where it was opened

    // Quiet: the tables' own triggers and foreign keys do nothing, for rows that are moved and not changed. Also inside a
    // transaction. Gives what was set before.
    virtual bool setQuiet(bool quiet) = 0;

    // User tables (Foreshard's own and the engine's are left out), sorted by name.
    virtual Result<std::vector<TableInfo>> tables() = 0;
    virtual Result<std::vector<SchemaObject>> objects() = 0;
    // Runs one CREATE statement that another shard of the same engine reported; refuses anything else.
    virtual Status create(std::string_view ddl) = 0;

    // All rows of a query; the only row of one, or nothing.
    Result<std::vector<Cells>> rows(std::string_view sql, std::span<const Cell> values = {});
    Result<std::optional<Cells>> one(std::string_view sql, std::span<const Cell> values = {});
    // "a", "b", "c" quoted and joined; `prefix` goes before each ("t.").
    std::string quoteList(const std::vector<std::string>& names, std::string_view prefix = {}) const;
};

// Rolls back unless commit() was called and succeeded.
class Transaction {
public:
    explicit Transaction(Shard& shard) : shard_(shard) {}
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() { if (open_) shard_.rollback(); }

    Status begin(Shard::Lock lock);
    Status commit();
    void rollback();

private:
    Shard& shard_;
    bool open_ = false;
};

// Sets quiet for a while.
class QuietScope {
public:
    QuietScope(Shard& shard, bool quiet) : shard_(shard), before_(shard.setQuiet(quiet)) {}
    QuietScope(const QuietScope&) = delete;
    QuietScope& operator=(const QuietScope&) = delete;
    ~QuietScope() { shard_.setQuiet(before_); }

private:
    Shard& shard_;
    bool before_;
};

// Prefix of every table that Foreshard keeps on a shard.
constexpr std::string_view ownPrefix = "foreshard_";

// Equal but for the case of ASCII letters, as SQL names are.
bool sameName(std::string_view a, std::string_view b);
// The table's own name in a qualified one: "main.orders" → "orders".
std::string_view bareTable(std::string_view qualified);
const TableInfo* findTable(const std::vector<TableInfo>& tables, std::string_view qualifiedOrBare);

}  // namespace foreshard::cluster
