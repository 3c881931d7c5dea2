// Training of NLinear.
#include <ATen/Parallel.h>
#include <torch/optim/adam.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/models/device.h"
#include "core/models/training/blas_threads.h"
#include "core/models/training/on_device.h"
#include "core/models/training/train.h"

namespace foreshard::models::training {

namespace {

constexpr size_t mostWindows = 2048;
constexpr float ceilingAboveMaximum = 2.0794415f;   // ln 8: no forecast above eight times the largest count seen

// Windows of the series as matrices: inputs less their last value, targets less seasonal naive, both over the spread.
struct Windows {
    torch::Tensor inputs, targets;
};

Windows windowsOf(const std::vector<double>& scaled, const NLinearOptions& options, size_t first, size_t end, torch::Device device) {
    const size_t stride = std::max<size_t>(1, (end - first + mostWindows - 1) / mostWindows);
    std::vector<size_t> starts;
    for (size_t back = 0; first + back < end; back += stride) starts.push_back(end - 1 - back);   // the newest always
    std::reverse(starts.begin(), starts.end());
    std::vector<float> inputs, targets;
    inputs.reserve(starts.size() * options.lags);
    targets.reserve(starts.size() * options.horizon);
    for (const size_t start : starts) {
        const size_t now = start + options.lags;   // index of the first value to predict
        const double last = scaled[now - 1];
        for (size_t i = start; i < now; ++i) inputs.push_back(static_cast<float>(scaled[i] - last));
        for (size_t step = 0; step < options.horizon; ++step)
            targets.push_back(static_cast<float>(scaled[now + step] - scaled[now - options.season + step % options.season]));
    }
    const auto rows = static_cast<int64_t>(starts.size());
    const auto matrix = [&](std::vector<float>& values, int64_t columns) {
        return torch::from_blob(values.data(), {rows, columns}, torch::kFloat32).clone().to(device);
    };
    return {matrix(inputs, options.lags), matrix(targets, options.horizon)};
}

struct Weights {
    torch::Tensor weight, bias;   // [horizon, lags], [horizon]: the correction of seasonal naive
    Weights copy() const { return {weight.detach().clone(), bias.detach().clone()}; }
};

torch::Tensor errorOf(const Weights& weights, const Windows& windows) {
    return torch::addmm(weights.bias, windows.inputs, weights.weight.t()) - windows.targets;
}

// Folds seasonal naive and the spread back in, so that the model maps plain values.
NLinear exported(const Weights& weights, const NLinearOptions& options, double spread, double maximum) {
    NLinear model;
    model.lags = options.lags;
    model.horizon = options.horizon;
    model.ceiling = static_cast<float>(maximum) + ceilingAboveMaximum;
    const auto weight = weights.weight.detach().to(torch::kCPU).contiguous();
    const auto bias = weights.bias.detach().to(torch::kCPU).contiguous();
    model.weights.assign(weight.data_ptr<float>(), weight.data_ptr<float>() + weight.numel());
    model.bias.assign(bias.data_ptr<float>(), bias.data_ptr<float>() + bias.numel());
    for (auto& b : model.bias) b = static_cast<float>(b * spread);
    for (size_t step = 0; step < options.horizon; ++step)
        model.weights[step * options.lags + options.lags - options.season + step % options.season] += 1.0f;
    return model;
}

bool allFinite(const NLinear& model) {
    const auto finite = [](float v) { return std::isfinite(v); };
    return std::all_of(model.weights.begin(), model.weights.end(), finite) && std::all_of(model.bias.begin(), model.bias.end(), finite);
}

double spreadOf(std::span<const double> values) {
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    const double mean = sum / static_cast<double>(values.size());
    for (const double v : values) squares += (v - mean) * (v - mean);
    const double spread = std::sqrt(squares / static_cast<double>(values.size()));
    return spread > 1e-9 ? spread : 1.0;
}

class Trainer {
public:
    Trainer(const NLinearOptions& options, torch::Device device) : options_(options) {
        const auto kind = torch::TensorOptions().dtype(torch::kFloat32).device(device);
        now_.weight = torch::zeros({options.horizon, options.lags}, kind);
        now_.bias = torch::zeros({options.horizon}, kind);
        best_ = now_.copy();
        // The bias carries the trend and is not pulled back.
        using torch::optim::AdamOptions;
        std::vector<torch::optim::OptimizerParamGroup> groups;
        groups.emplace_back(std::vector<torch::Tensor>{now_.weight},
                            std::make_unique<AdamOptions>(AdamOptions(options.learningRate).weight_decay(options.weightDecay)));
        groups.emplace_back(std::vector<torch::Tensor>{now_.bias}, std::make_unique<AdamOptions>(options.learningRate));
        optimizer_ = std::make_unique<torch::optim::Adam>(groups, AdamOptions(options.learningRate));
    }

