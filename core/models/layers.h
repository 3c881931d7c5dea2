// Stored weights of fully connected layers: what the networks of this room have in common. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/models/mlp.h"

namespace foreshard::models {

constexpr uint64_t widestLayer = 1 << 14;

void writeFloats(ByteWriter& out, const std::vector<float>& values);
std::vector<float> readFloats(ByteReader& in);   // the reader fails on a value that is not finite

void writeLayers(ByteWriter& out, const std::vector<MlpLayer>& layers);
std::vector<MlpLayer> readLayers(ByteReader& in);

// Outputs of the last layer; nothing where the layers do not fit each other or the number of inputs.
std::optional<uint32_t> outputsOf(const std::vector<MlpLayer>& layers, uint32_t inputs);

}  // namespace foreshard::models
