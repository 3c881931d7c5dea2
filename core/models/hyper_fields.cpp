#include "core/models/hyper_fields.h"

#include <algorithm>
#include <cmath>

#include "core/models/portfolio/learned.h"

namespace foreshard::models {

const std::vector<HyperField>& hyperFields() {
    using enum VolumeModel;
    static const std::vector<HyperField> fields{
        {nlinear, realParameter("nlinear_learning_rate", 3e-4, 0.03, true), &HyperParameters::nlinearRate},
        {nlinear, realParameter("nlinear_weight_decay", 1e-4, 1, true), &HyperParameters::nlinearDecay},
        {network, realParameter("network_learning_rate", 2e-4, 0.02, true), &HyperParameters::networkRate},
        {network, realParameter("network_weight_decay", 1e-5, 0.1, true), &HyperParameters::networkDecay},
        {network, realParameter("network_dropout", 0, 0.4), &HyperParameters::networkDropout},
        {network, integerParameter("network_width", 16, 128, true), &HyperParameters::networkWidth},
        {trees, realParameter("trees_learning_rate", 0.02, 0.3, true), &HyperParameters::treesRate},
        {trees, integerParameter("trees_depth", 2, 9), &HyperParameters::treesDepth},
        {trees, integerParameter("trees_least_leaf", 2, 200, true), &HyperParameters::treesLeaf},
        {trees, realParameter("trees_row_share", 0.4, 1), &HyperParameters::treesRowShare},
        {trees, realParameter("trees_l2", 0.1, 30, true), &HyperParameters::treesL2},
    };
    return fields;
}

Space hyperSpace(VolumeModel model) {
    Space space;
    for (const auto& field : hyperFields())
        if (field.model == model) space.parameters.push_back(field.parameter);
    return space;
}

Setting settingOf(const HyperParameters& hyper, VolumeModel model) {
    Setting setting;
    for (const auto& field : hyperFields())
        if (field.model == model) setting.push_back(hyper.*field.value);
    return setting;
}

void take(HyperParameters& hyper, VolumeModel model, const Setting& setting) {
    size_t i = 0;
    for (const auto& field : hyperFields())
        if (field.model == model && i < setting.size()) hyper.*field.value = setting[i++];
}

MlpOptions networkOptions(const HyperParameters& hyper) {
    MlpOptions options = networkDefaults();
    const auto width = static_cast<uint32_t>(std::max(2.0, std::round(hyper.networkWidth)));
    options.hidden = {width, width / 2};
    options.learningRate = hyper.networkRate;
    options.weightDecay = hyper.networkDecay;
    options.dropout = hyper.networkDropout;
    return options;
}

TreeOptions treesOptions(const HyperParameters& hyper) {
    TreeOptions options = treesDefaults();
    options.learningRate = hyper.treesRate;
    options.depth = static_cast<uint32_t>(std::max(1.0, std::round(hyper.treesDepth)));
    options.leastWeight = hyper.treesLeaf;
    options.rowShare = hyper.treesRowShare;
    options.l2 = hyper.treesL2;
    return options;
}

}  // namespace foreshard::models
