#include "core/models/cardinality/mixture.h"

#include <algorithm>
#include <cmath>

#include "core/models/layers.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x5854494d4453465f;   // "_FSDMITX"

bool consistent(const Mixture& model) {
    const auto classes = outputsOf(model.layers, model.columns);
    return classes && *classes == model.prior.size() && model.direct.size() == size_t{model.columns} * *classes;
}

// out += row * weights; most features of an element are zero.
void addProduct(std::span<const float> row, const std::vector<float>& weights, std::span<float> out) {
    for (size_t i = 0; i < row.size(); ++i) {
        if (row[i] == 0.0f) continue;
        const float* own = weights.data() + i * out.size();
        for (size_t o = 0; o < out.size(); ++o) out[o] += row[i] * own[o];
    }
}

}  // namespace

std::vector<float> Mixture::predict(const Bags& bags) const {
    std::vector<float> out(bags.queries()), now, next, sums;
    for (size_t q = 0; q < out.size(); ++q) {
        sums = prior;
        for (size_t e = bags.begin[q]; e < bags.begin[q + 1]; ++e) {
            const auto row = bags.elements.row(e);
            addProduct(row, direct, sums);
            now.assign(row.begin(), row.end());
            for (size_t l = 0; l < layers.size(); ++l) {
                next = layers[l].bias;
                addProduct(now, layers[l].weights, next);
                if (l + 1 < layers.size())
                    for (auto& v : next) v = v / (1.0f + std::exp(-v));
                now.swap(next);
            }
            for (size_t k = 0; k < sums.size(); ++k) sums[k] += now[k];
        }
        const float most = *std::max_element(sums.begin(), sums.end());
        double sum = 0;
        for (const float v : sums) sum += std::exp(v - most);
        out[q] = bags.start[q] + most + static_cast<float>(std::log(sum));
    }
    return out;
}

std::string Mixture::write() const {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.varint(columns);
    writeLayers(out, layers);
    writeFloats(out, direct);
    writeFloats(out, prior);
    return out.take();
}

Result<Mixture> Mixture::read(std::string_view bytes) {
    ByteReader in(bytes);
    const Error damaged{ErrorCategory::format, "The trained mixture is cut short or damaged.", "Train the models again.", {}};
    if (in.fixed64() != magic) return damaged;
    if (in.varint() > formatVersion)
        return Error{ErrorCategory::version, "The trained mixture was written by a newer Foreshard.", "Train the models again, or update.", {}};
    Mixture model;
    model.columns = static_cast<uint32_t>(in.varint());
    model.layers = readLayers(in);
    model.direct = readFloats(in);
    model.prior = readFloats(in);
    if (!in.ok() || !in.atEnd() || !consistent(model)) return damaged;
    return model;
}

}  // namespace foreshard::models
