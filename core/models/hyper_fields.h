// Names and limits of hyper-parameters, and what they mean to the learners: for the tuner, for files and for people. Pure.
#pragma once

#include <vector>

#include "core/models/forecast.h"
#include "core/models/mlp.h"
#include "core/models/trees.h"
#include "core/models/tuner/space.h"

namespace foreshard::models {

struct HyperField {
    VolumeModel model;
    Parameter parameter;                      // its name is unique among all models
    double HyperParameters::*value;
};
// In the order of the models.
const std::vector<HyperField>& hyperFields();

// Of the models that are tuned: NLinear, network, trees.
Space hyperSpace(VolumeModel model);
Setting settingOf(const HyperParameters& hyper, VolumeModel model);
void take(HyperParameters& hyper, VolumeModel model, const Setting& setting);

MlpOptions networkOptions(const HyperParameters& hyper);
TreeOptions treesOptions(const HyperParameters& hyper);

}  // namespace foreshard::models
