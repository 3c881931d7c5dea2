// SQLite behind the Shard interface. Private to the room: others call Cluster::open or openSqlite.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <map>
#include <string>

#include "core/cluster/cluster.h"

namespace foreshard::cluster {

class SqliteShard final : public Shard {
public:
    SqliteShard(std::string name, std::string path) : name_(std::move(name)), path_(std::move(path)) {}
    ~SqliteShard() override;

    Status open(const OpenOptions& options);

    const std::string& name() const override { return name_; }
    const std::filesystem::path& place() const override { return place_; }
    std::string quote(std::string_view identifier) const override;
    Status execute(std::string_view sql, std::span<const Cell> values) override;
    Status query(std::string_view sql, std::span<const Cell> values, const RowFn& row) override;
    int64_t changes() const override { return sqlite3_changes64(db_); }
    Status begin(Lock lock) override;
    Status commit() override;
    void rollback() override;
    Status checkPresent() override;
    Result<std::vector<TableInfo>> tables() override;
    Result<std::vector<SchemaObject>> objects() override;
    Status create(std::string_view ddl) override;
    bool setQuiet(bool quiet) override;

private:
    Status configure(const OpenOptions& options, bool fresh);
    Status describe(TableInfo& table);
    Status describeKeys(TableInfo& table);
    Status bind(sqlite3_stmt* statement, std::span<const Cell> values);
    Result<sqlite3_stmt*> take(const std::string& sql);
    void giveBack(const std::string& sql, sqlite3_stmt* statement);
    Error failure(int code, std::string_view doing) const;

    std::string name_, path_;
    std::filesystem::path place_;
    sqlite3* db_ = nullptr;
    // How long a lock of another connection is waited for, and since when.
    struct Patience {
        std::chrono::milliseconds most{0};
        std::chrono::steady_clock::time_point since;
    };
    static int waitForLock(void* patience, int tries);
    Patience patience_;
    bool quiet_ = false;
    int foreignKeys_ = 0;          // as they were before it was quiet
    std::map<std::string, sqlite3_stmt*, std::less<>> idle_;   // prepared, reset, not in use
};

}  // namespace foreshard::cluster
