// One interface of host arrays in double wraps the stages of rasterizer/kernels, so that one test runs on every backend
// usable here. A float backend rounds its inputs on the way in; its results come back as the exact doubles of its
// floats. Every output is filled with NaN (integers: a wild value) before a stage runs: what a stage leaves out shows.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "core/camera.h"
#include "rasterizer/kernels/kernels.h"
#include "tests/support/scenes.h"

namespace splat::testing {

// What a render is made of.
struct RenderInput {
  SplatArrays splats;
  Camera camera;
  kernels::ProjectOptions options;
  std::array<double, 3> background = {0, 0, 0};
};

// Owning counterparts of the views; shapes as in rasterizer/kernels/views.h.
struct ProjectedArrays {
  std::vector<double> means_px, conics, half_extents_px, opacities, colors, depths;
  std::vector<int32_t> tile_counts;
};
struct TileLists {
  int64_t instances = 0;
  std::vector<int64_t> slot_begin, tile_begin, instance_slot;
  std::vector<int32_t> instance_splat;
};
struct PixelArrays {
  std::vector<double> image, alpha, depth;
};
struct GradArrays {
  SplatArrays splats;  // gradients, in the places of the parameters
  std::vector<double> grad_mean_px, abs_mean_px;
};

// All of a forward pass.
struct Rendered {
  ProjectedArrays projected;
  TileLists lists;
  PixelArrays pixels;
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string Name() const = 0;
  virtual double Epsilon() const = 0;  // rounding of its scalar, relative
  virtual bool OnDevice() const = 0;   // runs the .cu files: emulated, or on a GPU

  virtual ProjectedArrays Project(const RenderInput& input) const = 0;
  // Counts the instances and bins them. `projected` comes from Project of the same backend (or was edited by a test).
  virtual TileLists Bin(const RenderInput& input, const ProjectedArrays& projected) const = 0;
  // Bins where the host knows only how much room there is: the first `instances` of the lists' entries count. The
  // backend must be OnDevice. `found` gets what the device has counted.
  virtual TileLists BinPredicted(const RenderInput& input, const ProjectedArrays& projected,
                                 const kernels::InstanceCount& room, kernels::InstanceCount* found) const = 0;
  virtual PixelArrays Blend(const RenderInput& input, const ProjectedArrays& projected,
                            const TileLists& lists) const = 0;
  // [I, kSlotSize]. `grad`: alpha and depth may be empty, that is null.
  virtual std::vector<double> BlendBackward(const RenderInput& input, const Rendered& forward,
                                            const PixelArrays& grad) const = 0;
  virtual GradArrays ProjectBackward(const RenderInput& input, const Rendered& forward,
                                     const std::vector<double>& slots) const = 0;
  // [kCameraNumbers]
  virtual std::vector<double> CameraGradient(const RenderInput& input, const Rendered& forward,
                                             const std::vector<double>& slots) const = 0;

  // All of the forward pass, by the pipeline.
  virtual Rendered Render(const RenderInput& input) const = 0;
  GradArrays RenderBackward(const RenderInput& input, const Rendered& forward, const PixelArrays& grad) const;
};

// The CPU kernels in float, or in double, on `threads` threads.
std::shared_ptr<const Backend> CpuFloatBackend(int threads = 2, InstructionSet set = BestInstructionSet());
std::shared_ptr<const Backend> CpuDoubleBackend(int threads = 2);

// The .cu files on the emulated GPU (tests/support/cuda_emulation.h). Seed 0: threads in natural order, else shuffled.
std::shared_ptr<const Backend> EmulatedBackend(uint64_t order_seed);
// The GPU; none where there is no GPU or the build is without CUDA.
std::vector<std::shared_ptr<const Backend>> CudaBackends();
// The emulated GPU in natural and in two shuffled orders, and the GPU if there is one.
std::vector<std::shared_ptr<const Backend>> DeviceBackends();

// Every backend that this machine can run: the CPU in float on each of its instruction sets and in double, and
// DeviceBackends.
std::vector<std::shared_ptr<const Backend>> UsableBackends();

// GoogleTest's way to name a backend in a failure message.
inline void PrintTo(const Backend& backend, std::ostream* out) {
  *out << backend.Name();
}

// What the tests of a backend derive their fixtures from.
class BackendTest : public ::testing::TestWithParam<std::shared_ptr<const Backend>> {
 protected:
  const Backend& backend() const { return *GetParam(); }
};

}  // namespace splat::testing

// Runs the TEST_Ps of `suite` (a BackendTest) on every usable backend.
#define SPLAT_INSTANTIATE_ON_BACKENDS(suite)                                                   \
  INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::ValuesIn(::splat::testing::UsableBackends()), \
                           [](const auto& instance) { return instance.param->Name(); })
