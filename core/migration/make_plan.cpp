// Planning: measures, lints, lays the steps out forwards and backwards, and freezes the result.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/base/hash.h"
#include "core/cluster/catalogue.h"
#include "core/migration/diff.h"
#include "core/migration/lint.h"
#include "core/migration/migration.h"
#include "core/migration/schedule.h"
#include "core/migration/state.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

std::set<uint32_t> shardsOf(const Layout& from, const Layout& to) {
    std::set<uint32_t> all(from.shards.begin(), from.shards.end());
    all.insert(to.shards.begin(), to.shards.end());
    return all;
}

Result<Layout> layoutOf(const Cluster& cluster, const sharding::Design& design, const std::vector<uint32_t>& shards) {
    Layout layout = Layout::plain(design);
    if (!shards.empty()) layout.shards = shards;
    const std::set<uint32_t> distinct(layout.shards.begin(), layout.shards.end());
    if (distinct.size() != layout.shards.size())
        return Error{ErrorCategory::usage, "Two shards of a design cannot be one shard of the cluster.", "Name each shard once.", {}};
    for (const uint32_t shard : layout.shards)
        if (shard >= cluster.size())
            return Error{ErrorCategory::usage, fmt::format("Design {} wants {} shards; the cluster has {}.", design.id, layout.shards.size(), cluster.size()),
                         "Add shards to the cluster, or take a design for fewer.", {}};
    return layout;
}

// Builds the steps of one direction; needs are indexes into the list.
class StepList {
public:
    uint32_t add(Step step, std::vector<uint32_t> needs) {
        std::sort(needs.begin(), needs.end());
        needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
        step.needs = std::move(needs);
        steps_.push_back(std::move(step));
        return static_cast<uint32_t>(steps_.size()) - 1;
    }
    std::vector<uint32_t> where(const std::function<bool(const Step&)>& test) const {
        std::vector<uint32_t> found;
        for (uint32_t i = 0; i < steps_.size(); ++i)
            if (test(steps_[i])) found.push_back(i);
        return found;
    }
    std::vector<uint32_t> all() const {
        return where([](const Step&) { return true; });
    }
    Result<std::vector<Step>> finish(char prefix) {
        FS_TRY(schedule(steps_));
        for (size_t i = 0; i < steps_.size(); ++i) steps_[i].id = fmt::format("{}{}", prefix, i + 1);
        return std::move(steps_);
    }

private:
    std::vector<Step> steps_;
};

struct Ground {
    const Placement& placement;
    const Diff& diff;
    const std::map<uint32_t, ShardInventory>& shards;
};

Amount sizeOf(const Ground& ground, const std::string& table) {
    const auto found = ground.diff.tables.find(table);
    return found == ground.diff.tables.end() ? Amount{} : found->second;
}

// A copy that both designs want, of one authority, simply stays.
bool copyStays(const Placement& placement, const PlacedTable& table, uint32_t shard) {
    const auto& before = placement.from();
    const auto& after = *placement.to();
    const auto in = [&](const Layout& layout) { return std::find(layout.shards.begin(), layout.shards.end(), shard) != layout.shards.end(); };
    return table.referenceBefore && table.referenceAfter && before.home() == after.home() && in(before) && in(after);
}

Step tableStep(const Ground& ground, StepKind kind, const PlacedTable& table, uint32_t from, uint32_t to) {
    const Amount size = sizeOf(ground, table.info.name);
    Step step;
    step.kind = kind;
    step.chunk = step.table = table.info.name;
    step.from = from;
    step.to = to;
    step.rows = size.rows;
    step.bytes = size.bytes;
    return step;
}

Step shardStep(StepKind kind, uint32_t shard) {
    Step step;
    step.kind = kind;
    step.to = shard;
    return step;
}

