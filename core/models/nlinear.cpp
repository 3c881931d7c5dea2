#include "core/models/nlinear.h"

#include <algorithm>

#include "core/base/bytes.h"

namespace foreshard::models {

namespace {
constexpr uint64_t magic = 0x524e494c4e445346;   // "FSDNLINR"
constexpr uint32_t maxDimension = 1 << 14;
constexpr size_t leastWindows = 16;
constexpr uint32_t mostLags = 1536;
}  // namespace

const char* toString(FitOutcome outcome) {
    switch (outcome) {
        case FitOutcome::fitted: return "fitted";
        case FitOutcome::diverged: return "diverged";
        case FitOutcome::outOfTime: return "out of time";
        case FitOutcome::tooShort: return "too short";
    }
    return "?";
}

std::vector<double> NLinear::predict(std::span<const double> history, uint32_t steps) const {
    std::vector<double> values(history.end() - static_cast<std::ptrdiff_t>(std::min<size_t>(lags, history.size())), history.end());
    if (values.size() < lags || lags == 0 || horizon == 0) return std::vector<double>(steps, values.empty() ? 0.0 : values.back());
    std::vector<double> predicted;
    predicted.reserve(steps);
    while (predicted.size() < steps) {
        const double* window = values.data() + values.size() - lags;
        const double last = values.back();
        const size_t fresh = std::min<size_t>(horizon, steps - predicted.size());
        for (size_t step = 0; step < fresh; ++step) {
            const float* row = weights.data() + step * lags;
            double sum = bias[step];
            for (size_t lag = 0; lag < lags; ++lag) sum += static_cast<double>(row[lag]) * (window[lag] - last);
            predicted.push_back(std::clamp(last + sum, 0.0, static_cast<double>(ceiling)));
        }
        values.insert(values.end(), predicted.end() - static_cast<std::ptrdiff_t>(fresh), predicted.end());
    }
    return predicted;
}

std::string NLinear::write() const {
    ByteWriter out;
    out.fixed64(magic);
    out.varint(formatVersion);
    out.varint(lags);
    out.varint(horizon);
    out.real(ceiling);
    for (const float weight : weights) out.real(weight);
    for (const float b : bias) out.real(b);
    return out.take();
}

Result<NLinear> NLinear::read(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.fixed64() != magic)
        return Error{ErrorCategory::format, "These bytes are not a trained volume model.", "Train the models again.", {}};
    if (in.varint() > formatVersion)
        return Error{ErrorCategory::version, "The trained volume model was written by a newer Foreshard.", "Train the models again, or update.", {}};
    NLinear model;
    const uint64_t lags = in.varint(), horizon = in.varint();
    model.ceiling = static_cast<float>(in.real());
    const bool sane = in.ok() && lags > 0 && lags <= maxDimension && horizon > 0 && horizon <= maxDimension &&
                      in.remaining() == (lags * horizon + horizon) * 8;
    if (!sane) return Error{ErrorCategory::format, "The trained volume model is cut short or damaged.", "Train the models again.", {}};
    model.lags = static_cast<uint32_t>(lags);
    model.horizon = static_cast<uint32_t>(horizon);
    model.weights.resize(lags * horizon);
    model.bias.resize(horizon);
    for (auto& weight : model.weights) weight = static_cast<float>(in.real());
    for (auto& b : model.bias) b = static_cast<float>(in.real());
    const auto finite = [](float v) { return v - v == 0.0f; };
    if (!finite(model.ceiling) || model.ceiling < 0 || !std::all_of(model.weights.begin(), model.weights.end(), finite) ||
        !std::all_of(model.bias.begin(), model.bias.end(), finite))
        return Error{ErrorCategory::format, "The trained volume model holds numbers that are not finite.", "Train the models again.", {}};
    return model;
}

std::optional<NLinearOptions> nlinearOptionsFor(size_t length, uint32_t season, uint32_t horizon) {
    NLinearOptions options;
    options.season = std::max<uint32_t>(1, season);
    options.horizon = std::max<uint32_t>(1, horizon);
    const uint32_t least = std::max<uint32_t>(options.season, 8);
    const size_t reserved = options.horizon * 2 + leastWindows;   // validation, its gap, and something to train on
    if (least > mostLags || length < reserved + least) return std::nullopt;
    const uint32_t wanted = options.season >= 168 ? options.season * 2 : std::max<uint32_t>(options.season * 7, 24);   // a week of days
    const size_t affordable = std::min<size_t>({(length - reserved) / 2, wanted, mostLags});
    options.lags = std::max<uint32_t>(least, static_cast<uint32_t>(affordable));
    return options;
}

}  // namespace foreshard::models
