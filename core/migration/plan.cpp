#include "core/migration/plan.h"

#include <algorithm>

#include "core/base/bytes.h"

namespace foreshard::migration {

using cluster::Chunk;
using cluster::ShardSpec;

const char* toString(StepKind kind) {
    static constexpr const char* names[] = {"create schema", "capture", "drop copies", "move chunk", "copy reference", "verify", "switch design", "clean up"};
    return names[static_cast<size_t>(kind)];
}

const char* toString(StepState state) {
    static constexpr const char* names[] = {"planned", "approved", "running", "done", "failed", "undone"};
    return names[static_cast<size_t>(state)];
}

uint32_t MigrationPlan::rounds() const { return steps.empty() ? 0 : steps.back().round; }

const Step* MigrationPlan::find(const std::string& step) const {
    const auto found = std::find_if(steps.begin(), steps.end(), [&](const Step& each) { return each.id == step; });
    return found == steps.end() ? nullptr : &*found;
}

bool MigrationPlan::approved(const std::string& step) const {
    return std::any_of(approvals.begin(), approvals.end(), [&](const Approval& each) { return each.step == step; });
}

bool MigrationPlan::blocked() const {
    return std::any_of(lint.begin(), lint.end(), [](const LintFinding& finding) { return finding.severity == Severity::error; });
}

std::string MigrationPlan::shardName(uint32_t index) const { return index < shards.size() ? shards[index].name : std::string(); }

uint64_t MigrationPlan::rowsToMove() const {
    uint64_t rows = 0;
    for (const auto& step : steps)
        if (step.kind == StepKind::moveChunk || step.kind == StepKind::copyReference) rows += step.rows.value_or(0);
    return rows;
}

namespace {

constexpr std::string_view magic = "FSPLAN";

void writeStep(ByteWriter& out, const Step& step) {
    out.text(step.id);
    out.varint(step.round);
    out.u8(static_cast<uint8_t>(step.kind));
    out.text(step.chunk);
    out.varint(step.chunkId);
    out.text(step.table);
    out.varint(step.from);
    out.varint(step.to);
    const auto number = [](ByteWriter& to, uint64_t value) { to.varint(value); };
    out.maybe(step.rows, number);
    out.maybe(step.bytes, number);
    out.boolean(step.reversible);
    out.list(step.needs, [](ByteWriter& to, uint32_t need) { to.varint(need); });
}

uint32_t small(ByteReader& in) { return static_cast<uint32_t>(in.varint()); }

Step readStep(ByteReader& in) {
    Step step;
    step.id = in.text();
    step.round = small(in);
    step.kind = in.enumerator(StepKind::cleanUp);
    step.chunk = in.text();
    step.chunkId = small(in);
    step.table = in.text();
    step.from = small(in);
    step.to = small(in);
    const auto number = [](ByteReader& from) { return from.varint(); };
    step.rows = in.maybe(number);
    step.bytes = in.maybe(number);
    step.reversible = in.boolean();
    in.list([&](ByteReader& from) { step.needs.push_back(small(from)); });
    return step;
}

void writeChunk(ByteWriter& out, const Chunk& chunk) {
    for (const uint32_t value : {chunk.id, chunk.group, chunk.from, chunk.to}) out.varint(value);
    out.fixed64(chunk.low);
    out.fixed64(chunk.high);
}

Chunk readChunk(ByteReader& in) {
    Chunk chunk;
    for (uint32_t* value : {&chunk.id, &chunk.group, &chunk.from, &chunk.to}) *value = small(in);
    chunk.low = in.fixed64();
    chunk.high = in.fixed64();
    return chunk;
}

void writeFinding(ByteWriter& out, const LintFinding& finding) {
    out.u8(static_cast<uint8_t>(finding.severity));
    for (const auto* text : {&finding.what, &finding.evidence, &finding.remedy}) out.text(*text);
}

LintFinding readFinding(ByteReader& in) {
    LintFinding finding;
    finding.severity = in.enumerator(Severity::error);
    for (auto* text : {&finding.what, &finding.evidence, &finding.remedy}) *text = in.text();
    return finding;
}

// What the executor indexes with must be in range, whatever the bytes say.
bool consistent(const MigrationPlan& plan) {
    const auto shards = plan.shards.size();
    const auto isShard = [&](uint32_t shard) { return shard < shards; };
    for (const auto* layout : {&plan.from, &plan.to})
        if (layout->shards.empty() || !std::all_of(layout->shards.begin(), layout->shards.end(), isShard)) return false;
    for (const auto& chunk : plan.chunks)
        if (!isShard(chunk.from) || !isShard(chunk.to) || chunk.id == 0 || chunk.low > chunk.high) return false;
    for (const auto* steps : {&plan.steps, &plan.reverse})
        for (const auto& step : *steps) {
            const auto known = [&](uint32_t shard) { return shard == cluster::noShard || isShard(shard); };
            if (!known(step.from) || !known(step.to)) return false;
            if (std::any_of(step.needs.begin(), step.needs.end(), [&](uint32_t need) { return need >= steps->size(); })) return false;
            const bool moves = step.kind == StepKind::moveChunk;
            if (moves && std::none_of(plan.chunks.begin(), plan.chunks.end(), [&](const Chunk& chunk) { return chunk.id == step.chunkId; })) return false;
        }
    return true;
}

}  // namespace

std::string writePlan(const MigrationPlan& plan) {
    ByteWriter out;
    out.text(magic);
    out.varint(MigrationPlan::formatVersion);
    out.text(plan.id);
    out.zigzag(plan.made);
    writeLayout(out, plan.from);
    writeLayout(out, plan.to);
    out.list(plan.shards, [](ByteWriter& to, const ShardSpec& spec) {
        to.text(spec.name);
        to.text(spec.uri);
    });
    out.list(plan.chunks, writeChunk);
    out.list(plan.steps, writeStep);
    out.list(plan.reverse, writeStep);
    out.list(plan.lint, writeFinding);
    out.fixed64(plan.stateFingerprint);
    out.list(plan.approvals, [](ByteWriter& to, const Approval& approval) {
        to.text(approval.step);
        to.text(approval.who);
        to.zigzag(approval.when);
    });
    return out.take();
}

Result<MigrationPlan> readPlan(std::string_view bytes) {
    const Error notAPlan{ErrorCategory::format, "This is no migration plan, or only part of one.", "Make the plan again.", {}};
    ByteReader in(bytes);
    if (in.text() != magic) return notAPlan;
    if (const uint64_t version = in.varint(); in.ok() && version > MigrationPlan::formatVersion)
        return Error{ErrorCategory::version, "The migration plan was written by a newer Foreshard.", "Use that version.", {}};
    MigrationPlan plan;
    plan.id = in.text();
    plan.made = in.zigzag();
    plan.from = cluster::readLayout(in);
    plan.to = cluster::readLayout(in);
    in.list([&](ByteReader& from) {
        ShardSpec spec;
        spec.name = from.text();
        spec.uri = from.text();
        plan.shards.push_back(std::move(spec));
    });
    in.list([&](ByteReader& from) { plan.chunks.push_back(readChunk(from)); });
    in.list([&](ByteReader& from) { plan.steps.push_back(readStep(from)); });
    in.list([&](ByteReader& from) { plan.reverse.push_back(readStep(from)); });
    in.list([&](ByteReader& from) { plan.lint.push_back(readFinding(from)); });
    plan.stateFingerprint = in.fixed64();
    in.list([&](ByteReader& from) {
        Approval approval;
        approval.step = from.text();
        approval.who = from.text();
        approval.when = from.zigzag();
        plan.approvals.push_back(std::move(approval));
    });
    if (!in.ok() || !in.atEnd() || !consistent(plan)) return notAPlan;
    return plan;
}

}  // namespace foreshard::migration
