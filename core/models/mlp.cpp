#include "core/models/mlp.h"

#include <algorithm>
#include <cmath>

#include "core/models/layers.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x504c4d4453465346;   // "FSFSDMLP"

float silu(float x) { return x / (1.0f + std::exp(-x)); }

bool consistent(const Mlp& model) {
    const size_t width = model.columns;
    return model.mean.size() == width && model.scale.size() == width && model.direct.size() == width && outputsOf(model.layers, model.columns) == 1u;
}

}  // namespace

float Mlp::predict(std::span<const float> row) const {
    thread_local std::vector<float> now, next;
    now.resize(columns);
    float straight = 0;
    for (size_t i = 0; i < columns; ++i) {
        const float z = std::isnan(row[i]) ? 0.0f : std::clamp((row[i] - mean[i]) * scale[i], -inputClip, inputClip);
        now[i] = z;
        straight += z * direct[i];
    }
    for (size_t l = 0; l < layers.size(); ++l) {
        const auto& layer = layers[l];
        next.assign(layer.bias.begin(), layer.bias.end());
        for (size_t i = 0; i < layer.inputs; ++i) {
            const float x = now[i];
            if (x == 0.0f) continue;
            const float* weights = layer.weights.data() + i * layer.outputs;
            for (size_t o = 0; o < layer.outputs; ++o) next[o] += x * weights[o];
        }
        if (l + 1 < layers.size())
            for (auto& v : next) v = silu(v);
        now.swap(next);
    }
    return (now[0] + straight) * outScale + outMean;
}

std::vector<float> Mlp::predict(const Table& rows) const {
    std::vector<float> out(rows.rows());
    for (size_t i = 0; i < out.size(); ++i) out[i] = predict(rows.row(i));
    return out;
}

std::string Mlp::write() const {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.varint(columns);
    out.real(inputClip);
    writeFloats(out, mean);
    writeFloats(out, scale);
    out.real(outMean);
    out.real(outScale);
    writeLayers(out, layers);
    writeFloats(out, direct);
    return out.take();
}

Result<Mlp> Mlp::read(std::string_view bytes) {
    ByteReader in(bytes);
    const Error damaged{ErrorCategory::format, "The trained network is cut short or damaged.", "Train the models again.", {}};
    if (in.fixed64() != magic) return damaged;
    if (in.varint() > formatVersion)
        return Error{ErrorCategory::version, "The trained network was written by a newer Foreshard.", "Train the models again, or update.", {}};
    Mlp model;
    model.columns = static_cast<uint32_t>(in.varint());
    model.inputClip = static_cast<float>(in.real());
    model.mean = readFloats(in);
    model.scale = readFloats(in);
    model.outMean = static_cast<float>(in.real());
    model.outScale = static_cast<float>(in.real());
    model.layers = readLayers(in);
    model.direct = readFloats(in);
    const bool finite = std::isfinite(model.outMean) && std::isfinite(model.outScale) && model.inputClip > 0;
    if (!in.ok() || !in.atEnd() || !finite || !consistent(model)) return damaged;
    return model;
}

}  // namespace foreshard::models
