// What training needs to know of the machine below LibTorch.
#pragma once

namespace foreshard::models {

// OpenBLAS keeps its own threads, which LibTorch's setting does not reach; on small matrices they cost more than they bring
// (ten times the time on two cores), and more than one makes sums depend on their number. For the whole process.
void useOneBlasThread();

}  // namespace foreshard::models
