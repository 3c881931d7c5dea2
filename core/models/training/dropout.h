// Dropout that draws from a generator of its own: LibTorch's draws from the process's one, which fits on several threads would
// share, so that no seed could repeat them. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

namespace at {
class Tensor;
struct Generator;
}  // namespace at

namespace foreshard::models::training {

class Dropout {
public:
    // share: of the values that are set to 0, 0…1.
    Dropout(double share, uint64_t seed);
    ~Dropout();
    Dropout(Dropout&&) noexcept;
    Dropout& operator=(Dropout&&) noexcept;
    at::Tensor operator()(const at::Tensor& values);
    at::Tensor state() const;
    void setState(const at::Tensor& state);

private:
    double share_;
    std::unique_ptr<at::Generator> generator_;
};

}  // namespace foreshard::models::training
