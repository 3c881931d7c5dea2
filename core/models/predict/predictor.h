// Everything that is expected of one statement: its template and features, calls in the next hour, the hotspots that it touches,
// rows, and the templates that are like it. Made once of what a project holds, and kept as long as it is open; an answer takes
// less than 5 ms then. Immutable once made: predict() from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/models/cardinality/train.h"
#include "core/models/features/space.h"
#include "core/models/forecast.h"
#include "core/models/predict/expected_rows.h"
#include "core/models/predict/touched.h"

namespace foreshard::models {

struct PredictorInputs {
    std::shared_ptr<const workload::Workload> observed;
    std::shared_ptr<const TrainedModels> models;      // null: calls and rows are not known
    std::shared_ptr<const Forecast> forecast;         // taken where it begins as the observed workload ends; else the models are asked
    std::shared_ptr<const TemplateSpace> space;       // null: learned here
    uint64_t seed = 1;
};

struct RelatedTemplate {
    SimilarTemplate like;
    uint64_t fingerprint = 0;
    std::string text;
    std::optional<ExpectedBand> callsPerHour;
};

struct ExpectedRowsOf {
    ExpectedBand band;
    RowsFrom from = RowsFrom::model;
    bool upTo = false;                                // grouping or DISTINCT leaves fewer, nobody can say how many
};

struct Prediction {
    workload::Template statement;                     // text, facts and accesses; ids are of `tables` and not of the observed workload
    std::vector<std::string> tables;                  // qualified names
    std::optional<workload::TemplateId> known;        // of the observed workload; nothing: never seen before
    std::optional<ExpectedBand> callsPerHour;         // of the template; of a statement never seen, what its relatives are called
    std::optional<TimeRange> nextHour;                // what that is of
    std::vector<TouchedHotspot> hotspots;
    std::optional<ExpectedRowsOf> rows;
    std::vector<RelatedTemplate> similar;             // best first, without the statement's own template
    size_t relatives = 0;                             // of `similar`, those that calls were taken from
    std::vector<std::string> tokens;
    size_t hashedFeatures = 0;                        // places that are not 0
    std::vector<std::string> notes;                   // sentences: what is not known, and why
};

class Predictor {
public:
    // Errors: cancelled. What cannot be had of the models (none, other intervals, damaged) is said in each answer.
    static Result<std::shared_ptr<const Predictor>> make(PredictorInputs inputs, Job& job);

    // Errors: usage (no statement, several, or one that touches no table), notFound (a table that nobody knows).
    Result<Prediction> predict(std::string_view sql) const;

    const workload::Workload& observed() const { return *inputs_.observed; }

private:
    Status makeForecast(Job& job);
    void takeCalls(const Forecast& forecast);
    void readCardinality();
    std::optional<workload::TemplateId> templateOf(const workload::Template& statement, const std::vector<std::string>& tables) const;
    void predictCalls(Prediction& prediction) const;
    void predictRows(const workload::Workload& one, Prediction& prediction) const;
    std::optional<ExpectedRowsOf> rowsByModel(const workload::Workload& one, Prediction& prediction) const;
    void addSimilar(Prediction& prediction) const;

    PredictorInputs inputs_;
    std::shared_ptr<const schema::Schema> schema_;
    std::unordered_map<uint64_t, std::vector<workload::TemplateId>> byText_;
    std::vector<std::optional<ExpectedBand>> calls_;  // by template, an hour
    std::optional<TimeRange> nextHour_;
    std::vector<std::optional<ExpectedRows>> rows_;   // by template, of the log alone
    std::optional<TrainedCardinality> cardinality_;
    HotspotIndex hotspots_;
    std::string noCalls_, noRows_;                    // why, a sentence; empty where they are known
    bool masked_ = false;
};

}  // namespace foreshard::models
