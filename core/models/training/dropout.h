// Dropout that draws from a generator of its own: LibTorch's draws from the process's one, which fits on several threads would
// share, so that no seed could repeat them.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <torch/types.h>

namespace foreshard::models::training {

class Dropout {
public:
    Dropout(double share, uint64_t seed) : share_(share), generator_(at::detail::createCPUGenerator(seed)) {}
    torch::Tensor operator()(const torch::Tensor& values) {
        if (share_ <= 0) return values;
        return values * torch::empty_like(values).bernoulli_(1 - share_, generator_) / (1 - share_);
    }
    torch::Tensor state() const { return generator_.get_state(); }
    void setState(const torch::Tensor& state) { generator_.set_state(state); }

private:
    double share_;
    at::Generator generator_;
};

}  // namespace foreshard::models::training
