// What each verb is asked, as plain values: filled by the command line and by the workbench alike. Defaults are those of the
// command line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::verbs {

using Path = std::filesystem::path;

struct ProfileOptions {
    Path project;
    std::vector<Path> schemas;             // DDL files, SQLite databases, or "postgresql:CONNINFO"
    std::vector<Path> logs;
    std::string format = "auto";           // ingest::logFormatOf() knows the names
    std::vector<std::string> columns;      // csv, ndjson: "statement=query", see ingest::ColumnMapping
    std::string prefix;                    // log_line_prefix; empty: found
    std::string timezone;                  // IANA name of the server's zone; empty: what the log says
    std::optional<Instant> interval;       // nothing: found
    std::optional<double> sampleRate;
    std::optional<double> minDurationMs;
    std::optional<bool> pooled;
    std::optional<uint32_t> heavyKeys;     // see workload::PartialOptions; nothing: as many as it says
    bool mask = false;                     // values are replaced by keyed hashes
    Path maskKey;                          // its file, made where it is not there; empty: this user's own
    bool masks() const { return mask || !maskKey.empty(); }
    unsigned threads = 0;                  // 0: all cores
    // Of a part (profile --partial): see ingest::PartRequest.
    struct Part {
        uint64_t offset = 0, base = 0;
        std::optional<uint64_t> length;
        Path head;
        std::string name, source;
    };
    Part part;
};

struct MergeOptions {
    Path output;                           // "-": standard output
    std::vector<Path> inputs;
};

struct ShowOptions {
    Path project;
    std::string what = "workload";         // workload, templates, transactions, columns, access, volume, buckets, metrics, designs, plan
};

struct TrainOptions {
    Path project;
    std::string device = "auto";
    double budgetSeconds = 0;
    uint32_t tuneTrials = 0;               // of each model's hyper-parameters, before training; 0: they stay as they are
    std::string labelOn;                   // "sqlite:FILE", a copy of the data on which rows of calls are counted; empty: the logs alone
    double labelSeconds = 60;              // for all of that
    unsigned threads = 0;                  // 0: all cores
    uint64_t seed = 1;
};

struct ForecastOptions {
    Path project;
    Instant horizon = microsPerDay;
    uint64_t seed = 1;
};

struct HotspotsOptions {
    Path project;
    bool learned = false;                  // networks and trees among the predictors of the next interval
    uint64_t seed = 1;
    unsigned threads = 0;
};

struct AdviseOptions {
    Path project;
    uint32_t shards = 0;                   // 0: as in the advice that is there, if whyNot is asked
    uint32_t shardsUpTo = 0;               // more than `shards`: each number from that to this one
    std::multimap<std::string, std::string> pins;
    bool fromForecast = false;
    uint64_t seed = 1;
    double timeLimitSeconds = 0;
    std::string whyNot;                    // "orders.customer_id": that key's best design beside the winner
    std::string weights;                   // "write_visit=3,peak_work=0.5": weights of the objective; the rest as they are
    std::multimap<std::string, std::string> forbidden;     // as advisor::Options has them
    std::vector<std::vector<std::string>> together;        // tables that must lie together
    std::vector<std::vector<std::string>> apart;           // tables that must not
    std::set<std::string> locked;          // tables that keep today's layout
    bool unsteered = false;                // leaves out what the project keeps as decided
    Path data;                             // SQLite database whose rows are evidence for derived keys; empty: the log alone
};

struct SimulateOptions {
    Path project;
    std::vector<std::string> designs;      // ids; "today" is the layout in force; empty: today and the best one
    std::vector<std::string> scenarios;    // "observed", "forecast", "growth=2,shards=4,forecast"
};

struct RouteOptions {
    Path project;
    std::string design;
    std::string sql;
};

struct ClusterOptions {
    Path project;
    std::string name;                      // of the cluster
    std::vector<std::string> uris;         // "sqlite:FILE", in the order of the shards
    bool replace = false;                  // a cluster of that name with other shards
};

struct PlanOptions {
    Path project;
    std::string from = "today";
    std::string to;                        // empty: the best design
    std::string cluster;                   // empty: the project's only one
};

// approve, migrate, pause, resume, rollback, verify, status
struct MigrationOptions {
    Path project;
    std::vector<std::string> steps;        // to approve; "all" for all
    bool execute = false;                  // false: dry run
};

struct MonitorOptions {
    Path project;
    std::vector<Path> logs;                // new ones, or one that grows
    std::string design;                    // empty: the one in force
    std::string listen;                    // "127.0.0.1:9187"; empty: no endpoint
    bool follow = false;                   // keep reading until stopped
    std::optional<double> skewLimit;       // alert above this max/mean load; nothing: as it was last time
    bool retrain = false;                  // take a newly trained model where it is better
};

struct ReportOptions {
    Path project;
    Path output;                           // .html, .md, .csv or .json
    bool showLiterals = false;
};

}  // namespace foreshard::verbs
