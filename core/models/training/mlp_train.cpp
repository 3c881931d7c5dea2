// Training of Mlp, in LibTorch tensors without its module classes, whose headers cost more than they bring here.
#include <ATen/Parallel.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/hash.h"
#include "core/models/training/blas_threads.h"
#include "core/models/training/train.h"

namespace foreshard::models::training {

namespace {

struct Part {
    torch::Tensor inputs, targets, weights, start, lesser, greater, slack;
    int64_t rows() const { return inputs.size(0); }
};

// Mean and 1/standard deviation of each column; a column that never changes gets scale 0 and so counts for nothing.
void standardise(Mlp& model, const Table& rows) {
    model.columns = rows.columns;
    std::vector<double> sum(rows.columns), squares(rows.columns), known(rows.columns);
    for (size_t i = 0; i < rows.rows(); ++i) {
        const auto row = rows.row(i);
        for (size_t c = 0; c < row.size(); ++c) {
            if (std::isnan(row[c])) continue;
            sum[c] += row[c];
            squares[c] += static_cast<double>(row[c]) * row[c];
            ++known[c];
        }
    }
    model.mean.resize(rows.columns);
    model.scale.resize(rows.columns);
    for (size_t c = 0; c < rows.columns; ++c) {
        const double n = std::max(1.0, known[c]), mean = sum[c] / n;
        const double deviation = std::sqrt(std::max(0.0, squares[c] / n - mean * mean));
        model.mean[c] = static_cast<float>(mean);
        model.scale[c] = deviation > 1e-6 ? static_cast<float>(1 / deviation) : 0.0f;
    }
}

void standardiseTargets(Mlp& model, const MlpData& data, MlpLoss loss) {
    double sum = 0, squares = 0;
    for (const float v : data.targets) sum += v, squares += static_cast<double>(v) * v;
    const double n = static_cast<double>(data.targets.size()), mean = sum / n;
    if (loss == MlpLoss::poisson) {   // the log rate starts at the mean; its scale is 1
        model.outMean = data.start.empty() ? static_cast<float>(std::log(std::max(1e-6, mean))) : 0.0f;
        return;
    }
    const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
    model.outMean = static_cast<float>(mean);
    model.outScale = deviation > 1e-9 ? static_cast<float>(deviation) : 1.0f;
}

torch::Tensor inputsOf(const Mlp& model, const Table& table) {
    const size_t rows = table.rows(), columns = model.columns;
    auto inputs = torch::empty({static_cast<int64_t>(rows), static_cast<int64_t>(columns)}, torch::kFloat32);
    float* out = inputs.data_ptr<float>();
    for (size_t i = 0; i < rows; ++i) {
        const auto row = table.row(i);
        for (size_t c = 0; c < columns; ++c)
            *out++ = std::isnan(row[c]) ? 0.0f : std::clamp((row[c] - model.mean[c]) * model.scale[c], -model.inputClip, model.inputClip);
    }
    return inputs;
}

Part partOf(const Mlp& model, const MlpData& data, MlpLoss loss) {
    const size_t rows = data.rows.rows();
    Part part;
    part.inputs = inputsOf(model, data.rows);
    if (data.lesser) {
        part.lesser = inputsOf(model, *data.lesser);
        part.greater = inputsOf(model, *data.greater);
        part.slack = torch::zeros({part.lesser.size(0)}, torch::kFloat32);
        float* slack = part.slack.data_ptr<float>();
        for (size_t i = 0; i < data.slack.size(); ++i) slack[i] = data.slack[i] / model.outScale;
    }
    part.targets = torch::empty({static_cast<int64_t>(rows)}, torch::kFloat32);
    float* target = part.targets.data_ptr<float>();
    for (const float v : data.targets) *target++ = loss == MlpLoss::poisson ? v : (v - model.outMean) / model.outScale;
    if (!data.weights.empty())
        part.weights = torch::from_blob(const_cast<float*>(data.weights.data()), {static_cast<int64_t>(rows)}, torch::kFloat32).clone();
    if (!data.start.empty())
        part.start = torch::from_blob(const_cast<float*>(data.start.data()), {static_cast<int64_t>(rows)}, torch::kFloat32).clone();
    return part;
}

class Network {
public:
    Network(const Mlp& model, const MlpOptions& options) : options_(options) {
        Random random(options.seed * 7919 + 17);
        int64_t inputs = model.columns;
        std::vector<uint32_t> widths = options.hidden;
        widths.push_back(1);
        for (const uint32_t width : widths) {
            const double bound = width == 1 ? 0.0 : std::sqrt(2.0 / static_cast<double>(inputs));   // the output starts at zero
            weights_.push_back(normal(inputs, width, bound, random));
            biases_.push_back(torch::zeros({static_cast<int64_t>(width)}));
            inputs = width;
        }
        direct_ = torch::zeros({static_cast<int64_t>(model.columns), 1});
        for (auto& tensor : parameters()) tensor.set_requires_grad(true);
    }
    std::vector<torch::Tensor> parameters() const {
        std::vector<torch::Tensor> all = weights_;
        all.insert(all.end(), biases_.begin(), biases_.end());
        all.push_back(direct_);
        return all;
    }
    torch::Tensor forward(const torch::Tensor& inputs, bool training) const {
        auto now = inputs;
        for (size_t l = 0; l < weights_.size(); ++l) {
            now = torch::addmm(biases_[l], now, weights_[l]);
            if (l + 1 == weights_.size()) break;
            now = torch::silu(now);
            if (training && options_.dropout > 0) now = torch::dropout(now, options_.dropout, true);
        }
        return (now + torch::mm(inputs, direct_)).squeeze(1);
    }
    std::vector<torch::Tensor> copy() const {
        std::vector<torch::Tensor> all;
        for (const auto& tensor : parameters()) all.push_back(tensor.detach().clone());
        return all;
    }
    void exportTo(Mlp& model, const std::vector<torch::Tensor>& values) const {
        const auto floats = [](const torch::Tensor& t) {
            const auto flat = t.contiguous();
            return std::vector<float>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
        };
        const size_t layers = weights_.size();
        model.layers.clear();
        for (size_t l = 0; l < layers; ++l)
            model.layers.push_back({static_cast<uint32_t>(values[l].size(0)), static_cast<uint32_t>(values[l].size(1)), floats(values[l]), floats(values[layers + l])});
        model.direct = floats(values.back());
    }

private:
    static torch::Tensor normal(int64_t rows, int64_t columns, double deviation, Random& random) {
        auto tensor = torch::zeros({rows, columns});
        float* out = tensor.data_ptr<float>();
        for (int64_t i = 0; i < rows * columns; ++i) out[i] = static_cast<float>(random.normal() * deviation);
        return tensor;
    }
    const MlpOptions& options_;
    std::vector<torch::Tensor> weights_, biases_;
    torch::Tensor direct_;
};

torch::Tensor lossOf(const torch::Tensor& output, const torch::Tensor& targets, const torch::Tensor& weights, const torch::Tensor& start, MlpLoss loss,
                     float outMean) {
    torch::Tensor each;
    switch (loss) {
        case MlpLoss::squared: each = (output - targets).square(); break;
        case MlpLoss::huber: each = torch::huber_loss(output, targets, at::Reduction::None); break;
        case MlpLoss::absolute: each = (output - targets).abs(); break;
        case MlpLoss::poisson: {
            const auto logRate = start.defined() ? output + start : output + outMean;
            each = torch::exp(logRate.clamp_max(20.0)) - targets * logRate;
            break;
        }
    }
    return weights.defined() ? (each * weights).mean() : each.mean();
}

class Trainer {
public:
    Trainer(Mlp& model, const MlpOptions& options, Part training, std::optional<Part> validation)
        : model_(model), options_(options), training_(std::move(training)), validation_(std::move(validation)), network_(model, options),
          optimizer_(network_.parameters(), torch::optim::AdamWOptions(options.learningRate).weight_decay(options.weightDecay)) {}

