#include "core/models/cardinality/fold.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/base/hash.h"
#include "core/models/cardinality/order.h"

namespace foreshard::models {

namespace {

constexpr uint32_t pairsPerQuery = 2;
constexpr double orderWeight = 1;     // of the loss of pairs out of order
constexpr double maskedShare = 0.1;   // of the queries come a second time, with a table or a column masked and no optimiser's estimate

class Timer {
public:
    explicit Timer(double& seconds) : seconds_(seconds) {}
    ~Timer() { seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    double& seconds_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

QueryMask maskOf(const CountedQuery& query, Random& random) {
    QueryMask mask;
    const size_t bounds = boundsOf(query).size();
    if (bounds > 0 && random.below(2) == 0) {
        mask.bounds.assign(bounds, false);
        mask.bounds[random.below(bounds)] = true;
    } else {
        mask.uses.assign(query.uses.size(), false);
        mask.uses[random.below(query.uses.size())] = true;
    }
    return mask;
}

}  // namespace

const char* toString(CardinalityCandidate candidate) {
    switch (candidate) {
        case byIndependence: return "independence";
        case networkOnError: return "network on log(true/estimate)";
        case treesOnError: return "trees on log(true/estimate)";
        case networkDirect: return "network on the direct target";
        case mixtureOfIndependences: return "mixture of independences";
        default: return "";
    }
}

struct CardinalityFold::Examples {
    Table rows, lesserRows, greaterRows;
    Bags bags, lesserBags, greaterBags;
    std::vector<float> logs, errors;   // targets: ln rows, and of it what the estimate misses
    std::vector<float> slack;          // by pair: by how much more the estimate gives the greater one

