// What the window shows of the models that a project keeps. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/models/forecast.h"
#include "core/models/tuner/tuner.h"

namespace foreshard::ui {

struct KeptModelsView {
    uint32_t number = 0;                       // in the order of training
    Instant trainedAt = 0;
    bool inForce = false, pinned = false;
    bool ofThisWorkload = true;                // else the logs have grown since
    std::shared_ptr<const models::TrainedModels> models;   // null: they cannot be read
    std::string why;                           // then, a sentence
};

struct KeptModelsSet {
    std::vector<KeptModelsView> kept;          // oldest first
    std::vector<models::Study> studies;        // of tuning, one a model
};

}  // namespace foreshard::ui
