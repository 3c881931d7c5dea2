// cluster, plan, approve, migrate, pause, resume, rollback, verify and status as JSON and as text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_parts.h"
#include "app/verbs/cluster.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

using namespace migration;

std::string countText(const std::optional<uint64_t>& count) { return count ? groupThousands(static_cast<int64_t>(*count)) : "–"; }

Outcome clustersOutcome(const verbs::Clusters& clusters) {
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["clusters"] = Json::object();
    TextTable table({"cluster", "shard", "where"});
    for (const auto& [name, shards] : clusters) {
        auto& list = (*outcome.json)["clusters"][name] = Json::array();
        for (const auto& shard : shards) {
            list.push_back({{"name", shard.name}, {"uri", shard.uri}});
            table.row({name, shard.name, shard.uri});
        }
    }
    outcome.text = clusters.empty() ? "No clusters yet.\n" : table.render();
    return outcome;
}

std::string shardOrNone(const MigrationPlan& plan, uint32_t index) { return index < plan.shards.size() ? plan.shardName(index) : "–"; }

Json stepJson(const MigrationPlan& plan, const Step& step, const StepStatus* now) {
    Json json;
    json["id"] = step.id;
    json["round"] = step.round;
    json["kind"] = toString(step.kind);
    json["chunk"] = step.chunk;
    json["from"] = step.from == cluster::noShard ? Json() : Json(plan.shardName(step.from));
    json["to"] = step.to == cluster::noShard ? Json() : Json(plan.shardName(step.to));
    json["rows"] = orNull(step.rows);
    json["bytes"] = orNull(step.bytes);
    json["seconds"] = now ? orNull(now->seconds) : Json();
    json["reversible"] = step.reversible;
    json["approved"] = plan.approved(step.id);
    const bool started = now && now->state != StepState::planned;
    json["state"] = started ? toString(now->state) : plan.approved(step.id) ? toString(StepState::approved) : toString(StepState::planned);
    if (now) {
        json["rows_moved"] = now->rows;
        json["note"] = now->note;
    }
    return json;
}

const StepStatus* find(const MigrationStatus* status, const std::string& id) {
    if (status)
        for (const auto& step : status->steps)
            if (step.step == id) return &step;
    return nullptr;
}

// What the kinds of steps of this plan do.
std::string legend(const MigrationPlan& plan) {
    constexpr std::pair<StepKind, const char*> words[] = {
        {StepKind::createSchema, "makes tables and indexes on a new shard"},
        {StepKind::capture, "begins to follow what writers change in the rows that will move"},
        {StepKind::copyReference, "copies a table that every shard keeps whole"},
        {StepKind::moveChunk, "moves the rows of some keys, batch by batch, each in one two-phase commit"},
        {StepKind::verify, "counts and checksums every row on every shard"},
        {StepKind::switchDesign, "puts the new design in force on all shards"},
        {StepKind::dropCopies, "drops copies that the new design does not keep"},
        {StepKind::cleanUp, "drops what following the writers needed; from here there is no way back but a new plan"},
    };
    std::string text;
    for (const auto& [kind, what] : words)
        if (std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return step.kind == kind; })) text += wrapped(fmt::format("  {:<15} ", toString(kind)), what);
    return text;
}

