// Training of Mixture, in LibTorch tensors. A batch is of whole queries; their elements are gathered, sent through the
// network together, and added up by query.
#include <ATen/Parallel.h>
#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/base/hash.h"
#include "core/models/device.h"
#include "core/models/training/blas_threads.h"
#include "core/models/training/dropout.h"
#include "core/models/training/on_device.h"
#include "core/models/training/train.h"

namespace foreshard::models::training {

namespace {

torch::Tensor normal(int64_t rows, int64_t columns, double deviation, Random& random) {
    auto tensor = torch::zeros({rows, columns});
    float* out = tensor.data_ptr<float>();
    for (int64_t i = 0; i < rows * columns; ++i) out[i] = static_cast<float>(random.normal() * deviation);
    return tensor;
}

std::vector<float> floatsOf(const torch::Tensor& tensor) {
    const auto flat = tensor.detach().to(torch::kCPU).contiguous();
    return std::vector<float>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
}

class Network {
public:
    Network(uint32_t columns, const MixtureOptions& options, torch::Device device) : dropout_(options.dropout, options.seed) {
        Random random(options.seed * 7919 + 29);
        int64_t inputs = columns;
        std::vector<uint32_t> widths = options.hidden;
        widths.push_back(options.classes);
        for (size_t l = 0; l < widths.size(); ++l) {
            // The classes start nearly alike, but not quite, or nothing would ever tell them apart.
            const double gain = l + 1 == widths.size() ? 0.1 : 2.0;
            weights_.push_back(normal(inputs, widths[l], std::sqrt(gain / static_cast<double>(inputs)), random));
            biases_.push_back(torch::zeros({static_cast<int64_t>(widths[l])}));
            inputs = widths[l];
        }
        direct_ = torch::zeros({static_cast<int64_t>(columns), inputs});
        prior_ = torch::full({inputs}, -std::log(static_cast<double>(inputs)));
        for (auto* tensors : {&weights_, &biases_})
            for (auto& tensor : *tensors) tensor = tensor.to(device);
        direct_ = direct_.to(device);
        prior_ = prior_.to(device);
        for (auto& tensor : parameters()) tensor.set_requires_grad(true);
    }
    std::vector<torch::Tensor> parameters() const {
        std::vector<torch::Tensor> all = weights_;
        all.insert(all.end(), biases_.begin(), biases_.end());
        all.push_back(direct_);
        all.push_back(prior_);
        return all;
    }
    // `owner`: the place in the batch of the query that each element belongs to.
    torch::Tensor forward(const torch::Tensor& elements, const torch::Tensor& owner, const torch::Tensor& start, bool training) const {
        auto now = elements;
        for (size_t l = 0; l < weights_.size(); ++l) {
            now = torch::addmm(biases_[l], now, weights_[l]);
            if (l + 1 == weights_.size()) break;
            now = torch::silu(now);
            if (training) now = dropout_(now);
        }
        now = now + torch::mm(elements, direct_);
        const auto sums = torch::zeros({start.size(0), now.size(1)}, now.options()).index_add(0, owner, now);
        return torch::logsumexp(sums + prior_, 1) + start;
    }
    void exportTo(Mixture& model) const {
        for (size_t l = 0; l < weights_.size(); ++l)
            model.layers.push_back({static_cast<uint32_t>(weights_[l].size(0)), static_cast<uint32_t>(weights_[l].size(1)), floatsOf(weights_[l]), floatsOf(biases_[l])});
        model.direct = floatsOf(direct_);
        model.prior = floatsOf(prior_);
    }

private:
    mutable Dropout dropout_;
    std::vector<torch::Tensor> weights_, biases_;
    torch::Tensor direct_, prior_;
};

// Copied: the way back through the network still needs it.
torch::Tensor tensorOf(std::vector<int64_t> values) { return torch::from_blob(values.data(), {static_cast<int64_t>(values.size())}, torch::kInt64).clone(); }

// Bags as tensors, and batches of them.
class Side {
public:
    Side(const Bags& bags, torch::Device device) : bags_(bags), device_(device) {
        const auto rows = static_cast<int64_t>(bags.elements.rows()), columns = static_cast<int64_t>(bags.elements.columns);
        elements_ = torch::from_blob(const_cast<float*>(bags.elements.values.data()), {rows, columns}, torch::kFloat32).to(device);
        start_ = torch::from_blob(const_cast<float*>(bags.start.data()), {static_cast<int64_t>(bags.start.size())}, torch::kFloat32).to(device);
    }
    // `queries`: indexes, on the CPU.
    torch::Tensor forward(const Network& network, const torch::Tensor& queries, bool training) const {
        std::vector<int64_t> elements, owner;
        const auto* query = queries.data_ptr<int64_t>();
        for (int64_t i = 0; i < queries.numel(); ++i)
            for (uint32_t e = bags_.begin[static_cast<size_t>(query[i])]; e < bags_.begin[static_cast<size_t>(query[i]) + 1]; ++e) elements.push_back(e), owner.push_back(i);
        return network.forward(elements_.index_select(0, tensorOf(elements).to(device_)), tensorOf(owner).to(device_),
                               start_.index_select(0, queries.to(device_)), training);
    }

private:
    const Bags& bags_;
    torch::Device device_;
    torch::Tensor elements_, start_;
};

// What a batch is drawn from.
struct Sides {
    Side labelled;
    std::optional<Side> lesser, greater;   // pairs in order
    torch::Tensor targets;
    int64_t pairs = 0;
};

Result<double> runEpoch(const Network& network, const Sides& sides, const torch::Tensor& order, torch::optim::AdamW& optimizer, const MixtureOptions& options, Random& random, Job& job) {
    double sum = 0;
    for (int64_t at = 0; at < order.numel(); at += options.batch) {
        FS_TRY(job.checkpoint());
        const auto part = order.slice(0, at, std::min<int64_t>(at + options.batch, order.numel()));
        optimizer.zero_grad();
        auto loss = torch::huber_loss(sides.labelled.forward(network, part, true), sides.targets.index_select(0, part.to(sides.targets.device())), at::Reduction::Mean, options.huber);
        if (sides.lesser) {
            const auto pairs = tensorOf(randomIndexes(part.numel(), sides.pairs, random));
            loss = loss + options.order * torch::relu(sides.lesser->forward(network, pairs, false) - sides.greater->forward(network, pairs, false) + orderMargin).mean();
        }
        loss.backward();
        optimizer.step();
        sum += loss.item<double>() * static_cast<double>(part.numel());
    }
    return sum / static_cast<double>(order.numel());
}

Result<MixtureFit> fitInTorch(const MixtureData& data, const MixtureOptions& options, const std::string& on, Job& job) {
    at::set_num_threads(1);
    useOneBlasThread();
    const torch::Device device(on);
    Network network(data.bags.elements.columns, options, device);
    torch::optim::AdamW optimizer(network.parameters(), torch::optim::AdamWOptions(options.learningRate).weight_decay(options.weightDecay));
    Sides sides{Side(data.bags, device), {}, {}, torch::from_blob(const_cast<float*>(data.targets.data()), {static_cast<int64_t>(data.targets.size())}, torch::kFloat32).to(device), 0};
    if (data.lesser) {
        sides.lesser.emplace(*data.lesser, device);
        sides.greater.emplace(*data.greater, device);
        sides.pairs = static_cast<int64_t>(data.lesser->queries());
    }
    Random random(options.seed);
    std::vector<int64_t> order(data.targets.size());
    std::iota(order.begin(), order.end(), 0);
    const auto shuffled = torch::from_blob(order.data(), {static_cast<int64_t>(order.size())}, torch::kInt64);
    MixtureFit fit;
    fit.device = on;
    for (uint32_t epoch = 0; epoch < options.epochs; ++epoch) {
        const double rate = fallingRate(options.learningRate, epoch, options.epochs);
        for (auto& group : optimizer.param_groups()) static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
        for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
        FS_ASSIGN(fit.loss, runEpoch(network, sides, shuffled, optimizer, options, random, job));
        if (!options.lossSeries.empty()) job.sample(options.lossSeries, epoch + 1, fit.loss);
        fit.diverged = !std::isfinite(fit.loss);
        if (fit.diverged) return fit;
    }
    fit.model.columns = data.bags.elements.columns;
    network.exportTo(fit.model);
    return fit;
}

bool pairsFit(const MixtureData& data) {
    if (!data.lesser) return true;
    const uint32_t columns = data.bags.elements.columns;
    return data.greater && data.lesser->queries() > 0 && data.lesser->queries() == data.greater->queries() && data.lesser->elements.columns == columns && data.greater->elements.columns == columns;
}

}  // namespace

Result<MixtureFit> fitMixture(const MixtureData& data, const MixtureOptions& options, Job& job) {
    const bool usable = data.bags.elements.columns > 0 && data.bags.queries() > 0 && data.bags.queries() == data.targets.size() && options.classes > 0;
    if (!usable || !pairsFit(data))
        return Error{ErrorCategory::usage, "There are no queries to train a mixture on, or their features differ.", "Give more data.", {}};
    FS_TRY(checkDevice(options.device, cudaAvailable()));
    const uint64_t rows = data.bags.elements.rows(), queries = data.bags.queries();
    const auto device = deviceFor(options.device, {rows, options.batch * std::max<uint64_t>(1, rows / queries), parametersOf(data.bags.elements.columns, options.hidden, options.classes), options.epochs}, cudaAvailable());
    return onDevice(device, "a mixture", job, [&](const std::string& on) { return fitInTorch(data, options, on, job); });
}

}  // namespace foreshard::models::training
