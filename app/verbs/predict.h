// The verbs predict and cardinality. Qt-free; any thread; one Project object a call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/cardinality/train.h"
#include "core/models/predict/predictor.h"
#include "core/project/project.h"

namespace foreshard::verbs {

struct PredictOptions {
    Path project;
    std::string sql;
    uint64_t seed = 1;
};

// Everything that a project holds for predictions, read once: what the window keeps while the project is open. Errors: notFound
// (no workload), those of Predictor::make.
Result<std::shared_ptr<const models::Predictor>> makePredictor(const project::Project& project, uint64_t seed, Job& job);

// Errors: those of makePredictor and of Predictor::predict.
Result<models::Prediction> predict(const PredictOptions& options, Job& job);

struct CardinalityOptions {
    Path project;
};

struct TemplateRows {
    uint64_t fingerprint = 0;
    std::string text;
    std::vector<std::string> tables;
    double calls = 0;                                  // in the log
    std::optional<models::ExpectedRows> rows;          // nothing: nobody knows
};

struct CardinalityReport {
    std::optional<models::TrainedCardinality> trained; // nothing: none is in force
    bool ofThisWorkload = true;
    std::vector<TemplateRows> templates;               // most calls first
};

// Rows of every template, by the log or by the model in force, and how right that is. Errors: notFound (no workload), format and
// version (a model that cannot be read).
Result<CardinalityReport> cardinality(const CardinalityOptions& options, Job& job);

}  // namespace foreshard::verbs