Outcome planOutcome(const MigrationPlan& plan, const MigrationStatus* status) {
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["plan"] = plan.id;
    json["from"] = plan.from.design.id;
    json["to"] = plan.to.design.id;
    json["rounds"] = plan.rounds();
    json["steps"] = Json::array();
    std::vector<std::string> heads{"step", "round", "what", "from", "to", "rows", "bytes", "state"};
    if (status) heads.insert(heads.begin() + 6, "moved");
    TextTable steps(heads);
    for (const auto& step : plan.steps) {
        const auto* now = find(status, step.id);
        auto one = stepJson(plan, step, now);
        std::vector<std::string> row{step.id, std::to_string(step.round), step.chunk.empty() ? toString(step.kind) : fmt::format("{}: {}", toString(step.kind), step.chunk), shardOrNone(plan, step.from), shardOrNone(plan, step.to),
                                     countText(step.rows), step.bytes ? formatBytes(static_cast<double>(*step.bytes)) : "–", one["state"].get<std::string>()};
        if (status) row.insert(row.begin() + 6, now && step.rows ? countText(now->rows) : "–");
        steps.row(row);
        json["steps"].push_back(std::move(one));
    }
    json["lint"] = Json::array();
    outcome.text = steps.render() + legend(plan);
    // What was found before the start is no longer so once it has begun.
    const bool begun = status && status->state != MigrationState::planned;
    for (const auto& finding : plan.lint) {
        json["lint"].push_back({{"severity", toString(finding.severity)}, {"what", finding.what}, {"evidence", finding.evidence}, {"remedy", finding.remedy}});
        if (!begun) outcome.text += wrapped(fmt::format("{}: ", toString(finding.severity)), finding.evidence + " " + finding.remedy);
    }
    return outcome;
}

Json sqlJson(const std::vector<ShardSql>& parts) {
    Json json = Json::array();
    for (const auto& part : parts) json.push_back({{"shard", part.shard}, {"when", part.when}, {"statements", part.statements}});
    return json;
}

Outcome statusOutcome(const MigrationStatus& status) {
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["state"] = toString(status.state);
    json["steps_done"] = status.stepsDone;
    json["steps_total"] = status.stepsTotal;
    json["rows_moved"] = status.rowsMoved;
    json["rows_total"] = status.rowsTotal;
    json["in_doubt"] = status.inDoubt;
    json["legal"] = status.legal;
    json["illegal"] = Json::array();
    for (const auto& verb : status.illegal) json["illegal"].push_back({{"verb", verb.verb}, {"why", verb.why}});
    json["note"] = status.note;
    std::string legal;
    for (const auto& verb : status.legal) legal += (legal.empty() ? "" : ", ") + verb;
    outcome.text = fmt::format("{}: {} of {} steps, {} of {} rows\n{}\n", toString(status.state), status.stepsDone, status.stepsTotal, groupThousands(static_cast<int64_t>(status.rowsMoved)),
                               groupThousands(static_cast<int64_t>(status.rowsTotal)), status.note);
    if (!legal.empty()) outcome.text += fmt::format("possible now: {}\n", legal);
    if (status.error && status.note.find(status.error->message) == std::string::npos) outcome.warnings.push_back(status.error->message);
    outcome.checkFailed = status.state == MigrationState::failed;
    return outcome;
}

}  // namespace

Result<Outcome> runClusterAdd(const verbs::ClusterOptions& options, Job& job) {
    FS_ASSIGN(const auto clusters, verbs::addCluster(options, job));
    return clustersOutcome(clusters);
}

Result<Outcome> runClusterList(const verbs::ClusterOptions& options, Job& job) {
    FS_ASSIGN(const auto clusters, verbs::listClusters(options, job));
    return clustersOutcome(clusters);
}

Result<Outcome> runPlan(const verbs::PlanOptions& options, Job& job) {
    FS_ASSIGN(const auto plan, verbs::plan(options, job));
    auto outcome = planOutcome(plan, nullptr);
    outcome.checkFailed = plan.blocked();
    return outcome;
}

Result<Outcome> runApprove(const verbs::MigrationOptions& options, Job& job) {
    FS_ASSIGN(const auto plan, verbs::approve(options, job));
    FS_ASSIGN(const auto status, verbs::status(options, job));
    return planOutcome(plan, &status);
}

