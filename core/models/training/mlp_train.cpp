// Training of Mlp, in LibTorch tensors without its module classes, whose headers cost more than they bring here.
#include <ATen/Parallel.h>
#include <torch/optim/adamw.h>
#include <torch/serialize/archive.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <sstream>
#include <type_traits>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/models/device.h"
#include "core/models/training/blas_threads.h"
#include "core/models/training/dropout.h"
#include "core/models/training/on_device.h"
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

Part partOf(const Mlp& model, const MlpData& data, MlpLoss loss, torch::Device device) {
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
    for (auto* tensor : {&part.inputs, &part.targets, &part.weights, &part.start, &part.lesser, &part.greater, &part.slack})
        if (tensor->defined()) *tensor = tensor->to(device);
    return part;
}

class Network {
public:
    Network(const Mlp& model, const MlpOptions& options, torch::Device device) : dropout_(options.dropout, options.seed), bfloat16_(options.bfloat16), onGpu_(device.is_cuda()) {
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
        for (auto* tensors : {&weights_, &biases_})
            for (auto& tensor : *tensors) tensor = tensor.to(device);
        direct_ = direct_.to(device);
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
            now = layer(l, now);
            if (l + 1 == weights_.size()) break;
            now = torch::silu(now);
            if (training) now = dropout_(now);
        }
        return (now + torch::mm(inputs, direct_)).squeeze(1);
    }
    Dropout& dropout() const { return dropout_; }
    std::vector<torch::Tensor> copy() const {
        std::vector<torch::Tensor> all;
        for (const auto& tensor : parameters()) all.push_back(tensor.detach().clone());
        return all;
    }
    void exportTo(Mlp& model, const std::vector<torch::Tensor>& values) const {
        const auto floats = [](const torch::Tensor& t) {
            const auto flat = t.to(torch::kCPU).contiguous();
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
    // Sums are of single precision either way.
    torch::Tensor layer(size_t l, const torch::Tensor& inputs) const {
        const auto& weights = weights_[l];
        const auto size = [](int64_t n) { return static_cast<uint64_t>(n); };
        if (!bfloat16_.value_or(onGpu_ && paysInBfloat16(size(inputs.size(0)), size(weights.size(0)), size(weights.size(1))))) return torch::addmm(biases_[l], inputs, weights);
        return torch::mm(inputs.to(torch::kBFloat16), weights.to(torch::kBFloat16)).to(torch::kFloat32) + biases_[l];
    }
    mutable Dropout dropout_;
    std::optional<bool> bfloat16_;
    bool onGpu_;
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

constexpr uint64_t stateVersion = 1;
static_assert(std::is_trivially_copyable_v<Random>);   // saved as it lies in memory

class Trainer {
public:
    Trainer(Mlp& model, const MlpOptions& options, torch::Device device, Part training, std::optional<Part> validation)
        : model_(model), options_(options), device_(device), training_(std::move(training)), validation_(std::move(validation)), network_(model, options, device),
          optimizer_(network_.parameters(), torch::optim::AdamWOptions(options.learningRate).weight_decay(options.weightDecay)),
          random_(options.seed) {}

    Result<MlpFit> run(Job& job) {
        fit_.loss = validation_ ? validationLoss() : 0;
        best_ = network_.copy();
        order_.resize(static_cast<size_t>(training_.rows()));
        std::iota(order_.begin(), order_.end(), 0);
        takeUp();
        for (bool better = true; better && epoch_ < options_.epochs;) {
            if (options_.deadline && std::chrono::steady_clock::now() > *options_.deadline) break;
            setLearningRate(epoch_);
            for (size_t i = order_.size(); i > 1; --i) std::swap(order_[i - 1], order_[random_.below(i)]);
            FS_ASSIGN(const double trained, runEpoch(job));
            const double loss = validation_ ? validationLoss() : trained;
            ++epoch_;
            ++fit_.epochsRun;
            if (!options_.lossSeries.empty()) job.sample(options_.lossSeries, epoch_, loss);
            if (!std::isfinite(loss)) {
                fit_.diverged = true;
                return fit_;
            }
            better = keep(loss);
            if (better && options_.checkpoint && options_.checkpoint->wanted()) options_.checkpoint->save(state());
        }
        network_.exportTo(model_, best_);
        fit_.model = model_;
        return fit_;
    }

private:
    // False: no better for too long.
    bool keep(double loss) {
        if (validation_ && !(loss < fit_.loss)) return epoch_ < fit_.epochs + options_.patience;
        fit_.loss = loss;
        fit_.epochs = epoch_;
        best_ = network_.copy();
        return true;
    }
    // Everything that the epochs to come depend on.
    std::string state() {
        ByteWriter out;
        out.varint(stateVersion);
        out.varint(epoch_);
        out.varint(fit_.epochs);
        out.real(fit_.loss);
        out.text(std::string_view(reinterpret_cast<const char*>(&random_), sizeof random_));
        out.text(std::string_view(reinterpret_cast<const char*>(order_.data()), order_.size() * sizeof order_[0]));
        for (const auto& tensors : {network_.parameters(), best_})
            for (const auto& tensor : tensors) out.text(bytesOf(tensor));
        out.text(bytesOf(network_.dropout().state()));
        torch::serialize::OutputArchive archive;
        optimizer_.save(archive);
        std::ostringstream optimizer;
        archive.save_to(optimizer);
        out.text(optimizer.str());
        return out.take();
    }
    // Goes on from a saved state where there is one that fits.
    void takeUp() {
        const auto saved = options_.checkpoint ? options_.checkpoint->last() : std::nullopt;
        if (!saved || saved->empty()) return;
        torch::NoGradGuard guard;
        ByteReader in(*saved);
        if (in.varint() != stateVersion) return;
        const auto epoch = static_cast<uint32_t>(in.varint()), kept = static_cast<uint32_t>(in.varint());
        const double loss = in.real();
        const std::string_view random = in.view(), order = in.view();
        std::vector<torch::Tensor> now = network_.copy(), best = network_.copy();
        bool fits = random.size() == sizeof random_ && order.size() == order_.size() * sizeof order_[0];
        for (auto* tensors : {&now, &best})
            for (auto& tensor : *tensors) fits = fill(tensor, in.view()) && fits;
        auto generator = network_.dropout().state();
        fits = fill(generator, in.view()) && fits;
        const std::string_view optimizer = in.view();
        if (!fits || !in.ok() || !in.atEnd()) return;
        std::istringstream stream{std::string(optimizer)};
        torch::serialize::InputArchive archive;
        archive.load_from(stream, device_);
        optimizer_.load(archive);
        const auto parameters = network_.parameters();
        for (size_t i = 0; i < parameters.size(); ++i) parameters[i].copy_(now[i]);
        network_.dropout().setState(generator);
        std::memcpy(&random_, random.data(), random.size());
        std::memcpy(order_.data(), order.data(), order.size());
        best_ = std::move(best);
        epoch_ = epoch;
        fit_.epochs = kept;
        fit_.loss = loss;
    }
    static std::string bytesOf(const torch::Tensor& tensor) {
        const auto here = tensor.detach().to(torch::kCPU);
        return {static_cast<const char*>(here.data_ptr()), here.nbytes()};
    }
    static bool fill(torch::Tensor& tensor, std::string_view bytes) {
        if (bytes.size() != tensor.nbytes()) return false;
        auto here = torch::empty_like(tensor, tensor.options().device(torch::kCPU));
        std::memcpy(here.data_ptr(), bytes.data(), bytes.size());
        tensor = here.to(tensor.device());
        return true;
    }
    void setLearningRate(uint32_t epoch) {
        const double rate = fallingRate(options_.learningRate, epoch, options_.epochs);
        for (auto& group : optimizer_.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
    }
    Result<double> runEpoch(Job& job) {
        const auto indexes = torch::from_blob(order_.data(), {static_cast<int64_t>(order_.size())}, torch::kInt64).to(device_);
        auto sum = torch::zeros({}, torch::TensorOptions().dtype(torch::kFloat64).device(device_));   // read once an epoch: each look waits for a GPU
        for (int64_t at = 0; at < training_.rows(); at += options_.batch) {
            FS_TRY(job.checkpoint());
            const auto part = indexes.slice(0, at, std::min<int64_t>(at + options_.batch, training_.rows()));
            const auto weights = training_.weights.defined() ? training_.weights.index_select(0, part) : torch::Tensor();
            const auto start = training_.start.defined() ? training_.start.index_select(0, part) : torch::Tensor();
            optimizer_.zero_grad();
            const auto output = network_.forward(training_.inputs.index_select(0, part), true);
            auto loss = lossOf(output, training_.targets.index_select(0, part), weights, start, options_.loss, model_.outMean);
            if (training_.lesser.defined()) loss = loss + options_.order * disorder(randomIndexes(part.numel(), training_.lesser.size(0), random_));
            loss.backward();
            optimizer_.step();
            sum += loss.detach().to(torch::kFloat64) * static_cast<double>(part.numel());
        }
        return sum.item<double>() / static_cast<double>(order_.size());
    }
    torch::Tensor disorder(std::vector<int64_t> chosen) const {
        const auto pairs = torch::from_blob(chosen.data(), {static_cast<int64_t>(chosen.size())}, torch::kInt64).clone().to(device_);
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
    torch::Device device_;
    Part training_;
    std::optional<Part> validation_;
    Network network_;
    torch::optim::AdamW optimizer_;
    std::vector<torch::Tensor> best_;
    MlpFit fit_;
    Random random_;
    std::vector<int64_t> order_;
    uint32_t epoch_ = 0;   // run, by whichever process
};

bool fits(const MlpData& data, uint32_t columns) {
    return data.rows.columns == columns && data.rows.rows() == data.targets.size() && !data.targets.empty() &&
           (!data.lesser || (data.greater && data.lesser->columns == columns && data.greater->columns == columns && data.lesser->rows() > 0 && data.lesser->rows() == data.greater->rows())) &&
           (data.slack.empty() || (data.lesser && data.slack.size() == data.lesser->rows())) &&
           (data.weights.empty() || data.weights.size() == data.targets.size()) && (data.start.empty() || data.start.size() == data.targets.size());
}

Result<MlpFit> fitInTorch(const MlpData& training, const MlpData* validation, const MlpOptions& options, const std::string& on, Job& job) {
    at::set_num_threads(1);
    useOneBlasThread();
    Mlp model;
    model.inputClip = static_cast<float>(options.inputClip);
    standardise(model, training.rows);
    standardiseTargets(model, training, options.loss);
    const torch::Device device(on);
    std::optional<Part> judge;
    if (validation) judge = partOf(model, *validation, options.loss, device);
    Trainer trainer(model, options, device, partOf(model, training, options.loss, device), std::move(judge));
    FS_ASSIGN(MlpFit fit, trainer.run(job));
    fit.device = on;
    return fit;
}

}  // namespace

Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job) {
    const uint32_t columns = training.rows.columns;
    if (columns == 0 || !fits(training, columns) || (validation && !fits(*validation, columns)))
        return Error{ErrorCategory::usage, "There are no rows to train a network on, or their widths differ.", "Give more data.", {}};
    FS_TRY(checkDevice(options.device, cudaAvailable()));
    const auto device = deviceFor(options.device, {training.rows.rows(), options.batch, parametersOf(columns, options.hidden, 1), options.epochs}, cudaAvailable());
    return onDevice(device, "a network", job, [&](const std::string& on) { return fitInTorch(training, validation, options, on, job); });
}

}  // namespace foreshard::models::training
