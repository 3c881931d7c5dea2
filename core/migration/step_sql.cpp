// What each step would run. Every text comes from the function that the executor itself calls for it.
#include <fmt/format.h>

#include <algorithm>

#include "core/cluster/row_sql.h"
#include "core/migration/batch.h"
#include "core/migration/capture.h"
#include "core/migration/copies.h"
#include "core/migration/missing_schema.h"
#include "core/migration/state.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

using Lines = std::vector<std::string>;

void append(Lines& to, Lines from) { to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end())); }

class SqlOfSteps {
public:
    // `lead` gives the tables and the quoting for all shards, which are of one engine.
    SqlOfSteps(const MigrationPlan& plan, const Cluster& cluster, Shard& lead, const Placement& placement)
        : plan_(plan), cluster_(cluster), lead_(lead), placement_(placement), chunks_(plan.chunks) {}

    Result<std::vector<ShardSql>> of(const Step& step) {
        switch (step.kind) {
            case StepKind::createSchema: return createSchema(step);
            case StepKind::capture: return capture(step);
            case StepKind::moveChunk: return moveChunk(step);
            case StepKind::copyReference: return copyReference(step);
            case StepKind::dropCopies: return dropCopies(step);
            case StepKind::verify: return verifyRows();
            case StepKind::switchDesign: return onAll("the design in force, as the shard keeps it", {writeStateSql()});
            case StepKind::cleanUp: {
                Lines lines{writeStateSql()};
                append(lines, dropCaptureSql(placement_));
                append(lines, clearMigrationSql());
                return onAll("lists, triggers and marks of the migration are taken down", lines);
            }
        }
        return std::vector<ShardSql>();
    }

private:
    std::string name(uint32_t shard) const { return plan_.shardName(shard); }

    Result<std::vector<ShardSql>> createSchema(const Step& step) {
        std::unique_ptr<Shard> there;
        if (cluster_.exists(step.to)) {
            FS_ASSIGN(there, cluster_.open(step.to, {.readOnly = true}));
        }
        FS_ASSIGN(auto missing, missingSchema(lead_, there.get()));
        std::vector<ShardSql> out;
        if (!there) out.push_back({name(step.to), "Foreshard's own tables, in a new database", createCatalogueSql()});
        if (!missing.empty()) out.push_back({name(step.to), "tables and indexes, in the same transaction", std::move(missing)});
        return out;
    }

    Result<std::vector<ShardSql>> capture(const Step& step) {
        const auto tables = capturedTables({placement_, chunks_, step.to, false});
        std::vector<ShardSql> out{{name(step.to), "before anything is listed", beginCaptureSql()}};
        for (const auto* table : tables) out.push_back({name(step.to), fmt::format("list and triggers for {}, in one transaction", table->info.name), prepareCaptureSql(lead_, *table)});
        for (const auto* table : tables)
            out.push_back({name(step.to), fmt::format("rows of {} that will leave are listed, slice by slice, each after the last one", table->info.name), {captureSliceSql(lead_, *table, true), enterSql(*table)}});
        out.push_back({name(step.to), "at the end", {endCaptureSql()}});
        return out;
    }

    Result<std::vector<ShardSql>> moveChunk(const Step& step) {
        const Chunk* chunk = chunkOf(plan_, step.chunkId);
        if (!chunk) return std::vector<ShardSql>();
        const Position low = Position::before(chunk->low), high = Position::after(chunk->high);
        Lines changed, read, arrive, leave;
        for (const auto* table : capturedTables({placement_, chunks_, step.from, false})) {
            const AbsorbSql sql = absorbSql(lead_, *table);
            append(changed, {sql.any, sql.forget, sql.read, enterSql(*table), sql.clear});
        }
        for (const auto* table : placement_.tablesOf(chunk->group)) {
            const LeaveSql sql = leaveSql(lead_, *table, low, high);
            read.push_back(readBatchSql(lead_, *table, low, high));
            arrive.push_back(insertRowSql(lead_, table->info));
            append(leave, {sql.select, sql.eraseRows, sql.eraseEntries});
        }
        return std::vector<ShardSql>{{name(step.from), "each batch: where writers have changed rows since, the lists follow", changed},
                                     {name(step.from), "each batch: its rows are read; an intent is written to foreshard_intent", read},
                                     {name(step.to), "each batch: their arrival is tried and taken back; rows and intent are kept in foreshard_staged and foreshard_intent", arrive},
                                     {name(step.from), "each batch: the rows leave; checksum and watermark go to foreshard_flow and foreshard_chunk, then the decision to its log", leave},
                                     {name(step.to), "each batch: the rows arrive, with checksum and watermark", arrive}};
    }

