#include "core/project/project.h"

#include <algorithm>
#include <set>

#include "core/advisor/advisor.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/models/forecast.h"
#include "core/project/impl.h"
#include "core/project/secrets.h"
#include "core/project/shard_places.h"
#include "core/schema/schema.h"
#include "core/sharding/design.h"
#include "core/workload/partial.h"

namespace foreshard::project {

namespace {

Status createTables(store::Database& database) {
    return database.run(
        "CREATE TABLE source (id INTEGER PRIMARY KEY, path TEXT NOT NULL, digest INTEGER NOT NULL UNIQUE, bytes "
        "INTEGER NOT NULL,"
        "  read_at INTEGER NOT NULL);"
        "CREATE TABLE schema_source (id INTEGER PRIMARY KEY, path TEXT NOT NULL);"
        "CREATE TABLE cluster_shard (cluster TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, uri TEXT "
        "NOT NULL,"
        "  PRIMARY KEY (cluster, position), UNIQUE (cluster, name));"
        "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);");
}

// Version 2: shards in the project's folder are kept relative to it, and the layout before the one in force has a place of
// its own.
Status relativePlacesAndWayBack(store::Database& database) {
    FS_TRY(keepPlacesRelative(database));
    FS_TRY(keepPlanRelative(database));
    return keepDesignBefore(database);
}

// "Fshd" as application id; one step for each version of the file.
const store::Database::Kind& kind() {
    static const store::Database::Kind one{"Foreshard project",
                                           0x46736864,
                                           {[](store::Database& database) -> Status {
                                                FS_TRY(store::ValueStore::createTables(database));
                                                return createTables(database);
                                            },
                                            relativePlacesAndWayBack}};
    return one;
}

Status insertShard(store::Database& database, const std::string& cluster, size_t position, const ClusterShard& shard) {
    FS_ASSIGN(store::Statement insert,
              database.prepare("INSERT INTO cluster_shard (cluster, position, name, uri) VALUES (?, ?, ?, ?)"));
    return insert.bind(std::string_view(cluster))
        .bind(static_cast<int64_t>(position))
        .bind(std::string_view(shard.name))
        .bind(std::string_view(keptUri(folderOf(database.file()), shard.uri)))
        .run();
}

}  // namespace

Status keepPlacesRelative(store::Database& database) {
    std::map<std::string, std::vector<ClusterShard>> all;
    {
        FS_ASSIGN(store::Statement rows,
                  database.prepare("SELECT cluster, name, uri FROM cluster_shard ORDER BY cluster, position"));
        while (true) {
            FS_ASSIGN(const bool row, rows.step());
            if (!row) break;
            all[std::string(rows.text(0))].push_back({std::string(rows.text(1)), std::string(rows.text(2))});
        }
    }
    FS_TRY(database.run("DELETE FROM cluster_shard"));
    for (const auto& [cluster, shards] : all)
        for (size_t i = 0; i < shards.size(); ++i) FS_TRY(insertShard(database, cluster, i, shards[i]));
    return {};
}

const char* toString(Stage stage) {
    switch (stage) {
        case Stage::workload:
            return "workload";
        case Stage::models:
            return "models";
        case Stage::forecast:
            return "forecast";
        case Stage::advice:
            return "advice";
        case Stage::plan:
            return "plan";
        case Stage::monitor:
            return "monitor";
    }
    return "workload";
}

Result<ReadSource> describeSource(const std::filesystem::path& file, Job& job) {
    FS_ASSIGN(const MappedFile mapped, MappedFile::open(file));
    const std::string_view bytes = mapped.bytes();
    uint64_t digest = mixHash(bytes.size());
    constexpr size_t piece = 32 << 20;
    for (size_t at = 0; at < bytes.size(); at += piece) {
        FS_TRY(job.checkpoint());
        digest = combineHash(digest, hashText(bytes.substr(at, piece)));
    }
    return ReadSource{file.string(), digest, bytes.size(), nowMicros()};
}

Project::Project(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Project::~Project() = default;
Project::Project(Project&&) noexcept = default;
Project& Project::operator=(Project&&) noexcept = default;

Result<Project> Project::create(const std::filesystem::path& file) {
    FS_ASSIGN(store::Database database, store::Database::create(file, kind(), {}));
    return Project(std::make_unique<Impl>(std::move(database)));
}

Result<Project> Project::open(const std::filesystem::path& file) {
    FS_ASSIGN(store::Database database, store::Database::open(file, kind(), {}));
    return Project(std::make_unique<Impl>(std::move(database)));
}

Result<Project> Project::openOrCreate(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) return open(file);
    auto made = create(file);
    if (!made && made.error().category == ErrorCategory::conflict) return open(file);  // another process was faster
    return made;
}

const std::filesystem::path& Project::file() const { return impl_->database.file(); }

// ---- sources ----------------------------------------------------------------------------------------------------

Result<std::vector<ReadSource>> Project::readSources() const {
    FS_ASSIGN(store::Statement rows,
              impl_->database.prepare("SELECT path, digest, bytes, read_at FROM source ORDER BY id"));
    std::vector<ReadSource> out;
    while (true) {
        FS_ASSIGN(const bool row, rows.step());
        if (!row) return out;
        out.push_back({std::string(rows.text(0)), static_cast<uint64_t>(rows.integer(1)),
                       static_cast<uint64_t>(rows.integer(2)), rows.integer(3)});
    }
}

Status Project::refuseReadBefore(const std::vector<ReadSource>& sources) const {
    FS_ASSIGN(const auto known, readSources());
    const auto refused = [](std::string message) {
        return Error{ErrorCategory::conflict, std::move(message), "Leave it out; its calls are counted already.", {}};
    };
    std::map<uint64_t, const ReadSource*> read, asked;
    for (const ReadSource& one : known) read[one.digest] = &one;
    for (const ReadSource& source : sources) {
        if (const auto before = read.find(source.digest); before != read.end())
            return refused(fmt::format("{} was read before: on {}, as {}.", source.path,
                                       formatRfc3339(before->second->readAt), before->second->path));
        if (const auto [twin, added] = asked.emplace(source.digest, &source); !added)
            return refused(fmt::format("{} and {} hold the same log.", twin->second->path, source.path));
    }
    return {};
}

Result<std::vector<std::string>> Project::schemaSources() const {
    FS_ASSIGN(store::Statement rows, impl_->database.prepare("SELECT path FROM schema_source ORDER BY id"));
    std::vector<std::string> out;
    while (true) {
        FS_ASSIGN(const bool row, rows.step());
        if (!row) return out;
        out.emplace_back(rows.text(0));
    }
}

// ---- clusters and settings --------------------------------------------------------------------------------------

Status Project::saveCluster(const std::string& name, const std::vector<ClusterShard>& shards) {
    const auto usage = [](std::string message, std::string next) {
        return Error{ErrorCategory::usage, std::move(message), std::move(next), {}};
    };
    if (name.empty() || shards.empty())
        return usage("A cluster needs a name and at least one shard.", "Name its shards by URI: sqlite:FILE");
    std::set<std::string> names;
    for (const ClusterShard& shard : shards) {
        if (shard.name.empty() || !names.insert(shard.name).second)
            return usage(fmt::format("Each shard of {} needs a name of its own.", name), {});
        if (carriesSecret(shard.uri))
            return usage(
                fmt::format("The URI of shard {} carries a password, which a project never keeps.", shard.name),
                "Leave it out, and put the password into ~/.pgpass or a service file of libpq.");
    }
    store::Database& database = impl_->database;
    return database.transaction([&]() -> Status {
        FS_ASSIGN(store::Statement drop, database.prepare("DELETE FROM cluster_shard WHERE cluster = ?"));
        FS_TRY(drop.bind(std::string_view(name)).run());
        for (size_t i = 0; i < shards.size(); ++i) FS_TRY(insertShard(database, name, i, shards[i]));
        return {};
    });
}

Result<std::map<std::string, std::vector<ClusterShard>>> Project::clusters() const {
    FS_ASSIGN(store::Statement rows,
              impl_->database.prepare("SELECT cluster, name, uri FROM cluster_shard ORDER BY cluster, position"));
    std::map<std::string, std::vector<ClusterShard>> out;
    while (true) {
        FS_ASSIGN(const bool row, rows.step());
        if (!row) return out;
        out[std::string(rows.text(0))].push_back({std::string(rows.text(1)), std::string(rows.text(2))});
    }
}

Status Project::saveSetting(const std::string& key, const std::string& value) {
    FS_ASSIGN(
        store::Statement insert,
        impl_->database.prepare(
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    return insert.bind(std::string_view(key)).bind(std::string_view(value)).run();
}

Result<std::string> Project::setting(const std::string& key) const {
    FS_ASSIGN(store::Statement row, impl_->database.prepare("SELECT value FROM setting WHERE key = ?"));
    FS_ASSIGN(const bool found, row.bind(std::string_view(key)).step());
    return found ? std::string(row.text(0)) : std::string();
}

Result<uint64_t> Project::changeCounter() const {
    FS_ASSIGN(const int64_t others, impl_->database.dataVersion());
    return combineHash(static_cast<uint64_t>(others), static_cast<uint64_t>(impl_->database.changes()));
}

}  // namespace foreshard::project