Step chunkStep(const Placement& placement, const MeasuredChunk& measured, bool reverse) {
    Step step;
    step.kind = StepKind::moveChunk;
    step.chunk = describe(placement, measured.chunk);
    step.chunkId = measured.chunk.id;
    step.from = reverse ? measured.chunk.to : measured.chunk.from;
    step.to = reverse ? measured.chunk.from : measured.chunk.to;
    step.rows = measured.amount.rows;
    step.bytes = measured.amount.bytes;
    return step;
}

bool lacksTables(const Ground& ground, uint32_t shard, uint32_t lead) {
    const auto& there = ground.shards.at(shard);
    if (!there.exists) return true;
    for (const auto& table : ground.shards.at(lead).tables)
        if (!table.isVirtual && !findTable(there.tables, table.name)) return true;
    return false;
}

void addCopySteps(const Ground& ground, StepList& list, bool reverse) {
    const auto& placement = ground.placement;
    const Layout& target = reverse ? placement.from() : *placement.to();
    for (const auto& table : placement.tables()) {
        if (!(reverse ? table.referenceBefore : table.referenceAfter)) continue;
        for (const uint32_t shard : target.shards) {
            if (shard == target.home() || copyStays(placement, table, shard)) continue;
            const auto needs = list.where([&](const Step& step) {
                const bool moves = step.kind == StepKind::moveChunk && std::any_of(ground.diff.chunks.begin(), ground.diff.chunks.end(), [&](const MeasuredChunk& each) {
                    return each.chunk.id == step.chunkId && each.chunk.group == table.group;
                });
                return moves || (step.kind == StepKind::createSchema && step.to == shard) || (step.kind == StepKind::dropCopies && step.table == table.info.name) ||
                       step.kind == StepKind::switchDesign;
            });
            list.add(tableStep(ground, StepKind::copyReference, table, target.home(), shard), needs);
        }
    }
}

// `moving`: of tables whose rows change shards themselves, or of those that stay. A copy that rows beside it are read with
// must be there as long as they are.
void addDropSteps(const Ground& ground, StepList& list, bool reverse, bool moving) {
    const auto& placement = ground.placement;
    const Layout& source = reverse ? *placement.to() : placement.from();
    for (const auto& table : placement.tables()) {
        if (!(reverse ? table.referenceAfter : table.referenceBefore) || moving != (table.group != 0)) continue;
        for (const uint32_t shard : source.shards) {
            if (shard == source.home() || copyStays(placement, table, shard)) continue;
            const auto needs = list.where([&](const Step& step) { return step.kind == StepKind::switchDesign || (step.kind == StepKind::moveChunk && step.from == shard); });
            list.add(tableStep(ground, StepKind::dropCopies, table, source.home(), shard), needs);
        }
    }
}

void addCaptures(const Ground& ground, StepList& list, bool reverse) {
    const auto unswitch = list.where([](const Step& step) { return step.kind == StepKind::switchDesign; });
    std::set<uint32_t> sources;
    for (const auto& measured : ground.diff.chunks) sources.insert(reverse ? measured.chunk.to : measured.chunk.from);
    for (const uint32_t shard : sources) list.add(shardStep(StepKind::capture, shard), unswitch);
}

// `replicated`: of groups with tables that become replicated, whose rows must be at home before they can be copied; or of
// all others, which follow the copies.
void addMoves(const Ground& ground, StepList& list, bool reverse, bool replicated) {
    for (const auto& measured : ground.diff.chunks) {
        const auto tables = ground.placement.tablesOf(measured.chunk.group);
        const bool copied = std::any_of(tables.begin(), tables.end(), [&](const PlacedTable* table) { return reverse ? table->referenceBefore : table->referenceAfter; });
        if (copied != replicated) continue;
        const Step step = chunkStep(ground.placement, measured, reverse);
        const auto needs = list.where([&](const Step& other) {
            if (other.kind == StepKind::capture) return other.to == step.from;
            return (other.kind == StepKind::createSchema || other.kind == StepKind::dropCopies || other.kind == StepKind::copyReference) && other.to == step.to;
        });
        list.add(step, needs);
    }
}