    Result<NLinearFit> run(const Windows& training, const std::optional<Windows>& validation, Job& job) {
        torch::NoGradGuard guard;
        NLinearFit fit;
        fit.outcome = FitOutcome::fitted;
        fit.loss = lossOf(validation ? *validation : training);
        for (uint32_t epoch = 1; epoch <= options_.epochs; ++epoch) {
            FS_TRY(job.checkpoint());
            if (options_.deadline && std::chrono::steady_clock::now() > *options_.deadline) return stopped(fit, FitOutcome::outOfTime);
            const auto error = gradients(training);
            optimizer_->step();
            const double value = validation ? lossOf(*validation) : error.square().mean().item<double>();
            fit.epochs = epoch;
            if (!std::isfinite(value)) return stopped(fit, FitOutcome::diverged);
            if (!options_.lossSeries.empty()) job.sample(options_.lossSeries, epoch, value);
            if (options_.progressBase) job.progress(*options_.progressBase + epoch);
            if (!keep(fit, epoch, value, validation.has_value())) break;
        }
        return fit;
    }

    const Weights& best() const { return best_; }

private:
    double lossOf(const Windows& windows) { return errorOf(now_, windows).square().mean().item<double>(); }
    // Of the mean squared error, written out: on matrices this small, recording them for autograd would double the time.
    torch::Tensor gradients(const Windows& windows) {
        const auto error = errorOf(now_, windows);
        const double factor = 2.0 / static_cast<double>(error.numel());
        now_.weight.mutable_grad() = torch::mm(error.t(), windows.inputs) * factor;
        now_.bias.mutable_grad() = error.sum(0) * factor;
        return error;
    }
    NLinearFit stopped(NLinearFit fit, FitOutcome outcome) {
        fit.outcome = outcome;
        return fit;
    }
    // False: no better for too long.
    bool keep(NLinearFit& fit, uint32_t epoch, double loss, bool validated) {
        if (!validated || loss < fit.loss) {
            fit.loss = loss;
            fit.bestEpoch = epoch;
            best_ = now_.copy();
            return true;
        }
        return epoch - fit.bestEpoch < options_.patience;
    }

    const NLinearOptions& options_;
    Weights now_, best_;
    std::unique_ptr<torch::optim::Adam> optimizer_;
};

Result<NLinearFit> fitInTorch(std::span<const double> history, const NLinearOptions& options, const std::string& on, Job& job) {
    const size_t windows = history.size() - options.lags - options.horizon + 1;
    // The newest windows judge; training targets end before theirs begin.
    const size_t judging = std::max<size_t>(options.horizon, windows / 6), gap = options.horizon - 1;
    const bool validate = options.validate && windows > judging + gap;
    if (options.validate && !validate) return NLinearFit{};
    const double spread = spreadOf(history);
    std::vector<double> scaled(history.begin(), history.end());
    for (auto& value : scaled) value /= spread;
    const torch::Device device(on);
    at::set_num_threads(1);
    useOneBlasThread();
    const Windows training = windowsOf(scaled, options, 0, validate ? windows - judging - gap : windows, device);
    std::optional<Windows> validation;
    if (validate) validation = windowsOf(scaled, options, windows - judging, windows, device);
    Trainer trainer(options, device);
    FS_ASSIGN(NLinearFit fit, trainer.run(training, validation, job));
    fit.device = on;
    if (fit.outcome != FitOutcome::fitted) return fit;
    fit.model = exported(trainer.best(), options, spread, *std::max_element(history.begin(), history.end()));
    if (!allFinite(fit.model)) fit.outcome = FitOutcome::diverged;
    return fit;
}

}  // namespace

Result<NLinearFit> fitNLinear(std::span<const double> history, const NLinearOptions& options, Job& job) {
    const bool usable = options.lags >= options.season && options.season > 0 && options.horizon > 0;
    if (!usable || history.size() < options.lags + options.horizon) return NLinearFit{};
    FS_TRY(checkDevice(options.device, cudaAvailable()));
    const uint64_t rows = std::min(history.size(), mostWindows);   // all of them a step
    const auto device = deviceFor(options.device, {rows, rows, uint64_t{options.lags} * options.horizon, options.epochs}, cudaAvailable());
    return onDevice(device, "a linear model", job, [&](const std::string& on) { return fitInTorch(history, options, on, job); });
}

}  // namespace foreshard::models::training
