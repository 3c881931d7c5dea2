#include "core/models/cardinality/train.h"

#include <chrono>
#include <set>

#include "core/base/hash.h"
#include "core/base/units.h"
#include "core/models/cardinality/log_queries.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x4d4445544e554f43;   // "COUNTEDM"

// What stands in the way, for people.
std::string reasonOf(const LogQueries& log, const Labels* labels, size_t groups, size_t needed) {
    if (log.calls == 0) return "no sampled call reads or changes rows of a table";
    if (log.counted == 0 && !labels) return "the logs do not say how many rows calls returned";
    if (groups == 0 && labels) return "no call could be counted on the copy";
    if (groups == 0) return "the calls whose rows the logs count all group, aggregate or limit them";
    return "there are " + counted(groups, "query", "different queries") + " with counted rows, and " + std::to_string(needed) + " are needed";
}

}  // namespace

Result<std::optional<TrainedCardinality>> trainCardinality(const workload::Workload& workload, const Labels* labels, const CardinalityTrainOptions& options, std::string& why, Job& job) {
    const auto start = std::chrono::steady_clock::now();
    const auto log = queriesOfLog(workload, options.most);
    std::vector<const CountedQuery*> queries;
    for (const auto& query : log.queries) queries.push_back(&query);
    if (labels)
        for (const auto& query : labels->queries)
            if (queries.size() < options.most) queries.push_back(&query);
    std::set<uint64_t> groups, families;
    for (const auto* query : queries) groups.insert(query->group), families.insert(query->family);
    const size_t needed = 4 * options.portfolio.folds;   // two a fold to be judged by, and as many to learn from
    if (groups.size() < needed) {
        why = reasonOf(log, labels, groups.size(), needed);
        return std::optional<TrainedCardinality>();
    }
    auto known = knownColumns(workload.facts->schema);
    if (labels)
        for (const auto& [name, column] : labels->columns) known[name] = column;
    addKeys(known, workload.facts->schema);
    TrainedCardinality trained;
    FS_ASSIGN(trained.portfolio, CardinalityPortfolio::fit(queries, known, options.portfolio, job));
    trained.ofLog = log.queries.size();
    trained.ofCopy = queries.size() - log.queries.size();
    trained.templates = families.size();
    job.beginPass("checking the order of estimates");
    FS_ASSIGN(trained.disorder, trained.portfolio.disorder(queries, options.pairs, options.portfolio.seed));
    trained.pairs = options.pairs;
    trained.workloadFingerprint = workload.fingerprint();
    trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return std::optional(std::move(trained));
}

Result<std::string> TrainedCardinality::write() const {
    FS_ASSIGN(const auto bytes, portfolio.write());
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    for (const uint64_t number : {ofLog, ofCopy, templates, pairs, workloadFingerprint}) out.fixed64(number);
    out.maybe(disorder, [](ByteWriter& w, double value) { w.real(value); });
    out.real(seconds);
    out.fixed64(hashText(bytes));
    out.text(bytes);
    return out.take();
}

Result<TrainedCardinality> TrainedCardinality::read(std::string_view bytes) {
    ByteReader in(bytes);
    const Error damaged{ErrorCategory::format, "The trained cardinality model is cut short or damaged.", "Train the models again.", {}};
    if (in.fixed64() != magic) return damaged;
    if (in.varint() > formatVersion) return Error{ErrorCategory::version, "The trained cardinality model was written by a newer Foreshard.", "Update Foreshard, or train again.", {}};
    TrainedCardinality trained;
    for (uint64_t* number : {&trained.ofLog, &trained.ofCopy, &trained.templates, &trained.pairs, &trained.workloadFingerprint}) *number = in.fixed64();
    trained.disorder = in.maybe([](ByteReader& r) { return r.real(); });
    trained.seconds = in.real();
    const auto hash = in.fixed64();
    const auto portfolio = in.view();
    if (!in.ok() || !in.atEnd() || hash != hashText(portfolio)) return damaged;
    FS_ASSIGN(trained.portfolio, CardinalityPortfolio::read(portfolio));
    return trained;
}

}  // namespace foreshard::models
