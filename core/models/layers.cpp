#include "core/models/layers.h"

#include <cmath>

namespace foreshard::models {

void writeFloats(ByteWriter& out, const std::vector<float>& values) {
    out.list(values, [](ByteWriter& w, float v) { w.real(v); });
}

std::vector<float> readFloats(ByteReader& in) {
    const uint64_t size = in.varint();
    if (size > in.remaining() / 8) {
        in.fail();
        return {};
    }
    std::vector<float> values(size);
    for (auto& v : values) {
        v = static_cast<float>(in.real());
        if (!std::isfinite(v)) in.fail();
    }
    return values;
}

void writeLayers(ByteWriter& out, const std::vector<MlpLayer>& layers) {
    out.list(layers, [](ByteWriter& w, const MlpLayer& layer) {
        w.varint(layer.inputs);
        w.varint(layer.outputs);
        writeFloats(w, layer.weights);
        writeFloats(w, layer.bias);
    });
}

std::vector<MlpLayer> readLayers(ByteReader& in) {
    std::vector<MlpLayer> layers;
    const uint64_t count = in.varint();
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
        MlpLayer layer;
        layer.inputs = static_cast<uint32_t>(in.varint());
        layer.outputs = static_cast<uint32_t>(in.varint());
        layer.weights = readFloats(in);
        layer.bias = readFloats(in);
        layers.push_back(std::move(layer));
    }
    return layers;
}

std::optional<uint32_t> outputsOf(const std::vector<MlpLayer>& layers, uint32_t inputs) {
    if (inputs == 0 || inputs > widestLayer || layers.empty()) return std::nullopt;
    for (const auto& layer : layers) {
        if (layer.inputs != inputs || layer.outputs == 0 || layer.outputs > widestLayer) return std::nullopt;
        if (layer.bias.size() != layer.outputs || layer.weights.size() != static_cast<size_t>(layer.inputs) * layer.outputs) return std::nullopt;
        inputs = layer.outputs;
    }
    return inputs;
}

}  // namespace foreshard::models
