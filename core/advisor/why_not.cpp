#include "core/advisor/why_not.h"

#include <fmt/format.h>

#include "core/advisor/candidates.h"
#include "core/advisor/decisions.h"
#include "core/base/units.h"

namespace foreshard::advisor {

namespace {

std::string shareText(const std::optional<double>& share) { return share ? formatShare(*share) : "an unknown share"; }

bool sameKeys(const sharding::Design& a, const sharding::Design& b) {
    if (a.tables.size() != b.tables.size()) return false;
    for (size_t i = 0; i < a.tables.size(); ++i)
        if (a.tables[i].strategy != b.tables[i].strategy || a.tables[i].key != b.tables[i].key) return false;
    return true;
}

std::string scoresText(const Scores& scores, const Scores& winner) {
    std::string text = fmt::format("{} of transactions cross shards instead of {}", shareText(scores.multiShardShare), shareText(winner.multiShardShare));
    if (scores.loadMaxOverMean && winner.loadMaxOverMean) text += fmt::format(", and the hottest shard carries {:.2f} times the mean load instead of {:.2f}", *scores.loadMaxOverMean, *winner.loadMaxOverMean);
    return text;
}

std::string answerOf(const WhyNot& found) {
    const auto* table = found.asked.design.find(found.table);
    const std::string what = table && table->keyed() ? (shapeOfWord(found.column) ? "placed by " : "by ") + found.column : found.column == "reference" ? "copied to every shard" : "left on one shard";
    if (sameKeys(found.winner.design, found.asked.design)) return fmt::format("The best design has it: {} {}.", found.table, what);
    std::string text = fmt::format("With {} {} and the rest as good as that allows, {}", found.table, what, scoresText(found.asked.scores, found.winner.scores));
    if (found.asked.heldOut.multiShardShare) text += fmt::format("; on the later half {} instead of {} cross", shareText(found.asked.heldOut.multiShardShare), shareText(found.winner.heldOut.multiShardShare));
    const auto why = found.asked.why.find(found.table);
    return text + "." + (why == found.asked.why.end() || why->second.size() < 2 ? "" : " " + why->second[1]);
}

}  // namespace

Result<WhyNot> whyNot(const workload::Workload& workload, const Options& options, const std::string& question, Job& job) {
    if (!workload.facts) return Error{ErrorCategory::usage, "There is no workload to advise on.", "Read logs first.", {}};
    WhyNot found;
    std::string spelled;                 // the table as the question names it
    const schema::Table* meant = nullptr;
    for (const auto& table : workload.facts->schema.tables)
        for (const std::string& name : {table.qualifiedName(), table.name})
            if ((question.starts_with(name + ".") || question.starts_with(name + "=")) && name.size() > spelled.size()) spelled = name, meant = &table;
    if (spelled.empty() || spelled.size() + 1 == question.size())
        return Error{ErrorCategory::usage, fmt::format("\"{}\" names no column of a table.", question), "Write TABLE=COLUMN, TABLE=COLUMN+COLUMN, or TABLE= and reference, unsharded, hash, range, ring or directory.", {}};
    found.table = meant->qualifiedName();
    found.column = question.substr(spelled.size() + 1);
    Options one = options;
    FS_ASSIGN(Advice best, advise(workload, options, job));
    one.pins.erase(found.table);
    one.pins.erase(spelled);
    // Asked of a column that is called like a strategy, the column is meant.
    one.pins.emplace(found.table, meant->column(found.column) ? columnToSteer(found.column) : found.column);
    FS_ASSIGN(Advice asked, advise(workload, one, job));
    found.winner = std::move(best.designs.front());
    found.asked = std::move(asked.designs.front());
    found.answer = answerOf(found);
    return found;
}

}  // namespace foreshard::advisor
