// A training's backend is one table of functions: what the rasterizer runs on (rasterizer/kernels/backend.h), and the
// stages behind rendering and its gradient, which are the loss, the update of the model, densification, colours and
// poses. No torch.
#pragma once

#include "core/kernel_context.h"
#include "rasterizer/kernels/backend.h"
#include "train/kernels/color/color_stages.h"
#include "train/kernels/density/density_stages.h"
#include "train/kernels/loss/photometric_loss.h"
#include "train/kernels/pose/pose_curvature.h"
#include "train/kernels/update/adam.h"
#include "train/kernels/update/backward_adam.h"
#include "train/kernels/update/reduced_update.h"

namespace splat::train {

// The two parts of the loss; LossOfMeans joins them.
struct LossSums {
  double l1 = 0, ssim = 0;  // means over all values of |image - target| and of SSIM
};

// PhotometricLoss. `sums` [1] lies on the device and is overwritten. Without grad_image there are the sums only.
using LossStage = void (*)(const KernelContext&, const LossParams&, LossSums* sums);

struct UpdateStages {
  // AdamStep.
  void (*adam)(const KernelContext&, const AdamParams&);
  // Gives the numbers of the backend's project_backward, add_density_stats, add_penalties and then `adam` on each
  // group, bit for bit.
  void (*backward_and_adam)(const KernelContext&, const BackwardAdamParams&);
  // AddGradient, AddDensityStatistics, AddPenalties.
  void (*add_gradient)(const KernelContext&, const AddGradientParams&);
  void (*add_density_stats)(const KernelContext&, const DensityStatsParams&);
  void (*add_penalties)(const KernelContext&, const PenaltyParams&);
};

// A backend of the rasterizer that can do more, and stands wherever only that is needed. All pointers of the stages'
// parameters are to memory of the backend's device. Loss and update do not synchronise with the host; equal inputs give
// equal bits. Bad parameters throw splat::Error before anything is written.
struct TrainKernels : kernels::Backend {
  LossStage loss;
  UpdateStages update;
  DensityStages density;
  ColorStages color;
  void (*pose_curvature)(const KernelContext&, const PoseCurvatureParams&);  // PoseCurvature
};

// Takes an executor; the loss also takes scratch if there is any, and allocates for each call if not.
const TrainKernels& CpuKernels();

struct FoundKernels {
  const TrainKernels* kernels = nullptr;
  const char* why_none = "";  // as kernels::FoundBackend
};
FoundKernels CudaKernels();

// train/kernels/device_kernels.cu, compiled for a GPU and by g++ for the tests (core/gpu.cuh).
namespace cuda {
const TrainKernels& DeviceKernels();
}
namespace emulated {
const TrainKernels& DeviceKernels();
}

}  // namespace splat::train
