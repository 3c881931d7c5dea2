#include "core/models/predict/predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/quantile.h"
#include "core/base/units.h"
#include "core/models/cardinality/log_queries.h"
#include "core/models/predict/shape.h"
#include "core/workload/mask.h"
#include "core/workload/mask_form.h"
#include "core/workload/statement.h"

namespace foreshard::models {

namespace {

constexpr size_t mostSimilar = 5;
constexpr size_t relatives = 3;            // whose calls stand for those of a statement never seen
constexpr double leastRelated = 0.25;      // score of a relative

// Calls of one template within the steps of the next hour, at every sampled future.
ExpectedBand hourOf(const workload::Rates& rates, workload::TemplateId id, int64_t first, int64_t end, double perHour) {
    double expected = 0;
    std::vector<double> futures(rates.paths.size(), 0.0);
    for (const auto& point : rates.templates[id].points) {
        if (point.interval < first || point.interval >= end) continue;
        const double calls = fromWeight(point.calls) * perHour;
        expected += calls;
        for (size_t p = 0; p < futures.size(); ++p) {
            const auto& factors = rates.paths[p].templateFactor[id];
            const auto step = static_cast<size_t>(point.interval - rates.firstInterval());
            futures[p] += calls * (step < factors.size() ? static_cast<double>(factors[step]) : 1.0);
        }
    }
    if (futures.empty()) return {expected, expected, expected};
    return {std::min(expected, quantile(futures, 0.1)), expected, std::max(expected, quantile(futures, 0.9))};
}

ExpectedBand capped(const ExpectedBand& band, double most) { return {std::min(band.p10, most), std::min(band.p50, most), std::min(band.p90, most)}; }

std::vector<std::string> tablesOf(const workload::Facts& facts, const workload::Template& own) {
    std::vector<std::string> names;
    for (const auto& access : own.accesses) {
        auto name = facts.schema.tables[access.table].qualifiedName();
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

bool bindsPlainValue(const workload::SampledCall& call) {
    for (const auto& slot : call.slots)
        for (const auto& value : slot)
            if (value.known() && !workload::isMask(value)) return true;
    return false;
}

}  // namespace

Result<std::shared_ptr<const Predictor>> Predictor::make(PredictorInputs inputs, Job& job) {
    auto predictor = std::make_shared<Predictor>();
    predictor->inputs_ = std::move(inputs);
    const auto& observed = *predictor->inputs_.observed;
    const auto& facts = *observed.facts;
    predictor->schema_ = std::shared_ptr<const schema::Schema>(predictor->inputs_.observed, &facts.schema);
    predictor->masked_ = facts.diagnostics.byReason().contains(workload::maskedReason);
    for (workload::TemplateId id = 0; id < facts.templates.size(); ++id) predictor->byText_[facts.templates[id].textFingerprint].push_back(id);
    predictor->calls_.resize(facts.templates.size());
    FS_TRY(predictor->makeForecast(job));
    job.beginPass("reading what is expected of rows");
    predictor->readCardinality();
    FS_ASSIGN(predictor->rows_, expectedRows(observed, nullptr));
    FS_TRY(job.checkpoint());
    job.beginPass("finding hotspots");
    const auto& forecast = predictor->inputs_.forecast;
    predictor->hotspots_ = HotspotIndex(observed, forecast ? forecast->workload.get() : nullptr);
    FS_TRY(job.checkpoint());
    job.beginPass("learning which templates are alike");
    if (!predictor->inputs_.space) predictor->inputs_.space = TemplateSpace::learn(observed, predictor->inputs_.seed);
    return std::shared_ptr<const Predictor>(std::move(predictor));
}

Status Predictor::makeForecast(Job& job) {
    auto& forecast = inputs_.forecast;
    const auto& observed = *inputs_.observed;
    const bool usable = forecast && forecast->workload && forecast->range.begin == observed.rates.endInterval() * observed.rates.interval &&
                        forecast->workload->rates.templates.size() == observed.facts->templates.size();
    if (!usable) forecast.reset();
    if (!usable && inputs_.models) {
        auto made = models::forecast(*inputs_.models, observed, microsPerHour, inputs_.seed, job);
        if (!made && made.error().category == ErrorCategory::cancelled) return made.error();
        if (made) forecast = std::make_shared<const Forecast>(std::move(*made));
        else noCalls_ = made.error().message;
    }
    if (forecast) takeCalls(*forecast);
    else if (noCalls_.empty()) noCalls_ = "No models are trained yet, so nobody can say how often it will be called.";
    return {};
}

void Predictor::takeCalls(const Forecast& forecast) {
    const auto& rates = forecast.workload->rates;
    const int64_t first = rates.firstInterval(), end = std::min(rates.endInterval(), first + std::max<int64_t>(1, microsPerHour / rates.interval));
    nextHour_ = TimeRange{first * rates.interval, end * rates.interval};
    const double perHour = static_cast<double>(microsPerHour) / static_cast<double>(nextHour_->length());
    for (workload::TemplateId id = 0; id < calls_.size(); ++id) calls_[id] = hourOf(rates, id, first, end, perHour);
}

void Predictor::readCardinality() {
    const auto* models = inputs_.models.get();
    if (!models || models->cardinality.empty()) {
        noRows_ = models ? "No cardinality model is trained, for the logs count no rows, or too few: nobody can say how many it returns."
                         : "No models are trained yet, so nobody can say how many rows it returns.";
        return;
    }
    auto read = TrainedCardinality::read(models->cardinality);
    if (read) cardinality_ = std::move(*read);
    else noRows_ = read.error().message;
}

std::optional<workload::TemplateId> Predictor::templateOf(const workload::Template& statement, const std::vector<std::string>& tables) const {
    const auto found = byText_.find(statement.textFingerprint);
    if (found == byText_.end()) return std::nullopt;
    // The same text may stand for other tables in another database or under another search_path: most calls win.
    std::optional<workload::TemplateId> best;
    Weight most = -1;
    for (const auto id : found->second) {
        if (tablesOf(*inputs_.observed->facts, inputs_.observed->facts->templates[id]) != tables) continue;
        Weight calls = 0;
        for (const auto& point : inputs_.observed->rates.templates[id].points) calls += point.calls;
        if (calls > most) most = calls, best = id;
    }
    return best;
}

Result<Prediction> Predictor::predict(std::string_view sql) const {
    FS_ASSIGN(const auto one, workload::statementWorkload(schema_, sql));
    FS_TRY(workload::requireKnownTables(*one, *schema_));
    Prediction prediction;
    prediction.statement = one->facts->templates[workload::onlyCall(*one).templateId];
    prediction.tables = tablesOf(*one->facts, prediction.statement);
    prediction.known = templateOf(prediction.statement, prediction.tables);
    if (!prediction.statement.facts.parsed) prediction.notes.emplace_back("It could not be parsed as PostgreSQL: what its tokens tell is all that is known of it.");
    prediction.tokens = templateTokens(prediction.statement.text);
    prediction.hashedFeatures = hashedFeatures(prediction.statement.text, prediction.statement.facts).entries.size();
    addSimilar(prediction);
    predictCalls(prediction);
    predictRows(*one, prediction);
    prediction.hotspots = hotspots_.touchedBy(*one);
    if (masked_ && bindsPlainValue(workload::onlyCall(*one))) prediction.notes.emplace_back("The values of this project are masked: write masks (~ and 16 digits) where it is to know a value.");
    return prediction;
}

void Predictor::addSimilar(Prediction& prediction) const {
    const auto found = prediction.known ? inputs_.space->similar(*prediction.known, mostSimilar) : inputs_.space->similar(prediction.statement.text, prediction.statement.facts, mostSimilar);
    for (const auto& like : found) {
        const auto& own = inputs_.observed->facts->templates[like.id];
        prediction.similar.push_back({like, own.fingerprint, own.text, calls_[like.id]});
    }
}

// Relatives count by how much they are alike; the band takes in all of theirs.
void Predictor::predictCalls(Prediction& prediction) const {
    if (!noCalls_.empty()) return prediction.notes.push_back(noCalls_);
    prediction.nextHour = nextHour_;
    if (prediction.known) {
        prediction.callsPerHour = calls_[*prediction.known];
        return;
    }
    ExpectedBand band{std::numeric_limits<double>::infinity(), 0, 0};
    double weights = 0;
    for (const auto& related : prediction.similar) {
        if (prediction.relatives == relatives || related.like.score < leastRelated || !related.callsPerHour) break;
        ++prediction.relatives;
        weights += related.like.score;
        band.p50 += related.like.score * std::log1p(related.callsPerHour->p50);
        band.p10 = std::min(band.p10, related.callsPerHour->p10);
        band.p90 = std::max(band.p90, related.callsPerHour->p90);
    }
    if (prediction.relatives == 0) return prediction.notes.push_back("It was never seen before, and no template is like it: nobody can say how often it will be called.");
    band.p50 = std::clamp(std::expm1(band.p50 / weights), band.p10, band.p90);
    prediction.callsPerHour = band;
    prediction.notes.push_back("It was never seen before: calls are those of " +
                               (prediction.relatives == 1 ? std::string("its nearest relative") : "its " + std::to_string(prediction.relatives) + " nearest relatives") + ", should it be called like them.");
}

std::optional<ExpectedRowsOf> Predictor::rowsByModel(const workload::Workload& one, Prediction& prediction) const {
    const auto& own = one.facts->templates[workload::onlyCall(one).templateId];
    const auto query = cardinality_ && findsRows(own.facts) ? queryOf(*one.facts, own, workload::onlyCall(one).slots) : std::nullopt;
    if (!query) return std::nullopt;
    const CountedQuery* list[] = {&*query};
    const auto estimates = cardinality_->portfolio.estimate(list);
    if (!estimates) return std::nullopt;
    const auto& estimate = estimates->front();
    if (!estimate.sure) prediction.notes.push_back("Its rows are not sure: nothing tells how many of them one of its conditions leaves, which may be none or all.");
    return ExpectedRowsOf{{estimate.p10, estimate.p50, estimate.p90}, RowsFrom::model, mergesRows(own.facts)};
}

void Predictor::predictRows(const workload::Workload& one, Prediction& prediction) const {
    const auto& facts = prediction.statement.facts;
    const auto& slots = workload::onlyCall(one).slots;
    const auto byKey = rowsOfKey(*one.facts, prediction.statement, slots), limit = limitOf(facts, slots);
    if (facts.kind == sql::StatementKind::insert) {
        if (const auto rows = rowsInserted(facts, slots)) prediction.rows = ExpectedRowsOf{{*rows, *rows, *rows}, RowsFrom::shape, false};
    } else if (returnsOneRow(facts)) {
        prediction.rows = ExpectedRowsOf{{1, 1, 1}, RowsFrom::shape, false};
    } else if (prediction.known && !countsWholeRows(facts) && rows_[*prediction.known]) {
        prediction.rows = ExpectedRowsOf{rows_[*prediction.known]->band, RowsFrom::log, false};
    } else {
        prediction.rows = rowsByModel(one, prediction);
    }
    if (!prediction.rows && prediction.known && rows_[*prediction.known]) prediction.rows = ExpectedRowsOf{rows_[*prediction.known]->band, RowsFrom::log, false};
    if (!prediction.rows && byKey) prediction.rows = ExpectedRowsOf{{*byKey, *byKey, *byKey}, RowsFrom::shape, true};
    if (!prediction.rows) return prediction.notes.push_back(noRows_.empty() ? "Nobody can say how many rows it returns." : noRows_);
    for (const auto& most : {byKey, limit})
        if (most) prediction.rows->band = capped(prediction.rows->band, *most);
}

}  // namespace foreshard::models