    explicit Examples(const CardinalityEncoder& encoder)
        : rows(encoder.rowColumns()), lesserRows(rows), greaterRows(rows), bags(encoder.elementColumns()), lesserBags(bags), greaterBags(bags) {}
    void add(const CardinalityEncoder& encoder, const CountedQuery& query, const QueryMask& mask) {
        encoder.addRow(query, rows, mask, true);
        encoder.addBag(query, bags, mask, true);
        logs.push_back(static_cast<float>(std::log(std::max(1.0, query.rows))));
        errors.push_back(logs.back() - static_cast<float>(encoder.logStart(query)));
    }
    void add(const CardinalityEncoder& encoder, const OrderedPair& pair) {
        encoder.addRow(pair.narrow, lesserRows, {}, true);
        encoder.addRow(pair.wide, greaterRows, {}, true);
        encoder.addBag(pair.narrow, lesserBags, {}, true);
        encoder.addBag(pair.wide, greaterBags, {}, true);
        slack.push_back(greaterBags.start.back() - lesserBags.start.back());
    }
    bool paired() const { return !slack.empty(); }
};

Result<CardinalityFold> CardinalityFold::fit(QueryList queries, const KnownColumns& known, const FoldOptions& options, Job& job) {
    if (queries.empty()) return Error{ErrorCategory::usage, "There are no counted queries to learn from.", "Give more data.", {}};
    CardinalityFold fold;
    fold.encoder_ = CardinalityEncoder::fit(queries, known);
    Examples examples(fold.encoder_);
    Random random(options.seed * 31 + 7);
    const auto samples = SampleRows::learn(queries, fold.encoder_.statistics());
    for (const auto* query : queries) {
        examples.add(fold.encoder_, *query, {});
        if (random.uniform() < maskedShare) {
            auto bare = *query;
            bare.estimate.reset();
            examples.add(fold.encoder_, bare, maskOf(*query, random));
        }
        for (uint32_t i = 0; i < pairsPerQuery; ++i)
            if (const auto pair = randomPair(*query, fold.encoder_.statistics(), &samples, random)) examples.add(fold.encoder_, *pair);
    }
    fold.usable_[byIndependence] = true;
    FS_TRY(fold.fitNetworks(examples, options, job));
    FS_TRY(fold.fitTrees(examples, options.seed, job));
    FS_TRY(fold.fitMixture(examples, options, job));
    return fold;
}

Status CardinalityFold::fitNetworks(const Examples& examples, const FoldOptions& wanted, Job& job) {
    MlpOptions options;
    options.loss = MlpLoss::huber;
    options.epochs = 60;
    options.batch = 128;
    options.weightDecay = 0.01;
    options.dropout = 0.05;
    options.order = orderWeight;
    options.seed = wanted.seed;
    options.device = wanted.device;
    const auto fit = [&](CardinalityCandidate candidate, std::span<const float> targets, std::span<const float> slack, Mlp& model) -> Status {
        Timer timer(seconds_[candidate]);
        MlpData data{examples.rows, targets};
        if (examples.paired()) data.lesser = &examples.lesserRows, data.greater = &examples.greaterRows, data.slack = slack;
        FS_ASSIGN(auto fitted, fitMlp(data, nullptr, options, job));
        usable_[candidate] = !fitted.diverged;
        model = std::move(fitted.model);
        return {};
    };
    FS_TRY(fit(networkOnError, examples.errors, examples.slack, onError_));
    return fit(networkDirect, examples.logs, {}, direct_);
}

Status CardinalityFold::fitTrees(const Examples& examples, uint64_t seed, Job& job) {
    Timer timer(seconds_[treesOnError]);
    TreeOptions options;
    options.rounds = 300;
    options.depth = 5;
    options.leastWeight = 5;
    options.seed = seed;
    options.monotone = encoder_.monotone();
    FS_ASSIGN(auto fitted, models::fitTrees({examples.rows, examples.errors}, nullptr, options, job));
    usable_[treesOnError] = true;
    trees_ = std::move(fitted.model);
    return {};
}

Status CardinalityFold::fitMixture(const Examples& examples, const FoldOptions& wanted, Job& job) {
    Timer timer(seconds_[mixtureOfIndependences]);
    MixtureOptions options;
    options.order = orderWeight;
    options.seed = wanted.seed;
    options.device = wanted.device;
    MixtureData data{examples.bags, examples.logs};
    if (examples.paired()) data.lesser = &examples.lesserBags, data.greater = &examples.greaterBags;
    FS_ASSIGN(auto fitted, models::fitMixture(data, options, job));
    usable_[mixtureOfIndependences] = !fitted.diverged;
    mixture_ = std::move(fitted.model);
    return {};
}

Result<CandidateLogs> CardinalityFold::predict(QueryList queries) const { return predict(queries, {true, true, true, true, true}); }

Result<CandidateLogs> CardinalityFold::predict(QueryList queries, const std::array<bool, cardinalityCandidates>& wanted) const {
    const auto use = [&](CardinalityCandidate candidate) { return wanted[candidate] && usable_[candidate]; };
    Table rows(encoder_.rowColumns());
    Bags bags(encoder_.elementColumns());
    const bool asBags = use(mixtureOfIndependences), asRows = use(networkOnError) || use(networkDirect) || use(treesOnError);
    for (const auto* query : queries) {
        if (asRows) encoder_.addRow(*query, rows);
        if (asBags) encoder_.addBag(*query, bags);
    }
    CandidateLogs logs;
    if (use(byIndependence))
        for (const auto* query : queries) logs[byIndependence].push_back(static_cast<float>(encoder_.statistics().logEstimate(*query)));
    if (use(networkOnError)) logs[networkOnError] = onError_.predict(rows);
    if (use(networkDirect)) logs[networkDirect] = direct_.predict(rows);
    if (use(treesOnError)) {
        FS_ASSIGN(logs[treesOnError], trees_.predict(rows));
    }
    if (asBags) logs[mixtureOfIndependences] = mixture_.predict(bags);
    for (const auto candidate : {networkOnError, treesOnError})
        for (size_t i = 0; i < logs[candidate].size(); ++i) logs[candidate][i] += static_cast<float>(encoder_.logStart(*queries[i]));
    for (size_t i = 0; i < queries.size(); ++i) {
        const auto limit = static_cast<float>(std::max(0.0, encoder_.statistics().logLimit(*queries[i])));
        for (auto& own : logs)
            if (i < own.size()) own[i] = std::clamp(own[i], 0.0f, limit);
    }
    return logs;
}

}  // namespace foreshard::models
