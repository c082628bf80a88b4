// The ranks of a training are processes, or threads of one process, each of which has a copy of the same model and
// trains it on views of its own. Gradients and statistics are summed over the ranks before anything is made of them, so
// that all copies stay equal bit for bit.
#pragma once

#include <functional>

#include "core/kernel_context.h"
#include "rasterizer/torch/libtorch.h"

namespace splat::train {

// Sums a tensor over the ranks, in place. All ranks call it in the same order, with tensors of one size and type, and
// leave it with the same bits. It throws where a rank is gone, for which the others would wait forever.
using SumOverRanks = std::function<void(const KernelContext&, const torch::Tensor&)>;

struct Ranks {
  int rank = 0, count = 1;  // of this copy, from 0 on; of all
  SumOverRanks sum;         // may be empty for one rank
};

}  // namespace splat::train
