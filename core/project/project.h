// Project: one `.foreshard` file, a SQLite database over store/. Holds what was read, learned, advised, planned and
// measured, each as one versioned value with the fingerprint of what it was made from. Command line and workbench may
// hold one file at once. Saves are one transaction each: after a failure the old state is there. No secret ever goes
// in. One Project object per thread; a value that is not there yet is a null pointer or nothing, not an error. What was
// read once is kept and given again until this or another process saves something newer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace foreshard::schema {
struct Schema;
}
namespace foreshard::workload {
struct Workload;
class Partial;
}  // namespace foreshard::workload
namespace foreshard::models {
struct TrainedModels;
struct Forecast;
struct Study;
class TemplateSpace;
struct CalendarEvent;
}  // namespace foreshard::models
namespace foreshard::advisor {
struct Advice;
}
namespace foreshard::sharding {
struct Design;
}

namespace foreshard::project {

// A log that was read: the same content is refused a second time.
struct ReadSource {
    std::string path;
    uint64_t digest = 0;  // of size and content
    uint64_t bytes = 0;
    Instant readAt = 0;
    bool operator==(const ReadSource&) const = default;
};

struct ClusterShard {
    std::string name;
    std::string uri;  // "sqlite:FILE"; a URI with a password is refused
    bool operator==(const ClusterShard&) const = default;
};

// What this file is as a source, now: its path, size, and digest of its whole content. not_found, unreadable;
// cancelled.
Result<ReadSource> describeSource(const std::filesystem::path& file, Job& job);

// What may be stale, in pipeline order.
enum class Stage : uint8_t { workload, models, forecast, advice, plan, monitor };
const char* toString(Stage stage);

enum class Freshness : uint8_t { absent, ready, stale };
struct StageState {
    Freshness freshness = Freshness::absent;
    std::string why;  // stale: "the workload has changed since"
};

class Project {
public:
    // Makes a new project file; an existing one is an error of category conflict.
    static Result<Project> create(const std::filesystem::path& file);
    // not_found, format (no project, or broken), version (written by a newer Foreshard). The file is as it was.
    static Result<Project> open(const std::filesystem::path& file);
    static Result<Project> openOrCreate(const std::filesystem::path& file);
    ~Project();
    Project(Project&&) noexcept;
    Project& operator=(Project&&) noexcept;

    const std::filesystem::path& file() const;

    Result<std::shared_ptr<const schema::Schema>> schema() const;
    // `sources`: the files it was read from, replacing those named before.
    Status saveSchema(const schema::Schema& schema, const std::vector<std::filesystem::path>& sources);
    Result<std::vector<std::string>> schemaSources() const;

    // The logs read so far, oldest first.
    Result<std::vector<ReadSource>> readSources() const;
    // conflict, with a sentence that says when, where one of these logs (by content) was read before.
    Status refuseReadBefore(const std::vector<ReadSource>& sources) const;
    // Everything that one profile run found out, in one transaction. `partial` is what partial() gave merged with the
    // new logs; where another program has saved one meanwhile, or a new source was read before: conflict, and nothing
    // is saved.
    Status saveWorkload(const workload::Partial& partial, const workload::Workload& workload,
                        const std::vector<ReadSource>& newSources);
    Result<std::shared_ptr<const workload::Workload>> workload() const;
    Result<std::shared_ptr<const workload::Partial>> partial() const;

    // What the templates of workload() are like. Learned on the first call after a profile (milliseconds for hundreds of
    // templates, seconds for tens of thousands) and kept in the file from then on; where it cannot be written (another program
    // holds it, a full disk) it is learned all the same. Null where there is no workload.
    Result<std::shared_ptr<const models::TemplateSpace>> templateSpace() const;

    // Keeps them under the next number, and takes them into force unless others are pinned. Of those not pinned nor in force
    // the newest 20 stay.
    Status saveModels(const models::TrainedModels& models);
    Result<std::shared_ptr<const models::TrainedModels>> models() const;  // those in force

    // Every set of trained models that is kept.
    struct ModelsRecord {
        uint32_t number = 0;  // 1, 2, … in the order of training; never used twice
        Instant created = 0;
        uint64_t bytes = 0;
        uint64_t workloadFingerprint = 0;
        bool inForce = false, pinned = false;
        bool operator==(const ModelsRecord&) const = default;
    };
    Result<std::vector<ModelsRecord>> modelsRecords() const;  // oldest first
    // notFound; format or version, where it cannot be read.
    Result<std::shared_ptr<const models::TrainedModels>> modelsNumbered(uint32_t number) const;
    // From now on these, or, with `pinned`, these until they are unpinned, whatever is trained. They are read first: where
    // that fails, what was in force stays.
    Status takeModels(uint32_t number, bool pinned);
    Status unpinModels();
    // conflict: they are in force.
    Status deleteModels(uint32_t number);

    // The tuning studies of models, by name; a newer one replaces that of the same name.
    Status saveStudy(const models::Study& study);
    Result<std::vector<models::Study>> studies() const;

    // Events that a person has marked on the calendar, by beginning. Models rest on them as on the workload.
    Status saveEvents(const std::vector<models::CalendarEvent>& events);
    Result<std::vector<models::CalendarEvent>> events() const;

    Status saveForecast(const models::Forecast& forecast);
    Result<std::shared_ptr<const models::Forecast>> forecast() const;  // its workload shares the facts of workload()

    Status saveAdvice(const advisor::Advice& advice);
    Result<std::shared_ptr<const advisor::Advice>> advice() const;
    Result<uint64_t> adviceFingerprint() const;  // 0: none
    // The layout in force; nothing until a migration switched to a design (then: one database). `before`: what was in force
    // before it, kept until the next one is saved; null where nobody knows.
    Status saveDesignInForce(const sharding::Design& design, const sharding::Design* before = nullptr);
    Result<std::shared_ptr<const sharding::Design>> designInForce() const;
    // The layout before the one in force, whatever was planned since; null where it is not known.
    Result<std::shared_ptr<const sharding::Design>> designBefore() const;

    // Replaces the cluster of that name. Files in the project's folder are kept relative to it (shard_places.h). usage: no
    // shards, a name twice, or a URI that carries a password.
    Status saveCluster(const std::string& name, const std::vector<ClusterShard>& shards);
    Result<std::map<std::string, std::vector<ClusterShard>>> clusters() const;

    // The current plan as migration/ serialised it, its fingerprint, and the designs and cluster it was made for.
    struct PlanRecord {
        std::string plan;
        std::string approvals;             // as migration/ serialised them
        std::string fromDesign, toDesign;  // serialised designs
        std::string cluster;
        uint64_t adviceFingerprint = 0;  // adviceFingerprint() when it was made; 0: not made from advice
    };
    Status savePlan(const PlanRecord& record);
    Result<std::optional<PlanRecord>> plan() const;

    Status saveMonitorState(std::string_view bytes);
    Result<std::string> monitorState() const;  // empty: none

    Status saveSetting(const std::string& key, const std::string& value);
    Result<std::string> setting(const std::string& key) const;  // empty: not set

    // Changes whenever this or another process has saved something.
    Result<uint64_t> changeCounter() const;
    // Every stage, in words for the navigation marks. A stage is stale where what it was made from has changed since,
    // or is stale itself.
    Result<std::map<Stage, StageState>> staleness() const;

private:
    struct Impl;
    explicit Project(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace foreshard::project
