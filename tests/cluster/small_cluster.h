// Two or three SQLite shards with one sharded and one replicated table, in memory.
#pragma once

#include <fmt/format.h>

#include <QtTest>

#include "core/base/file.h"
#include "core/cluster/session.h"
#include "tests/support/memory_folder.h"
#include "tests/support/must.h"

namespace small {

using namespace foreshard;
using namespace foreshard::cluster;

inline sharding::Design design(uint32_t shards) {
    sharding::Design out;
    out.id = fmt::format("on{}", shards);
    out.shards = shards;
    sharding::TableDesign item, country;
    item.table = "main.item";
    item.strategy = sharding::Strategy::hash;
    item.key = {{"id", "id", ValueType::integer}};
    item.group = 1;
    country.table = "main.country";
    country.strategy = sharding::Strategy::reference;
    out.tables = {country, item};
    out.slotMaps[1] = sharding::evenSlotMap(shards);
    return out;
}

struct SmallCluster {
    TemporaryFolder folder;
    Cluster cluster;

    explicit SmallCluster(uint32_t shards, bool adopt = true) {
        std::vector<ShardSpec> specs;
        for (uint32_t i = 0; i < shards; ++i) specs.push_back({fmt::format("s{}", i), fmt::format("sqlite:{}/shard{}.db", folder.path().string(), i)});
        cluster = Cluster::make(specs).value();
        for (uint32_t i = 0; i < shards; ++i) {
            const auto shard = cluster.open(i, {.create = true}).value();
            (void)shard->execute("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
            (void)shard->execute("CREATE TABLE country(code TEXT PRIMARY KEY, name TEXT)");
            (void)shard->execute("INSERT INTO country VALUES ('DE', 'land')");
        }
        if (adopt) (void)adoptLayout(cluster, Layout::plain(design(shards)));
    }
    std::filesystem::path log(const char* name) const { return folder.path() / name; }
    Result<std::unique_ptr<Session>> session(const char* name = "session.log", int milliseconds = 5'000) const {
        SessionOptions options;
        options.decisionLog = log(name);
        options.timeoutMilliseconds = milliseconds;
        return Session::open(cluster, options);
    }
    int64_t count(uint32_t shard, const std::string& sql) const { return integerOf(cluster.open(shard).value()->one(sql).value()->front()); }
    // The first ids that live on each shard.
    std::vector<int64_t> oneOnEach() const {
        const auto placement = Placement::make(Layout::plain(design(cluster.size())), std::nullopt, cluster.open(0).value()->tables().value()).value();
        std::vector<int64_t> ids(cluster.size(), 0);
        for (int64_t id = 1; id < 200; ++id) {
            const Cell cell = id;
            const auto spot = placement->locate(*placement->find("item"), [&](std::string_view) { return &cell; });
            if (ids[spot->from] == 0) ids[spot->from] = id;
        }
        return ids;
    }
};

inline RowOperation insert(int64_t id, const std::string& name) { return {OperationKind::insert, "item", {{"id", id}, {"name", name}}, {}}; }

}  // namespace small