    Result<std::vector<ShardSql>> copyReference(const Step& step) {
        const PlacedTable* table = placement_.find(step.table);
        if (!table) return std::vector<ShardSql>();
        const CopySql sql = makeCopySql(lead_, table->info);
        return std::vector<ShardSql>{{name(step.from), "slice by slice, each after the last one", {sql.home}},
                                     {name(step.to), "what the copy has of the slice", {sql.copy}},
                                     {name(step.to), "rows that differ are replaced", {sql.erase, sql.insert}},
                                     {name(step.to), "when it is equal, in one two-phase commit with the shard it was copied from", {setCopyCompleteSql()}}};
    }

    Result<std::vector<ShardSql>> dropCopies(const Step& step) {
        const PlacedTable* table = placement_.find(step.table);
        if (!table) return std::vector<ShardSql>();
        const CopySql sql = makeCopySql(lead_, table->info);
        return std::vector<ShardSql>{{name(step.to), "is there a row that the shard which keeps the table lacks? Slice by slice", {sql.home}},
                                     {name(step.from), "the rows of the slice there", {sql.copy}},
                                     {name(step.to), "the copy counts no more", {setCopyCompleteSql()}},
                                     {name(step.to), "its rows go, slice by slice", {dropRowsSql(lead_, table->info)}}};
    }

    Result<std::vector<ShardSql>> verifyRows() {
        Lines reads;
        for (const auto& table : placement_.tables()) reads.push_back(selectRowsSql(lead_, table.info));
        return onAll("every row is read, counted and hashed; nothing is written", reads);
    }

    std::vector<ShardSql> onAll(const char* when, const Lines& lines) {
        std::vector<ShardSql> out;
        for (const uint32_t shard : involvedShards(plan_)) out.push_back({name(shard), when, lines});
        return out;
    }

    const MigrationPlan& plan_;
    const Cluster& cluster_;
    Shard& lead_;
    const Placement& placement_;
    const ChunkMap chunks_;
};

}  // namespace

Result<std::vector<std::vector<ShardSql>>> stepSql(const MigrationPlan& plan, const Cluster& cluster) {
    FS_ASSIGN(const auto lead, cluster.open(plan.from.home(), {.readOnly = true}));
    FS_ASSIGN(const auto record, readPlanRecord(*lead, plan.id));
    FS_ASSIGN(const auto state, readState(*lead));
    FS_ASSIGN(auto tables, lead->tables());
    FS_ASSIGN(const auto placement, Placement::make(plan.from, plan.to, std::move(tables), record && state ? state->tables : std::vector<std::string>{}));
    SqlOfSteps sql(plan, cluster, *lead, *placement);
    std::vector<std::vector<ShardSql>> out;
    for (const auto& step : plan.steps) {
        // A step whose shard cannot be asked has nothing to show; whoever runs it is told why.
        auto one = sql.of(step);
        out.push_back(one.ok() ? std::move(*one) : std::vector<ShardSql>());
    }
    return out;
}

std::string sqlText(const std::vector<ShardSql>& parts) {
    std::string out;
    for (const auto& part : parts) {
        out += fmt::format("{}-- {}: {}\n", out.empty() ? "" : "\n", part.shard, part.when);
        for (const auto& statement : part.statements) out += statement + ";\n";
    }
    return out;
}

}  // namespace foreshard::migration
