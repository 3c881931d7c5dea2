// The command line, and the only file that includes CLI11.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "app/cli/command.h"
#include "app/cli/render.h"
#include "app/cli/render_evaluate.h"
#include "app/cli/render_predict.h"
#include "app/cli/render_registry.h"
#include "app/cli/render_schema.h"

namespace foreshard::cli {

namespace {

using namespace verbs;

// Reads durations such as 90s, 15m, 1h, 2d.
CLI::Option* addInterval(CLI::App* app, const std::string& name, std::optional<Instant>& target, const std::string& help) {
    return app->add_option_function<std::string>(
                  name,
                  [&target, name](const std::string& text) {
                      target = parseInterval(text);
                      if (!target) throw CLI::ValidationError(name, "\"" + text + "\" is no duration; write 15m, 1h or 2d");
                  },
                  help)
        ->type_name("DURATION");
}

// Reads times such as 2026-11-27 or "2026-11-27 08:00", UTC where no zone is given.
CLI::Option* addTime(CLI::App* app, const std::string& name, std::optional<Instant>& target, const std::string& help) {
    return app->add_option_function<std::string>(
                  name,
                  [&target, name](const std::string& text) {
                      target = parseTime(text);
                      if (!target) target = parseTime(text + " 00:00:00");
                      if (!target) throw CLI::ValidationError(name, "\"" + text + "\" is no time; write 2026-11-27 or \"2026-11-27 08:00\"");
                  },
                  help)
        ->type_name("TIME");
}

// "orders=customer_id" of every one.
Status splitPairs(const char* option, const std::vector<std::string>& texts, std::multimap<std::string, std::string>& out) {
    for (const auto& text : texts) {
        const auto equal = text.find('=');
        if (equal == std::string::npos || equal == 0 || equal + 1 == text.size())
            return Error{ErrorCategory::usage, fmt::format("{} {} is not TABLE=COLUMN.", option, text), fmt::format("Write {} orders=customer_id, or TABLE=reference.", option), {}};
        out.emplace(text.substr(0, equal), text.substr(equal + 1));
    }
    return {};
}

// "4", or "4..8".
Status readShards(const std::string& text, AdviseOptions& out) {
    const auto number = [](std::string_view part) {
        uint32_t value = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
        return error == std::errc() && end == part.data() + part.size() && value <= 10'000 ? value : 0;
    };
    const size_t dots = text.find("..");
    out.shards = number(std::string_view(text).substr(0, dots));
    out.shardsUpTo = dots == std::string::npos ? out.shards : number(std::string_view(text).substr(dots + 2));
    if (out.shards > 0 && out.shardsUpTo >= out.shards) return {};
    return Error{ErrorCategory::usage, fmt::format("--shards {} is no number of shards.", text), "Write a number from 1 to 10,000, or a range as 4..8.", {}};
}

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> parts;
    for (size_t at = 0; at <= text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        if (comma > at) parts.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

// Everything that options are parsed into. Lives as long as the command: the run functions hold it.
struct Arguments {
    GlobalOptions global;
    ProfileOptions profile;
    bool partial = false;
    MergeOptions merge;
    ShowOptions show;
    SchemaOptions schema;
    bool showLiterals = false;
    TrainOptions train;
    ForecastOptions forecast;
    HotspotsOptions hotspots;
    EventsOptions events;
    std::string by = "series";
    ModelsOptions models;
    PredictOptions predict;
    CardinalityOptions cardinality;
    std::optional<Instant> labelLimit;
    bool tune = false;
    uint32_t trials = 30;
    std::optional<Instant> horizon;
    AdviseOptions advise;
    std::vector<std::string> pins, forbidden, together, apart, locked;
    std::string shards;                    // "4" or "4..8"
    std::string from = "observed";
    SimulateOptions simulate;
    RouteOptions route;
    ClusterOptions cluster;
    PlanOptions plan;
    MigrationOptions migration;
    MonitorOptions monitor;
    EvaluateVolumeOptions evaluateVolume;
    EvaluateHotspotOptions evaluateHotspot;
    EvaluateCardinalityOptions evaluateCardinality;
    ReportOptions report;
    std::string project;
    std::string screenshots;
};

class CommandLine {
public:
    explicit CommandLine(CLI::App& app) : app_(app), arguments_(std::make_shared<Arguments>()) {}

    void build() {
        // One verb a call: what stands behind it is its own, also where it is spelled like a verb ("show P plan").
        app_.require_subcommand(0, 1);
        app_.add_option("project", arguments_->project, "A project to open in the workbench")->type_name("P");
        app_.add_option("--screenshots", arguments_->screenshots, "Render the pages of the project to PNG files in this folder and end")->type_name("FOLDER");
        addProfile();
        addMerge();
        addShow();
        addSchema();
        addModels();
        addHotspots();
        addPredict();
        addAdvise();
        addSimulate();
        addRoute();
        addCluster();
        addPlan();
        addMigration();
        addEvaluate();
        addMonitor();
        addReport();
    }
    Command take() {
        command_.global = arguments_->global;
        command_.project = arguments_->project;
        command_.screenshots = arguments_->screenshots;
        return std::move(command_);
    }

private:
    // A subcommand with the options that every verb has. `run` is called with the filled arguments.
    // `shown`: the verb's name in messages and JSON.
    CLI::App* verb(CLI::App* parent, const std::string& shown, const std::string& name, const std::string& help, std::function<Result<Outcome>(Arguments&, Job&)> run) {
        auto* sub = parent->add_subcommand(name, help);
        auto& global = arguments_->global;
        sub->add_flag("--json", global.json, "Print one JSON object on standard output");
        sub->add_flag("--quiet", global.quiet, "Print nothing on success");
        sub->add_flag("--progress", global.progress, "Print progress as lines on standard error");
        // Every verb takes these, so that scripts can pass them to all; --help shows them where they do something.
        sub->add_option("--seed", global.seed, "Seed of everything random")->capture_default_str()->group("");
        sub->add_option("--threads", global.threads, "Threads to use (0: all cores)")->capture_default_str()->group("");
        sub->callback([this, shown, run = std::move(run)] {
            command_.verb = shown;
            command_.run = [arguments = arguments_, run](Job& job) { return run(*arguments, job); };
        });
        return sub;
    }
    CLI::App* verb(const std::string& name, const std::string& help, std::function<Result<Outcome>(Arguments&, Job&)> run) {
        return verb(&app_, name, name, help, std::move(run));
    }
    static void shownIn(CLI::App* sub, std::initializer_list<const char*> options) {
        for (const char* name : options) sub->get_option(name)->group("Options");
    }
    static void projectOf(CLI::App* sub, Path& path, bool required = true) { sub->add_option("P", path, "Project file (NAME.foreshard)")->required(required)->type_name(""); }

    void addProfile() {
        auto* sub = verb("profile", "Read query logs into the project's workload", [](Arguments& a, Job& job) -> Result<Outcome> {
            a.profile.threads = a.global.threads;
            if (a.partial && a.global.json) return Error{ErrorCategory::usage, "--partial writes the part to standard output.", "Leave --json out.", {}};
            if (!a.partial && a.profile.project.empty()) return Error{ErrorCategory::usage, "P is required.", "Run foreshard profile --help.", {}};
            return a.partial ? runProfilePart(a.profile, job) : runProfile(a.profile, job);
        });
        auto& o = arguments_->profile;
        shownIn(sub, {"--threads"});
        projectOf(sub, o.project, false);
        sub->add_option("--schema", o.schemas, "DDL files, SQLite databases, or live PostgreSQL: \"postgresql:host=db dbname=shop\" (read only; a password stays in ~/.pgpass or a service file)")->type_name("F");
        sub->add_option("--log", o.logs, "Log files, also compressed by gzip or zstd, folders of them, or patterns in quotes; - is standard input; added to what was read before, of a file that has grown what is new; exports of pg_stat_statements (CSV with names, or JSON) stand beside them as metrics")->required()->type_name("F");
        sub->add_option("--format", o.format, "auto; PostgreSQL: csvlog, jsonlog, stderr, syslog; MySQL, MariaDB: mysql-general, mysql-slow; sqlite-trace; vtgate; table (CSV with any separator), ndjson")->capture_default_str()->type_name("");
        sub->add_option("--prefix", o.prefix, "log_line_prefix of a stderr log or of syslog (found out if not given)")->type_name("X");
        sub->add_option("--timezone", o.timezone, "The server's time zone, such as America/Chicago: decides what CST or IST means, and of which zone times without one are; also for what is read later of the same log")->type_name("NAME");
        addInterval(sub, "--interval", o.interval, "Width of the counting interval (found out if not given)");
        sub->add_option("--sample-rate", o.sampleRate, "Share of statements that the server logged")->check(CLI::Range(1e-6, 1.0))->type_name("R");
        sub->add_option("--min-duration", o.minDurationMs, "The log has only statements at least this long")->type_name("MS");
        sub->add_flag_callback("--pooled", [&o] { o.pooled = true; }, "The log is of a server behind a connection pooler");
        sub->add_option("--column", o.columns, "Of a table or ndjson, which column is what (in ndjson also query.text, a member of a member): time, statement, duration_ms, duration_s, session, database, transaction, error")->type_name("WHAT=NAME");
        sub->add_option("--heavy-keys", o.heavyKeys, "Counters for the heaviest keys of each key column: each is known up to its share of 1/N (default 8192; 0: none)")->check(CLI::Range(0u, 1'000'000u))->type_name("N");
        sub->add_flag("--mask", o.mask, "Replace values by keyed hashes while reading: none gets into the project");
        sub->add_option("--mask-key", o.maskKey, "File with the key for --mask, made if it is not there (default: foreshard/mask.key in this user's configuration)")->type_name("F");
        addPart(sub);
    }
    void addPart(CLI::App* sub) {
        auto& o = arguments_->profile.part;
        const char* group = "Parts, for many machines";
        auto* partial = sub->add_flag("--partial", arguments_->partial, "Read one part of one log and write it to standard output, for merge")->group(group);
        const auto option = [&](const char* name, auto& target, const char* help, const char* type) { sub->add_option(name, target, help)->needs(partial)->group(group)->type_name(type); };
        option("--offset", o.offset, "Where the part begins in the log; of standard input, where what comes in does (default 0)", "N");
        option("--length", o.length, "Bytes of the part (default: to the end of the log)", "N");
        option("--head", o.head, "The log's first 256 KiB, by which its format is known; for parts on standard input", "F");
        option("--name", o.name, "Path of the log in what is reported; for parts on standard input", "F");
        option("--source", o.source, "Name of what the log comes from: rotated logs of one server share it", "NAME");
        option("--base", o.base, "Bytes of the rotated logs before this one (default 0)", "N");
    }
    void addMerge() {
        auto* sub = verb("merge", "Merge parts that profile --partial wrote, in any order", [](Arguments& a, Job& job) -> Result<Outcome> {
            if (a.merge.output == "-" && a.global.json) return Error{ErrorCategory::usage, "The merged part goes to standard output.", "Leave --json out, or name a file.", {}};
            return runMerge(a.merge, job);
        });
        sub->add_option("OUT", arguments_->merge.output, "File to write; - is standard output")->required()->type_name("");
        sub->add_option("IN", arguments_->merge.inputs, "Parts")->required()->type_name("");
    }
    void addShow() {
        auto* sub = verb("show", "Print what is in the project", [](Arguments& a, Job& job) { return runShow(a.show, job); });
        auto& o = arguments_->show;
        projectOf(sub, o.project);
        sub->add_option("what", o.what, "workload, templates, transactions, columns (key columns with their heaviest keys), access (how tables are reached, which columns travel together), volume, buckets (of keys), metrics (what the server counted by itself), designs or plan")
            ->check(CLI::IsMember({"workload", "templates", "transactions", "columns", "access", "volume", "buckets", "metrics", "designs", "plan"}))
            ->capture_default_str()
            ->type_name("");
    }
    void addEvents() {
        auto* sub = verb("events", "Mark events on the calendar, such as a sale: forecasts use what such events did before", [](Arguments& a, Job& job) { return runEvents(a.events, job); });
        auto& o = arguments_->events;
        projectOf(sub, o.project);
        sub->add_option("act", o.act, "add, list or remove")->check(CLI::IsMember({"add", "list", "remove"}))->capture_default_str()->type_name("");
        sub->add_option("NAME", o.name, "What happens then; events of one name are of one kind")->type_name("");
        addTime(sub, "--from", o.from, "Its beginning; with remove, which one of several");
        addTime(sub, "--to", o.to, "Its end");
        sub->add_option("--like", o.like, "Another event that this one is of the same kind as")->type_name("NAME");
    }
    void addSchema() {
        auto* sub = verb("schema", "List tables with their sizes; read them again from where they came from, and say what has changed", [](Arguments& a, Job& job) { return runSchema(a.schema, a.showLiterals, job); });
        auto& o = arguments_->schema;
        projectOf(sub, o.project);
        sub->add_option("act", o.act, "list, refresh, or changes (those of the last refresh)")->check(CLI::IsMember({"list", "refresh", "changes"}))->capture_default_str()->type_name("");
        sub->add_option("--schema", o.sources, "refresh: read these in place of what the project was made from")->type_name("F");
        sub->add_flag("--replace", o.replace, "refresh: take another schema though logs were read with this one");
        sub->add_flag("--show-literals", arguments_->showLiterals, "Write common values out");
    }
    void addModels() {
        auto* train = verb("train", "Train and choose the volume models, and the cardinality model where rows were counted", [](Arguments& a, Job& job) -> Result<Outcome> {
            a.train.seed = a.global.seed;
            a.train.threads = a.global.threads;
            if (a.labelLimit && a.train.labelOn.empty()) return Error{ErrorCategory::usage, "--limit is of --label-on.", "Name the copy: --label-on sqlite:FILE.", {}};
            if (a.labelLimit) a.train.labelSeconds = static_cast<double>(*a.labelLimit) / microsPerSecond;
            if (a.tune) a.train.tuneTrials = a.trials;
            return runTrain(a.train, job);
        });
        shownIn(train, {"--seed"});
        projectOf(train, arguments_->train.project);
        train->add_option("--device", arguments_->train.device, "auto, cpu or cuda")->check(CLI::IsMember({"auto", "cpu", "cuda"}))->capture_default_str();
        train->add_option("--budget", arguments_->train.budgetSeconds, "Seconds to spend at most (0: no limit)")->check(CLI::NonNegativeNumber);
        train->add_flag("--tune", arguments_->tune, "Tune the hyper-parameters first, by the backtest");
        train->add_option("--trials", arguments_->trials, "Trials of each tuned model; a study that was cut short goes on")->check(CLI::Range(1u, 10'000u))->capture_default_str()->type_name("N")->needs("--tune");
        train->add_option("--label-on", arguments_->train.labelOn, "A copy of the data, sqlite:FILE, on which rows of sampled calls are counted; it is opened to be read")->type_name("URI");
        addInterval(train, "--limit", arguments_->labelLimit, "How long to count there at most (default 60s)");
        auto* forecast = verb("forecast", "Forecast the workload; trains first where there are no models of what was read", [](Arguments& a, Job& job) {
            a.forecast.seed = a.global.seed;
            if (a.horizon) a.forecast.horizon = *a.horizon;
            return runForecast(a.forecast, a.by, job);
        });
        shownIn(forecast, {"--seed"});
        projectOf(forecast, arguments_->forecast.project);
        addInterval(forecast, "--horizon", arguments_->horizon, "How far to look ahead (default 24h)");
        forecast->add_option("--by", arguments_->by, "What to print: series (templates that rise and fall together), template or transaction")->check(CLI::IsMember({"series", "template", "transaction"}))->capture_default_str()->type_name("");
        addEvents();
        auto* models = verb("models", "List the trained models that are kept; compare, pin, unpin, roll back to or delete them", [](Arguments& a, Job& job) { return runModels(a.models, job); });
        projectOf(models, arguments_->models.project);
        models->add_option("act", arguments_->models.act, "list, compare, pin, unpin, rollback or delete")
            ->check(CLI::IsMember({"list", "compare", "pin", "unpin", "rollback", "delete"}))
            ->capture_default_str()
            ->type_name("");
        models->add_option("N", arguments_->models.numbers, "Numbers of the models: compare N M, or N with those in force; pin N (default: those in force); rollback N (default: the ones before)")->check(CLI::PositiveNumber)->type_name("");
    }
    void addPredict() {
        auto* predict = verb("predict", "Say what is expected of one statement: calls, hotspots, rows, and what is like it", [](Arguments& a, Job& job) {
            a.predict.seed = a.global.seed;
            return runPredict(a.predict, job);
        });
        projectOf(predict, arguments_->predict.project);
        predict->add_option("--sql", arguments_->predict.sql, "The statement, seen before or not")->required()->type_name("S");
        shownIn(predict, {"--seed"});
        auto* cardinality = verb("cardinality", "Say how many rows a call of each template returns, and how right that is", [](Arguments& a, Job& job) { return runCardinality(a.cardinality, job); });
        projectOf(cardinality, arguments_->cardinality.project);
    }
    void addAdvise() {
        auto* sub = verb("advise", "Rank sharding designs for the whole schema", [](Arguments& a, Job& job) -> Result<Outcome> {
            if (!a.shards.empty()) FS_TRY(readShards(a.shards, a.advise));
            if (a.advise.shards == 0 && a.advise.whyNot.empty()) return Error{ErrorCategory::usage, "--shards is required.", "Say how many shards there will be, for example --shards 4.", {}};
            a.advise.seed = a.global.seed;
            a.advise.fromForecast = a.from == "forecast";
            FS_TRY(splitPairs("--pin", a.pins, a.advise.pins));
            FS_TRY(splitPairs("--forbid", a.forbidden, a.advise.forbidden));
            for (const auto& tables : a.together) a.advise.together.push_back(splitList(tables));
            for (const auto& tables : a.apart) a.advise.apart.push_back(splitList(tables));
            a.advise.locked = {a.locked.begin(), a.locked.end()};
            return runAdvise(a.advise, job);
        });
        auto& o = arguments_->advise;
        shownIn(sub, {"--seed"});
        projectOf(sub, o.project);
        sub->add_option("--shards", arguments_->shards, "Number of shards, or a range (4..8) whose numbers are ranked together; needed, but for --why-not: as in the last advice")->type_name("N");
        sub->add_option("--pin", arguments_->pins, "Fix a table's key or how it is placed: TABLE=COLUMN, TABLE=COLUMN+COLUMN (composite), or TABLE= and reference, unsharded, hash, range, ring (consistent hash) or directory (heavy keys by name)")
            ->type_name("T=…");
        sub->add_option("--forbid", arguments_->forbidden, "What a table must not be: the same words, and TABLE=composite")->type_name("T=…");
        sub->add_option("--together", arguments_->together, "Tables that must lie together: TABLE,TABLE")->type_name("T,T");
        sub->add_option("--apart", arguments_->apart, "Tables that must not share their shards: TABLE,TABLE")->type_name("T,T");
        sub->add_option("--time-limit", o.timeLimitSeconds, "Seconds for the search; the best found by then is ranked")->check(CLI::Range(0.001, 86'400.0))->type_name("S");
        sub->add_option("--lock", arguments_->locked, "A table that keeps today's layout")->type_name("T");
        sub->add_option("--data", o.data, "SQLite database whose rows check the keys that are derived from the log, and show others")->check(CLI::ExistingFile)->type_name("FILE");
        sub->add_flag("--unsteered", o.unsteered, "Leave out what is decided in the project: pins, locks, weights and the rest that the workbench keeps");
        sub->add_option("--weights", o.weights, "Weights of the objective: write_visit=3,peak_work=0.5 (all are in --json)")->type_name("W=X,…");
        sub->add_option("--why-not", o.whyNot, "Ask for a key: TABLE=COLUMN, TABLE=reference or TABLE=unsharded; nothing is saved")->type_name("T=…");
        sub->add_option("--from", arguments_->from, "observed or forecast")->check(CLI::IsMember({"observed", "forecast"}))->capture_default_str();
    }
    void addSimulate() {
        auto* sub = verb("simulate", "Project designs under scenarios, side by side", [](Arguments& a, Job& job) { return runSimulate(a.simulate, job); });
        auto& o = arguments_->simulate;
        projectOf(sub, o.project);
        sub->add_option("--design", o.designs, "Design ids, or \"today\"; the first one is the baseline")->type_name("D");
        sub->add_option("--scenario", o.scenarios, "observed, forecast, or with growth=X and shards=N: \"forecast,growth=2,shards=4\"")->type_name("S");
    }
    void addRoute() {
        auto* sub = verb("route", "Say which shards a statement touches, and why", [](Arguments& a, Job& job) { return runRoute(a.route, job); });
        projectOf(sub, arguments_->route.project);
        sub->add_option("--design", arguments_->route.design, "Design id")->required()->type_name("D");
        sub->add_option("--sql", arguments_->route.sql, "The statement")->required()->type_name("S");
    }
    void addCluster() {
        auto* sub = app_.add_subcommand("cluster", "Add and list shards: cluster P add NAME URI…, cluster P list");
        projectOf(sub, arguments_->cluster.project);
        sub->require_subcommand(1);
        auto* add = verb(sub, "cluster", "add", "Add a cluster of shards", [](Arguments& a, Job& job) { return runClusterAdd(a.cluster, job); });
        add->add_option("NAME", arguments_->cluster.name, "Name of the cluster")->required()->type_name("");
        add->add_option("URI", arguments_->cluster.uris, "One sqlite:FILE for each shard, in their order")->required()->type_name("");
        add->add_flag("--replace", arguments_->cluster.replace, "Take these shards in place of those that a cluster of this name has");
        verb(sub, "cluster", "list", "List the project's clusters", [](Arguments& a, Job& job) { return runClusterList(a.cluster, job); });
    }
    void addPlan() {
        auto* sub = verb("plan", "Make a migration plan", [](Arguments& a, Job& job) { return runPlan(a.plan, job); });
        auto& o = arguments_->plan;
        projectOf(sub, o.project);
        sub->add_option("--from", o.from, "Design that is in force now: an id, or \"today\"")->capture_default_str()->type_name("D1");
        sub->add_option("--to", o.to, "Design to reach: an id, best, or previous (what was in force before the last migration); default: best")->type_name("D2");
        sub->add_option("--cluster", o.cluster, "Cluster of the shards (default: the project's only one)")->type_name("C");
    }
    void addMigration() {
        auto* approve = verb("approve", "Approve steps of the plan", [](Arguments& a, Job& job) { return runApprove(a.migration, job); });
        projectOf(approve, arguments_->migration.project);
        approve->add_option("STEP", arguments_->migration.steps, "Step ids, or \"all\"")->required()->type_name("");
        auto* migrate = verb("migrate", "Run the approved steps (a dry run without --execute)", [](Arguments& a, Job& job) { return runMigrate(a.migration, job); });
        projectOf(migrate, arguments_->migration.project);
        migrate->add_flag("--execute", arguments_->migration.execute, "Really move the rows");
        addPlain("pause", "Stop the running migration after its batch", runPause);
        addPlain("resume", "Go on after a pause or a crash", runResume);
        addPlain("rollback", "Move everything back that the plan has moved", runRollback);
        addPlain("verify", "Check that every row is where the design says, once", runVerify);
        addPlain("status", "Say where the migration stands and what can be done", runStatus);
    }
    void addPlain(const char* name, const char* help, Result<Outcome> (*run)(const MigrationOptions&, Job&)) {
        auto* sub = verb(name, help, [run](Arguments& a, Job& job) { return run(a.migration, job); });
        projectOf(sub, arguments_->migration.project);
    }
    void addHotspots() {
        auto* sub = verb("hotspots", "Say which keys and ranges are hot, which are foreseen, and what the next interval will find hot", [](Arguments& a, Job& job) {
            a.hotspots.seed = a.global.seed;
            a.hotspots.threads = a.global.threads;
            return runHotspots(a.hotspots, job);
        });
        shownIn(sub, {"--seed", "--threads"});
        projectOf(sub, arguments_->hotspots.project);
        sub->add_flag("--learned", arguments_->hotspots.learned, "Train networks and trees too for the next interval (minutes instead of seconds)");
    }
    void addEvaluate() {
        auto* sub = app_.add_subcommand("evaluate", "Run any data file through a whole portfolio of models and print how well each does");
        sub->require_subcommand(1);
        addEvaluateVolume(sub);
        addEvaluateHotspot(sub);
        addEvaluateCardinality(sub);
    }
    void addEvaluateCardinality(CLI::App* parent) {
        auto* sub = verb(parent, "evaluate", "cardinality", "Rows of queries: CSV with the columns sql,true_rows and perhaps estimate and group, or lines of tables#joins#column,op,value#rows",
                         [](Arguments& a, Job& job) -> Result<Outcome> {
                             if (a.evaluateCardinality.file.empty())
                                 return Error{ErrorCategory::usage, "There is no file to train on.", "Write foreshard evaluate cardinality FILE, or --train F --test G.", {}};
                             a.evaluateCardinality.seed = a.global.seed;
                             a.evaluateCardinality.threads = a.global.threads;
                             return runEvaluateCardinality(a.evaluateCardinality, job);
                         });
        auto& o = arguments_->evaluateCardinality;
        shownIn(sub, {"--seed", "--threads"});
        auto* file = sub->add_option("FILE", o.file, "The data; each fifth is a test in turn where no other is named")->type_name("");
        sub->add_option("--train", o.file, "The same as FILE")->excludes(file)->type_name("F");
        sub->add_option("--test", o.tests, "Files to test on")->type_name("G");
        sub->add_option("--test-last", o.testLast, "Test on the last N queries of FILE, which are then not trained on")->check(CLI::PositiveNumber)->type_name("N");
        sub->add_option("--columns", o.columns, "What is known of columns: CSV with name,min,max,cardinality,num_unique_values (default: column_min_max_vals.csv beside FILE)")->type_name("F");
        sub->add_option("--folds", o.folds, "Parts of the cross-validation")->check(CLI::Range(2u, 20u))->capture_default_str()->type_name("N");
    }
    void addEvaluateHotspot(CLI::App* parent) {
        auto* sub = verb(parent, "evaluate", "hotspot", "Hot keys: CSV with the columns time,key or key, lines of \"first count 0 sequence\", or binary keys; packed or not",
                         [](Arguments& a, Job& job) {
                             a.evaluateHotspot.seed = a.global.seed;
                             a.evaluateHotspot.threads = a.global.threads;
                             return runEvaluateHotspot(a.evaluateHotspot, job);
                         });
        auto& o = arguments_->evaluateHotspot;
        shownIn(sub, {"--seed", "--threads"});
        sub->add_option("FILE", o.file, "The data")->required()->type_name("");
        sub->add_flag("--ranges", o.ranges, "Predict hot ranges of keys (512 of them) instead of hot keys");
        sub->add_option("--first", o.first, "Read only so many accesses")->check(CLI::PositiveNumber)->type_name("N");
        sub->add_option("--share", o.share, "Share of the items to predict (default: 0.01 of keys, 0.05 of ranges)")->check(CLI::Range(1e-6, 0.5))->type_name("S");
    }
    void addEvaluateVolume(CLI::App* parent) {
        auto* sub = verb(parent, "evaluate", "volume", "Volumes over time: CSV with the columns series,time,count, or period,count", [](Arguments& a, Job& job) {
            a.evaluateVolume.seed = a.global.seed;
            a.evaluateVolume.threads = a.global.threads;
            return runEvaluateVolume(a.evaluateVolume, job);
        });
        auto& o = arguments_->evaluateVolume;
        shownIn(sub, {"--seed", "--threads"});
        sub->add_option("FILE", o.file, "The data")->required()->type_name("");
        sub->add_option("--horizons", o.horizons, "Steps ahead to judge, such as 1,24")->delimiter(',')->check(CLI::Range(1u, 100'000u))->capture_default_str()->type_name("N,…");
        sub->add_option("--test-last", o.testLast, "Steps of each series to test on (default: the last fifth)")->check(CLI::PositiveNumber)->type_name("N");
        sub->add_option("--origins", o.origins, "every: each step is an origin; last: one forecast of the whole test part")->check(CLI::IsMember({"every", "last"}))->capture_default_str()->type_name("");
        sub->add_option("--season", o.season, "Steps in a season (default: by the distance of the times, 24 for hours, 1440 for minutes)")->check(CLI::PositiveNumber)->type_name("N");
        sub->add_option("--events", o.events, "Marked events: CSV with the columns name,from,to and, for kinds of several names, like; shows what they bring, and takes twice as long")->type_name("F");
        sub->add_option("--budget", o.budgetSeconds, "Seconds to train at most (0: no limit)")->check(CLI::NonNegativeNumber)->type_name("S");
    }
    void addMonitor() {
        auto* sub = verb("monitor", "Hold new log data against the forecast and the design in force", [](Arguments& a, Job& job) { return runMonitor(a.monitor, job, a.global.quiet); });
        auto& o = arguments_->monitor;
        projectOf(sub, o.project);
        sub->add_option("--log", o.logs, "New log files, or one that grows")->required()->type_name("F");
        sub->add_option("--design", o.design, "Design in force (default: the project's)")->type_name("D");
        sub->add_option("--listen", o.listen, "Serve Prometheus metrics at HOST:PORT")->type_name("ADDR");
        sub->add_flag("--follow", o.follow, "Keep reading until stopped");
        sub->add_option("--skew-limit", o.skewLimit, "Alert when the hottest shard carries more than this times the mean (default: as last time, 1.5 at first)")->check(CLI::Range(1.0, 1e6));
        sub->add_flag("--retrain", o.retrain, "On drift, train again and take the new model if it is better on recent data");
    }
    void addReport() {
        auto* sub = verb("report", "Write the report", [](Arguments& a, Job& job) { return runReport(a.report, job); });
        projectOf(sub, arguments_->report.project);
        sub->add_option("-o,--output", arguments_->report.output, "F.html, F.md, F.csv or F.json")->required()->type_name("F");
        sub->add_flag("--show-literals", arguments_->report.showLiterals, "Write key values and literals out (masked otherwise)");
    }

    CLI::App& app_;
    std::shared_ptr<Arguments> arguments_;
    Command command_;
};

}  // namespace

namespace {

// Edits (letters put in, left out, replaced, or two neighbours swapped) from `a` to `b`: Damerau (1964), in the form without
// edits inside of a swapped pair.
size_t editsBetween(const std::string& a, const std::string& b) {
    std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
    for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
    for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
    for (size_t i = 1; i <= a.size(); ++i)
        for (size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
}

std::vector<std::string> verbsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(sub->get_name());
    return names;
}

// The verb that was meant; empty where none is near.
std::string nearestVerb(const CLI::App& app, const std::string& word) {
    std::string best;
    size_t edits = word.size() / 3 + 2;
    for (const auto& name : verbsOf(app))
        if (const size_t own = editsBetween(word, name); own < edits) best = name, edits = own;
    return best;
}

// The first word where it can only have been meant as a verb: no name of a file that is there, nor of a project to be.
std::string wordForVerb(const std::string& first) {
    std::error_code ignored;
    const bool plain = !first.empty() && first.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string::npos;
    return plain && first[0] != '-' && !std::filesystem::exists(first, ignored) ? first : std::string();
}

Error unknownVerb(const CLI::App& app, const std::string& word) {
    const auto near = nearestVerb(app, word);
    return {ErrorCategory::usage, "There is no verb '" + word + "'" + (near.empty() ? "." : "; did you mean " + near + "?"), "Run foreshard --help for the list of verbs.", {}};
}

std::string sentence(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    if (!text.empty() && text.back() != '.') text += '.';
    return text;
}

}  // namespace

Parsed parseArguments(int argc, char** argv) {
    CLI::App app{"Foreshard: from query logs to a verified shard migration. Without a verb it opens the workbench."};
    app.name("foreshard");
    app.set_version_flag("--version", std::string("foreshard ") + FORESHARD_VERSION);
    CommandLine line(app);
    line.build();
    const std::string word = argc > 1 ? wordForVerb(argv[1]) : std::string();
    const auto verbs = verbsOf(app);
    const bool isVerb = std::find(verbs.begin(), verbs.end(), word) != verbs.end();
    const bool json = std::any_of(argv, argv + argc, [](const char* each) { return std::string_view(each) == "--json"; });
    Parsed parsed;
    if (!word.empty() && !isVerb) {
        parsed.exitCode = reportFailure({}, json, unknownVerb(app, word), 0);
        return parsed;
    }
    try {
        app.parse(argc, argv);
        parsed.command = line.take();
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            app.exit(error);
            parsed.exitCode = 0;
        } else {
            const std::string verb = isVerb ? word : std::string();
            parsed.exitCode = reportFailure(verb, json, {ErrorCategory::usage, sentence(error.what()), "Run foreshard " + (verb.empty() ? "" : verb + " ") + "--help.", {}}, 0);
        }
    }
    return parsed;
}

}  // namespace foreshard::cli
