#!/usr/bin/env bash
# Unpacks a CUDA LibTorch 2.11 from Python wheels into .deps/libtorch-cuda (1.5 GB of downloads). The `cuda` preset finds it
# there. cuDNN, NCCL and the rest come from the CUDA 13 toolkit; only what the toolkit lacks is fetched beside torch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=.deps/libtorch-cuda
if [ -f "$target/torch/share/cmake/Torch/TorchConfig.cmake" ]; then exit 0; fi
command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 \
  || { echo "fetch-cuda-torch: needs python3 with pip (apt-get install python3-pip)" >&2; exit 1; }
echo "bootstrap: fetching a CUDA LibTorch (1.5 GB)"
rm -rf "$target.part"
python3 -m pip install --quiet --no-deps --no-compile --target "$target.part" \
  torch==2.11.0 nvidia-cusparselt-cu13==0.8.0 nvidia-nvshmem-cu13==3.4.5 nvidia-cufile
rm -rf "$target"
mv "$target.part" "$target"
