#include "core/models/training/dropout.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/types.h>

namespace foreshard::models::training {

Dropout::Dropout(double share, uint64_t seed) : share_(share), generator_(std::make_unique<at::Generator>(at::detail::createCPUGenerator(seed))) {}
Dropout::~Dropout() = default;
Dropout::Dropout(Dropout&&) noexcept = default;
Dropout& Dropout::operator=(Dropout&&) noexcept = default;

at::Tensor Dropout::operator()(const at::Tensor& values) {
    if (share_ <= 0) return values;
    // Drawn on the CPU whatever the device, so that a seed gives the same masks on each.
    const auto mask = torch::empty_like(values, values.options().device(torch::kCPU)).bernoulli_(1 - share_, *generator_);
    return values * mask.to(values.device()) / (1 - share_);
}

at::Tensor Dropout::state() const { return generator_->get_state(); }
void Dropout::setState(const at::Tensor& state) { generator_->set_state(state); }

}  // namespace foreshard::models::training
