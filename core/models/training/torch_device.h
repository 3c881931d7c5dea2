// Devices as LibTorch names them. Include this in few places: its headers take long to compile.
#pragma once

#include <torch/types.h>

#include <string>

namespace foreshard::models::training {

inline torch::Device torchDevice(const std::string& device) { return torch::Device(device == "cuda" ? torch::kCUDA : torch::kCPU); }

}  // namespace foreshard::models::training