Result<Outcome> runMigrate(const verbs::MigrationOptions& options, Job& job) {
    if (options.execute) {
        FS_ASSIGN(const auto status, verbs::execute(options, job));
        return statusOutcome(status);
    }
    FS_ASSIGN(const auto dry, verbs::dryRun(options, job));
    FS_ASSIGN(const auto status, verbs::status(options, job));
    auto outcome = statusOutcome(status);
    auto& json = *outcome.json;
    json["dry_run"] = true;
    json["would_move_rows"] = dry.rows;
    json["obstacles"] = dry.obstacles;
    json["steps"] = Json::array();
    TextTable table({"step", "would run", "why"});
    for (const auto& step : dry.steps) {
        json["steps"].push_back({{"id", step.step.id}, {"kind", toString(step.step.kind)}, {"would_run", step.wouldRun}, {"why", step.why}, {"sql", sqlJson(step.sql)}});
        table.row({step.step.id, step.wouldRun ? "yes" : "no", step.why});
    }
    outcome.text = fmt::format("Dry run: nothing was changed. {} rows would move.\n", groupThousands(static_cast<int64_t>(dry.rows))) + table.render();
    for (const auto& obstacle : dry.obstacles) outcome.text += "obstacle: " + obstacle + "\n";
    return outcome;
}

namespace {

Result<Outcome> runAndTell(const verbs::MigrationOptions& options, Job& job, Result<MigrationStatus> (*verb)(const verbs::MigrationOptions&, Job&)) {
    FS_ASSIGN(const auto status, verb(options, job));
    return statusOutcome(status);
}

}  // namespace

Result<Outcome> runPause(const verbs::MigrationOptions& options, Job& job) { return runAndTell(options, job, verbs::pause); }
Result<Outcome> runResume(const verbs::MigrationOptions& options, Job& job) { return runAndTell(options, job, verbs::resume); }
Result<Outcome> runRollback(const verbs::MigrationOptions& options, Job& job) { return runAndTell(options, job, verbs::rollback); }

Result<Outcome> runStatus(const verbs::MigrationOptions& options, Job& job) {
    FS_ASSIGN(const auto plan, verbs::currentPlan(options.project));
    FS_ASSIGN(const auto status, verbs::status(options, job));
    auto outcome = statusOutcome(status);
    const auto steps = planOutcome(plan, &status);
    for (const auto& [key, value] : steps.json->items()) (*outcome.json)[key] = value;
    outcome.text += steps.text;
    outcome.checkFailed = false;   // asking is no failure
    return outcome;
}

namespace {

std::string verifiedText(const Verification& verification) {
    if (verification.ok) return "Every row is where the design says, once.\n";
    const bool sound = rowsSound(verification);
    std::string text;
    if (verification.inDoubt > 0)
        text += wrapped("", inDoubtWords(verification.inDoubt) + " Then verify again.");
    if (!sound) text += verification.inDoubt > 0 ? "Rows that differ above may be those.\n" : "The check did not hold: status says where the migration stands.\n";
    return text.empty() ? "The check did not hold.\n" : text;
}

}  // namespace

Result<Outcome> runVerify(const verbs::MigrationOptions& options, Job& job) {
    FS_ASSIGN(const auto verification, verbs::verify(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["ok"] = verification.ok;
    json["in_doubt"] = verification.inDoubt;
    json["tables"] = Json::array();
    TextTable table({"table", "rows", "missing", "duplicate", "misplaced", "checksums"});
    for (const auto& check : verification.tables) {
        json["tables"].push_back({{"table", check.table}, {"rows", check.rows}, {"missing", check.missing}, {"duplicate", orNull(check.duplicate)}, {"misplaced", check.misplaced}, {"checksum_equal", check.checksumEqual}});
        table.row({check.table, countText(check.rows), countText(check.missing), countText(check.duplicate), countText(check.misplaced), check.checksumEqual ? "equal" : "differ"});
    }
    outcome.text = table.render() + verifiedText(verification);
    outcome.checkFailed = !verification.ok;
    return outcome;
}

}  // namespace foreshard::cli