    Result<MlpFit> run(Job& job) {
        MlpFit fit;
        fit.loss = validation_ ? validationLoss() : 0;
        best_ = network_.copy();
        Random random(options_.seed);
        std::vector<int64_t> order(static_cast<size_t>(training_.rows()));
        std::iota(order.begin(), order.end(), 0);
        for (uint32_t epoch = 0; epoch < options_.epochs; ++epoch) {
            if (options_.deadline && std::chrono::steady_clock::now() > *options_.deadline) break;
            setLearningRate(epoch);
            for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
            FS_ASSIGN(const double trained, runEpoch(order, random, job));
            const double loss = validation_ ? validationLoss() : trained;
            if (!options_.lossSeries.empty()) job.sample(options_.lossSeries, epoch + 1, loss);
            if (!std::isfinite(loss)) {
                fit.diverged = true;
                return fit;
            }
            if (!validation_ || loss < fit.loss) {
                fit.loss = loss;
                fit.epochs = epoch + 1;
                best_ = network_.copy();
            } else if (epoch + 1 >= fit.epochs + options_.patience) {
                break;
            }
        }
        network_.exportTo(model_, best_);
        fit.model = model_;
        return fit;
    }

private:
    void setLearningRate(uint32_t epoch) {
        const double rate = fallingRate(options_.learningRate, epoch, options_.epochs);
        for (auto& group : optimizer_.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    }
    Result<double> runEpoch(const std::vector<int64_t>& order, Random& random, Job& job) {
        const auto indexes = torch::from_blob(const_cast<int64_t*>(order.data()), {static_cast<int64_t>(order.size())}, torch::kInt64);
        double sum = 0;
        for (int64_t at = 0; at < training_.rows(); at += options_.batch) {
            FS_TRY(job.checkpoint());
            const auto part = indexes.slice(0, at, std::min<int64_t>(at + options_.batch, training_.rows()));
            const auto weights = training_.weights.defined() ? training_.weights.index_select(0, part) : torch::Tensor();
            const auto start = training_.start.defined() ? training_.start.index_select(0, part) : torch::Tensor();
            optimizer_.zero_grad();
            const auto output = network_.forward(training_.inputs.index_select(0, part), true);
            auto loss = lossOf(output, training_.targets.index_select(0, part), weights, start, options_.loss, model_.outMean);
            if (training_.lesser.defined()) loss = loss + options_.order * disorder(randomIndexes(part.numel(), training_.lesser.size(0), random));
            loss.backward();
            optimizer_.step();
            sum += loss.item<double>() * static_cast<double>(part.numel());
        }
        return sum / static_cast<double>(order.size());
    }
    torch::Tensor disorder(std::vector<int64_t> chosen) const {
        const auto pairs = torch::from_blob(chosen.data(), {static_cast<int64_t>(chosen.size())}, torch::kInt64).clone();
        const auto lesser = network_.forward(training_.lesser.index_select(0, pairs), false), greater = network_.forward(training_.greater.index_select(0, pairs), false);
        return torch::relu(lesser - greater - training_.slack.index_select(0, pairs) + orderMargin / model_.outScale).mean();
    }
    double validationLoss() const {
        torch::NoGradGuard guard;
        return lossOf(network_.forward(validation_->inputs, false), validation_->targets, validation_->weights, validation_->start, options_.loss, model_.outMean)
            .item<double>();
    }

    Mlp& model_;
    const MlpOptions& options_;
    Part training_;
    std::optional<Part> validation_;
    Network network_;
    torch::optim::AdamW optimizer_;
    std::vector<torch::Tensor> best_;
};

bool fits(const MlpData& data, uint32_t columns) {
    return data.rows.columns == columns && data.rows.rows() == data.targets.size() && !data.targets.empty() &&
           (!data.lesser || (data.greater && data.lesser->columns == columns && data.greater->columns == columns && data.lesser->rows() > 0 && data.lesser->rows() == data.greater->rows())) &&
           (data.slack.empty() || (data.lesser && data.slack.size() == data.lesser->rows())) &&
           (data.weights.empty() || data.weights.size() == data.targets.size()) && (data.start.empty() || data.start.size() == data.targets.size());
}

Result<MlpFit> fitInTorch(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job) {
    at::set_num_threads(1);
    useOneBlasThread();
    torch::manual_seed(options.seed);
    Mlp model;
    model.inputClip = static_cast<float>(options.inputClip);
    standardise(model, training.rows);
    standardiseTargets(model, training, options.loss);
    std::optional<Part> judge;
    if (validation) judge = partOf(model, *validation, options.loss);
    Trainer trainer(model, options, partOf(model, training, options.loss), std::move(judge));
    return trainer.run(job);
}

}  // namespace

Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job) {
    const uint32_t columns = training.rows.columns;
    if (columns == 0 || !fits(training, columns) || (validation && !fits(*validation, columns)))
        return Error{ErrorCategory::usage, "There are no rows to train a network on, or their widths differ.", "Give more data.", {}};
    try {
        return fitInTorch(training, validation, options, job);
    } catch (const std::exception& e) {
        return Error{ErrorCategory::internal, "Training a network failed inside LibTorch.", "Report this with the data that shows it.", e.what()};
    }
}

}  // namespace foreshard::models::training