void addTransfers(const Ground& ground, StepList& list, bool reverse) {
    addDropSteps(ground, list, reverse, true);
    addCaptures(ground, list, reverse);
    addMoves(ground, list, reverse, true);
    addCopySteps(ground, list, reverse);
    addMoves(ground, list, reverse, false);
    addDropSteps(ground, list, reverse, false);
}

Result<std::vector<Step>> forwardSteps(const Ground& ground) {
    StepList list;
    const auto& placement = ground.placement;
    for (const uint32_t shard : placement.to()->shards)
        if (lacksTables(ground, shard, placement.from().home())) list.add(shardStep(StepKind::createSchema, shard), {});
    addTransfers(ground, list, false);
    const uint32_t verified = list.add({.kind = StepKind::verify}, list.all());
    const uint32_t switched = list.add({.kind = StepKind::switchDesign}, {verified});
    Step last{.kind = StepKind::cleanUp};
    last.reversible = false;
    list.add(last, {switched});
    return list.finish('s');
}

Result<std::vector<Step>> reverseSteps(const Ground& ground) {
    StepList list;
    list.add({.kind = StepKind::switchDesign}, {});
    addTransfers(ground, list, true);
    const uint32_t verified = list.add({.kind = StepKind::verify}, list.all());
    Step last{.kind = StepKind::cleanUp};
    last.reversible = false;
    list.add(last, {verified});
    return list.finish('r');
}

Result<std::map<uint32_t, ShardInventory>> takeInventory(const Cluster& cluster, const Layout& from, const Layout& to) {
    std::map<uint32_t, ShardInventory> shards;
    for (const uint32_t index : shardsOf(from, to)) {
        auto& inventory = shards[index];
        const bool owner = std::find(from.shards.begin(), from.shards.end(), index) != from.shards.end();
        if (!owner && !cluster.exists(index)) continue;
        OpenOptions options;
        options.readOnly = true;
        FS_ASSIGN(const auto shard, cluster.open(index, options));
        inventory.exists = true;
        FS_ASSIGN(inventory.tables, shard->tables());
        FS_ASSIGN(inventory.objects, shard->objects());
    }
    return shards;
}

}  // namespace

Result<MigrationPlan> makePlan(const Cluster& cluster, const sharding::Design& from, const sharding::Design& to, const PlanOptions& options, Job& job) {
    job.beginPass("reading the cluster");
    MigrationPlan plan;
    FS_ASSIGN(plan.from, layoutOf(cluster, from, options.fromShards));
    FS_ASSIGN(plan.to, layoutOf(cluster, to, options.toShards));
    plan.shards = cluster.specs();
    FS_ASSIGN(plan.stateFingerprint, clusterFingerprint(cluster, plan.from, plan.to));
    FS_TRY(checkInForce(cluster, plan.from, plan.to));
    FS_ASSIGN(const auto shards, takeInventory(cluster, plan.from, plan.to));
    FS_ASSIGN(const auto placement, Placement::make(plan.from, plan.to, shards.at(plan.from.home()).tables));
    FS_ASSIGN(const Diff diff, measure(cluster, placement, options.chunkRows, job));
    for (const auto& measured : diff.chunks) plan.chunks.push_back(measured.chunk);
    plan.lint = lint({cluster, *placement, diff, shards, plan.from.home()});
    const Ground ground{*placement, diff, shards};
    FS_ASSIGN(plan.steps, forwardSteps(ground));
    FS_ASSIGN(plan.reverse, reverseSteps(ground));
    plan.made = nowMicros();
    std::random_device device;
    plan.id = fmt::format("p{:08x}{:08x}", device(), device());
    return plan;
}

Status approve(MigrationPlan& plan, const std::vector<std::string>& steps, const std::string& who, Instant when) {
    for (const auto& step : steps)
        if (!plan.find(step))
            return Error{ErrorCategory::usage, fmt::format("The plan has no step {}.", step), "Take step ids from the plan.", {}};
    for (const auto& step : steps)
        if (!plan.approved(step)) plan.approvals.push_back({step, who, when});
    return {};
}

}  // namespace foreshard::migration
