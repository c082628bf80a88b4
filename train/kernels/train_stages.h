// The stages of a training step behind rendering and its gradient, of one backend: the loss, the optimizer, and the
// optimizer together with the last part of the gradient. Density control has a table of its own (density_stages.h).
#pragma once

#include "core/kernel_context.h"
#include "train/kernels/loss/ssim.h"
#include "train/kernels/update/adam.h"
#include "train/kernels/update/backward_adam.h"
#include "train/kernels/update/reduced_update.h"

namespace splat::train {

// The two parts of the loss; LossOfMeans joins them.
struct LossSums {
  double l1 = 0, ssim = 0;  // means over all values of |image - target| and of SSIM
};

// All pointers of the parameters are to memory of the backend's device. Nothing synchronises with the host; equal
// inputs give equal bits. Bad parameters throw splat::Error before anything is written.
struct TrainStages {
  const char* name;  // "cpu", "cuda"
  // PhotometricLoss. sums [1]: overwritten, on the device. Without grad_image there are the sums only.
  void (*loss)(const KernelContext&, const LossParams&, LossSums* sums);
  // AdamStep.
  void (*adam)(const KernelContext&, const AdamParams&);
  // The same numbers as the backend's project_backward, add_density_stats, add_penalties and then `adam` on each group,
  // bit for bit.
  void (*backward_and_adam)(const KernelContext&, const BackwardAdamParams&);
  // AddGradient, AddDensityStatistics, AddPenalties.
  void (*add_gradient)(const KernelContext&, const AddGradientParams&);
  void (*add_density_stats)(const KernelContext&, const DensityStatsParams&);
  void (*add_penalties)(const KernelContext&, const PenaltyParams&);
};

// Takes an executor; the loss also takes scratch if there is any, and allocates for each call if not.
const TrainStages& CpuTrainStages();
// Null in a build without CUDA. That there is a GPU is for the caller to know.
const TrainStages* CudaTrainStages();

}  // namespace splat::train
