#include "app/workbench/migration_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"

namespace foreshard::workbench {

namespace {

using namespace migration;

std::string grouped(uint64_t n) { return groupThousands(static_cast<int64_t>(n)); }

bool ended(const MigrationStatus& status) { return status.state == MigrationState::done || status.state == MigrationState::rolledBack; }

bool anyDone(const MigrationPlan& plan, const MigrationStatus& status, StepKind kind) {
    for (size_t i = 0; i < plan.steps.size() && i < status.steps.size(); ++i)
        if (plan.steps[i].kind == kind && status.steps[i].state == StepState::done) return true;
    return false;
}

// Before a step has run, and when it has.
struct Sides { std::string before, after, wayBack; };

Sides sidesOf(const MigrationPlan& plan, const Step& step, bool cleanedUp) {
    const auto from = plan.shardName(step.from), to = plan.shardName(step.to);
    const auto rows = step.rows ? counted(*step.rows, "row", "rows") : std::string("The rows");
    const bool one = step.rows && *step.rows == 1;
    switch (step.kind) {
        case StepKind::createSchema: return {fmt::format("{} lacks the tables.", to), fmt::format("{} has the tables and their indexes.", to), "The tables stay, empty."};
        case StepKind::capture: {
            const auto followed = fmt::format("The rows that will leave {} are listed, and changes to them are followed.", to);
            return {fmt::format("Nobody follows the changes on {}.", to), cleanedUp ? fmt::format("The list of rows that left {} and its triggers have been taken down.", to) : followed, "The list and its triggers are taken down."};
        }
        case StepKind::dropCopies: return {fmt::format("{} holds a copy of {}.", to.empty() ? from : to, step.table), fmt::format("The copy of {} is gone; one shard owns the table.", step.table), "The copy is made again."};
        case StepKind::moveChunk:
            return {fmt::format("{} of {} {} on {}.", rows, step.chunk, one ? "lives" : "live", from), fmt::format("{} of {} {} on {}.", rows, step.chunk, one ? "lives" : "live", to),
                    fmt::format("The same rows move back from {} to {}, from the watermark.", to, from)};
        case StepKind::copyReference: return {fmt::format("{} has no copy of {}.", to, step.table), fmt::format("{} has a complete copy of {}.", to, step.table), "The copy is dropped."};
        case StepKind::verify: return {"Nobody has compared the rows with the new design yet.", "Every row has been shown to be where the new design says, once.", "Nothing to undo."};
        case StepKind::switchDesign:
            return {fmt::format("The design in force is “{}”.", plan.from.design.name), fmt::format("The design in force is “{}”.", plan.to.design.name), "The old design is in force again, and the rows move back."};
        case StepKind::cleanUp: return {"Lists and triggers of the migration are still there.", "No list and no trigger of the migration is left.", "Nothing to undo."};
    }
    return {};
}

// Why nothing goes back any more; empty: it does, or will when the time comes.
std::string noWayBack(const MigrationStatus& status) {
    if (status.state == MigrationState::rolledBack) return "It has been rolled back.";
    const bool runs = status.state == MigrationState::running || status.state == MigrationState::rollingBack;
    if (runs || status.state == MigrationState::planned) return {};
    for (const auto& illegal : status.illegal)
        if (illegal.verb == "rollback") return "It cannot be rolled back any more. " + illegal.why;
    return {};
}

std::string underWay(const MigrationPlan& plan, const Step& step, uint64_t rows) {
    return fmt::format("{} of {} of {} {} on {}, the others still on {}.", grouped(rows), counted(std::max(rows, step.rows.value_or(rows)), "row", "rows"), step.chunk, rows == 1 ? "lives" : "live", plan.shardName(step.to), plan.shardName(step.from));
}

}  // namespace

MigrationWords stepWords(const MigrationPlan& plan, const Step& step, const StepStatus& at, const MigrationStatus& status) {
    auto sides = sidesOf(plan, step, anyDone(plan, status, StepKind::cleanUp));
    MigrationWords out{sides.before, sides.after, noWayBack(status)};
    if (out.wayBack.empty()) out.wayBack = sides.wayBack;
    if (step.kind == StepKind::cleanUp && !anyDone(plan, status, StepKind::capture)) out.now = "No list and no trigger of the migration is there yet.";
    if (at.state == StepState::done) out = {sides.after, {}, out.wayBack};
    if (at.state == StepState::undone || ended(status)) out.after.clear();
    const bool moving = step.kind == StepKind::moveChunk && (at.state == StepState::running || at.state == StepState::failed);
    if (moving && at.rows > 0) out.now = underWay(plan, step, at.rows);
    if (at.state == StepState::failed && !at.note.empty()) out.now += " It failed: " + at.note;
    return out;
}

MigrationWords planWords(const MigrationPlan& plan, const MigrationStatus& status) {
    const auto& from = plan.from.design.name;
    const auto& to = plan.to.design.name;
    MigrationWords out{from, {}, noWayBack(status)};
    if (out.wayBack.empty()) out.wayBack = "Every step keeps its way back until the clean-up; choose a step to see it.";
    if (status.state == MigrationState::rolledBack) out.now = fmt::format("{}. Every row is where it was.", from);
    if (status.state == MigrationState::done) out.now = fmt::format("{}. Every row is where this design has it.", to);
    if (ended(status)) return out;
    const uint64_t left = plan.steps.size() - std::min<uint64_t>(plan.steps.size(), status.stepsDone);
    if (status.state == MigrationState::planned) {
        out.after = fmt::format("{}, after {} in {}", to, counted(left, "step", "steps"), counted(plan.rounds(), "round", "rounds"));
        return out;
    }
    const auto& inForce = anyDone(plan, status, StepKind::switchDesign) ? to : from;
    out.now = fmt::format("{} is in force. {} of {} done, {} of {} moved.", inForce, status.stepsDone, counted(plan.steps.size(), "step", "steps"), grouped(status.rowsMoved), counted(status.rowsTotal, "row", "rows"));
    const bool back = status.state == MigrationState::rollingBack || status.state == MigrationState::rollbackStopped;
    out.after = back ? fmt::format("{}, with every row where it was", from) : fmt::format("{}, after {} more", to, counted(left, "step", "steps"));
    return out;
}

}  // namespace foreshard::workbench
