// A plan, its approvals and where it stands, as the Migrate page shows it.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "app/workbench/contents.h"
#include "app/workbench/migration_words.h"
#include "core/base/units.h"

namespace foreshard::workbench {

namespace {

using namespace migration;

ui::LintView lintView(const LintFinding& finding) { return {toString(finding.severity), finding.what, finding.evidence, finding.remedy}; }

ui::StepState stateView(StepState state) {
    switch (state) {
        case StepState::running: return ui::StepState::running;
        case StepState::done: return ui::StepState::done;
        case StepState::failed: return ui::StepState::failed;
        case StepState::undone: return ui::StepState::rolledBack;
        case StepState::planned:
        case StepState::approved: return ui::StepState::planned;
    }
    return ui::StepState::planned;
}

ui::StepView stepView(const MigrationPlan& plan, const Step& step, const StepStatus& at, const MigrationStatus& status) {
    ui::StepView view;
    view.id = step.id;
    view.round = step.round;
    view.kind = toString(step.kind);
    view.chunk = step.chunk.empty() ? step.table : step.chunk;
    view.from = plan.shardName(step.from);
    view.to = plan.shardName(step.to);
    view.moves = step.kind == StepKind::moveChunk || step.kind == StepKind::copyReference;
    if (step.rows) view.rows = static_cast<double>(*step.rows);
    if (step.bytes) view.bytes = static_cast<double>(*step.bytes);
    view.approved = plan.approved(step.id);
    view.reversible = step.reversible;
    auto words = stepWords(plan, step, at, status);
    view.now = std::move(words.now);
    view.after = std::move(words.after);
    view.wayBack = std::move(words.wayBack);
    view.state = stateView(at.state);
    view.rowsMoved = static_cast<double>(at.rows);
    if (at.seconds && *at.seconds > 0) view.seconds = at.seconds;
    return view;
}

ui::LegalAct actOf(const MigrationStatus& status, const std::string& verb) {
    if (std::find(status.legal.begin(), status.legal.end(), verb) != status.legal.end()) return {true, {}};
    for (const auto& illegal : status.illegal)
        if (illegal.verb == verb) return {false, illegal.why};
    return {false, "Not possible in this state."};
}

}  // namespace

ui::MigrationView migrationView(const MigrationPlan& plan, const MigrationStatus& status) {
    ui::MigrationView view;
    view.plan = plan.id;
    view.fromDesign = plan.from.design.name;
    view.toDesign = plan.to.design.name;
    auto words = planWords(plan, status);
    view.now = std::move(words.now);
    view.after = std::move(words.after);
    view.wayBack = std::move(words.wayBack);
    view.rounds = plan.rounds();
    std::map<std::string, ui::ShardProgressView> progress;
    for (const auto& step : plan.steps) {
        const auto at = std::find_if(status.steps.begin(), status.steps.end(), [&](const StepStatus& each) { return each.step == step.id; });
        auto one = stepView(plan, step, at == status.steps.end() ? StepStatus{.step = step.id} : *at, status);
        if (one.moves && step.to != cluster::noShard) {
            auto& shard = progress[one.to];
            shard.shard = one.to;
            shard.rowsMoved += one.rowsMoved.value_or(0);
            if (one.rows) shard.rowsTotal = shard.rowsTotal.value_or(0) + *one.rows;
        }
        view.steps.push_back(std::move(one));
    }
    const bool started = status.state != MigrationState::planned;
    for (const auto& finding : plan.lint) {
        if (started && finding.what == "shard_will_be_made") continue;      // it has been
        view.lint.push_back(lintView(finding));
    }
    for (auto& [name, shard] : progress) view.progress.push_back(std::move(shard));
    view.state = toString(status.state);
    view.execute = started ? actOf(status, "resume") : actOf(status, "migrate");
    view.dryRun = {true, {}};
    view.pause = actOf(status, "pause");
    view.resume = actOf(status, "resume");
    view.rollback = actOf(status, "rollback");
    view.verify = actOf(status, "verify");
    return view;
}

void addSql(ui::MigrationView& view, const std::vector<std::vector<ShardSql>>& sql) {
    // Going back runs other statements; what is done runs no more.
    if (view.state == toString(MigrationState::rollingBack) || view.state == toString(MigrationState::rollbackStopped)) return;
    for (size_t i = 0; i < view.steps.size() && i < sql.size(); ++i) {
        auto& step = view.steps[i];
        if (step.state != ui::StepState::done && step.state != ui::StepState::rolledBack) step.sql = sqlText(sql[i]);
    }
}

void addDryRun(ui::MigrationView& view, const DryRun& dry) {
    view.dryRunDone = true;
    const auto running = std::count_if(dry.steps.begin(), dry.steps.end(), [](const DryRunStep& step) { return step.wouldRun; });
    view.dryRunSummary = fmt::format("{} of {} steps would run and move {} rows.", running, dry.steps.size(), groupThousands(static_cast<int64_t>(dry.rows)));
    for (const auto& obstacle : dry.obstacles) view.dryRunSummary += " " + obstacle;
}

void addVerification(ui::MigrationView& view, const Verification& verification) {
    view.verified.clear();
    for (const auto& check : verification.tables)
        view.verified.push_back({check.table, check.rows, check.missing, check.duplicate.value_or(0), check.misplaced, check.checksumEqual});
    view.verifiedOk = verification.ok;
    view.onlyInDoubt = !verification.ok && rowsSound(verification);
}

}  // namespace foreshard::workbench
