// A small shop on SQLite: customers, their orders and lines, a country table, a log without primary key. Made in a temporary
// folder; shared by the tests of cluster and migration.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/cluster/cluster.h"
#include "core/migration/migration.h"

namespace shop {

using namespace foreshard;
using namespace foreshard::cluster;
using namespace foreshard::migration;

inline sharding::TableDesign keyed(const std::string& table, const std::string& column, sharding::Strategy strategy = sharding::Strategy::hash) {
    sharding::TableDesign out;
    out.table = "main." + table;
    out.strategy = strategy;
    out.key = {{column, column, ValueType::integer}};
    out.group = 1;
    return out;
}

inline sharding::TableDesign keyless(const std::string& table, sharding::Strategy strategy) {
    sharding::TableDesign out;
    out.table = "main." + table;
    out.strategy = strategy;
    return out;
}

// Customers and what belongs to them by customer; countries on every shard; the rest on the first.
inline sharding::Design byCustomer(uint32_t shards, const std::string& id = "by-customer") {
    sharding::Design design;
    design.id = id;
    design.name = id;
    design.shards = shards;
    design.tables = {keyless("country", sharding::Strategy::reference), keyed("customer", "id"), keyed("line", "customer_id"),
                     keyed("note", "customer_id"), keyed("orders", "customer_id")};
    design.slotMaps[1] = sharding::evenSlotMap(shards);
    return design;
}

inline sharding::Design oneDatabase() {
    auto design = sharding::singleDatabase({"main.country", "main.customer", "main.line", "main.note", "main.orders", "main.setting"});
    design.id = "one";
    return design;
}

constexpr const char* ddl[] = {
    "CREATE TABLE country(code TEXT PRIMARY KEY, name TEXT NOT NULL)",
    "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, country TEXT REFERENCES country(code), balance REAL)",
    "CREATE TABLE orders(customer_id INTEGER NOT NULL, nr INTEGER NOT NULL, placed TEXT, PRIMARY KEY (customer_id, nr))",
    "CREATE TABLE line(customer_id INTEGER NOT NULL, nr INTEGER NOT NULL, pos INTEGER NOT NULL, what BLOB, PRIMARY KEY (customer_id, nr, pos)) WITHOUT ROWID",
    "CREATE TABLE note(customer_id INTEGER, text TEXT)",
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value)",
    "CREATE INDEX orders_placed ON orders(placed)",
};

struct Shop {
    TemporaryFolder folder;
    Cluster cluster;

    explicit Shop(uint32_t shards, int customers = 200, int ordersEach = 3) {
        std::vector<ShardSpec> specs;
        for (uint32_t i = 0; i < shards; ++i) specs.push_back({fmt::format("s{}", i), "sqlite:" + file(i).string()});
        cluster = Cluster::make(specs).value();
        fill(customers, ordersEach);
    }
    std::filesystem::path file(uint32_t shard) const { return folder.path() / fmt::format("shard{}.db", shard); }
    std::filesystem::path log() const { return folder.path() / "decisions.log"; }

    std::unique_ptr<Shard> open(uint32_t shard, bool create = false) const {
        OpenOptions options;
        options.create = create;
        auto opened = cluster.open(shard, options);
        if (!opened.ok()) qFatal("%s", opened.error().message.c_str());
        return std::move(*opened);
    }
    static void must(const Status& status) {
        if (!status.ok()) qFatal("%s (%s)", status.error().message.c_str(), status.error().cause.c_str());
    }

    void fill(int customers, int ordersEach) {
        const auto shard = open(0, true);
        for (const char* statement : ddl) must(shard->execute(statement));
        must(shard->begin(Shard::Lock::write));
        for (const char* code : {"DE", "FR", "IT", "ES"}) must(shard->execute("INSERT INTO country VALUES (?, ?)", Cells{std::string(code), std::string("land ") + code}));
        for (int i = 0; i < 20; ++i) must(shard->execute("INSERT INTO setting VALUES (?, ?)", Cells{fmt::format("name{}", i), int64_t{i}}));
        Random random(7);
        for (int64_t c = 1; c <= customers; ++c) {
            must(shard->execute("INSERT INTO customer VALUES (?, ?, 'DE', ?)", Cells{c, fmt::format("customer {}", c), 0.1 * static_cast<double>(c)}));
            for (int64_t n = 1; n <= ordersEach; ++n) {
                must(shard->execute("INSERT INTO orders VALUES (?, ?, '2026-01-01')", Cells{c, n}));
                for (int64_t p = 1; p <= 2; ++p) must(shard->execute("INSERT INTO line VALUES (?, ?, ?, ?)", Cells{c, n, p, Blob{std::string(random.below(40), 'x')}}));
            }
            must(shard->execute("INSERT INTO note VALUES (?, 'same')", Cells{c}));
            if (c % 3 == 0) must(shard->execute("INSERT INTO note VALUES (?, 'same')", Cells{c}));
        }
        must(shard->commit());
    }

    MigrationPlan plan(const sharding::Design& from, const sharding::Design& to, uint64_t chunkRows = 200'000) const {
        Job job;
        PlanOptions options;
        options.chunkRows = chunkRows;
        auto made = makePlan(cluster, from, to, options, job);
        if (!made.ok()) qFatal("%s", made.error().message.c_str());
        return std::move(*made);
    }
    static void approveAll(MigrationPlan& plan) {
        std::vector<std::string> all;
        for (const auto& step : plan.steps) all.push_back(step.id);
        must(approve(plan, all, "test", 1));
    }
    ExecuteOptions options(uint64_t batch = 50) const {
        ExecuteOptions out;
        out.decisionLog = log();
        out.firstBatchRows = batch;
        out.maxBatchRows = batch;
        return out;
    }

    // Every row of the user's tables on all shards, as text with how often it is there; copies of `country` apart.
    std::map<std::string, int> contents(bool withCountry = false) const {
        std::map<std::string, int> all;
        for (uint32_t i = 0; i < cluster.size(); ++i) {
            if (!cluster.exists(i)) continue;
            const auto shard = open(i);
            const auto tables = shard->tables().value();
            for (const auto& table : tables) {
                if (table.name == "country" && !withCountry) continue;
                must(shard->query("SELECT * FROM " + shard->quote(table.name), {}, [&](const Cells& row) {
                    std::string text = table.name;
                    for (const auto& cell : row) text += "|" + std::to_string(cell.index()) + toText(cell) + std::to_string(textOf(cell).size());
                    ++all[text];
                    return true;
                }));
            }
        }
        return all;
    }
    int64_t count(uint32_t shard, const std::string& sql) const { return integerOf(open(shard)->one(sql).value()->at(0)); }
    // Own tables that outlive a migration.
    std::set<std::string> leftovers(uint32_t shard) const {
        std::set<std::string> names;
        must(open(shard)->query("SELECT name FROM sqlite_master WHERE name GLOB 'foreshard_rows*' OR name GLOB 'foreshard_dirty*' OR type = 'trigger'", {},
                                [&](const Cells& row) { return names.insert(textOf(row[0])), true; }));
        return names;
    }
};

inline std::string problems(const Verification& checked) {
    std::string out = checked.ok ? "" : fmt::format("in doubt {}", checked.inDoubt);
    for (const auto& table : checked.tables)
        if (table.missing || table.misplaced || table.duplicate.value_or(0) || !table.checksumEqual)
            out += fmt::format("; {}: missing {} misplaced {} duplicate {} equal {}", table.table, table.missing, table.misplaced, table.duplicate.value_or(0), table.checksumEqual);
    return out;
}

}  // namespace shop
