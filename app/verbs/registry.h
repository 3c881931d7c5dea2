// The verb models: every set of trained models that the project keeps; compare, pin, unpin, roll back, delete. Qt-free; any
// thread; one Project object a call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/forecast.h"
#include "core/models/registry.h"
#include "core/models/tuner/tuner.h"
#include "core/project/project.h"

namespace foreshard::verbs {

struct ModelsOptions {
    Path project;
    std::string act = "list";              // list, compare, pin, unpin, rollback, delete
    std::vector<uint32_t> numbers;         // compare: two, or one against those in force; pin: those in force without one; rollback: the ones before without one
};

struct KeptModels {
    project::Project::ModelsRecord record;
    std::shared_ptr<const models::TrainedModels> models;   // null: they cannot be read
    std::string why;                                       // then, a sentence
};

struct ModelsComparison {
    uint32_t first = 0, second = 0;
    std::vector<models::SeriesComparison> series;
    bool sameWorkload = false;             // else the errors were measured on different data
};

struct ModelsRegistry {
    std::vector<KeptModels> kept;          // oldest first, as they are after the act
    std::optional<ModelsComparison> comparison;
    uint64_t workloadFingerprint = 0;      // of the workload and the marked events that the project has now
    std::vector<models::Study> studies;
    std::string done;                      // what the act did, a sentence; empty for list and compare
};

// Errors: notFound (no such number), usage (numbers that the act does not take), conflict (deleting what is in force), format
// and version (models that cannot be read: what was in force stays).
Result<ModelsRegistry> manageModels(const ModelsOptions& options, Job& job);

}  // namespace foreshard::verbs
