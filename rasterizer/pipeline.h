// The pipeline takes one view from splats to an image and back: project, count, bin, blend, and the blend's gradient,
// in this order, with any backend's stages and any holder of memory. What comes last, ProjectBackward or a training's
// fusion of it with the optimizer, is left to the caller.
#pragma once

#include <array>

#include "core/camera.h"
#include "rasterizer/arena.h"
#include "rasterizer/instance_prediction.h"
#include "rasterizer/kernels/backend.h"

namespace splat {

// These are the inputs of one view. T is float in production and double in the oracle.
template <typename T>
struct PassInput {
  kernels::SplatsView<T> splats;
  Camera camera;
  kernels::ProjectOptions options;
  std::array<T, 3> background = {};
  bool with_depth = true;  // false: there is no depth, and it has no gradient
};

// What the forward pass leaves: the parameters of its stages, with the results that they point to. It is valid as long
// as the arena's buffers and the splats are.
template <typename T>
struct PassResult {
  kernels::ProjectParams<T> project;
  kernels::BlendParams<T> blend;
  bool with_depth = true;
  int64_t rows = 0;  // of the list's entries and of the slots: as many as there are instances, or room for more
  // Whether the results count only if the prediction HadRoom for them; without room they are those of an empty image.
  bool predicted = false;
};

// Returns what the input says, with null pointers for the results, for a caller that has them already.
template <typename T>
PassResult<T> WithoutResults(const PassInput<T>& input);

template <typename T>
struct Pipeline {
  const kernels::RenderStages<T>& stages;
  const KernelContext& context;
  Arena& arena;
  // A loop over views keeps this prediction, so that it need not wait for stages that count on the device. If it is
  // null, they are waited for.
  InstancePrediction* prediction = nullptr;

  // Runs the forward pass. With a prediction that has room for instances, and stages that count on the device, the
  // count is not waited for but predicted to fit the room: before the results are used for good, ask HadRoom and, if
  // there was none, repeat all passes. Throws splat::Error as the stages do.
  PassResult<T> Forward(const PassInput<T>& input) const;

  // These functions are parts of the forward pass, each with the memory for what it fills in. Begin runs no stage yet:
  // `project` of its result is ready for a caller that has the splats piece by piece. MakeLists counts and bins.
  PassResult<T> Begin(const PassInput<T>& input) const;
  void MakeLists(PassResult<T>& result) const;
  void Blend(PassResult<T>& result) const;

  // The parameters of the last stage, all but the outputs, which the caller fills in. abs_mean: whether the slots'
  // entries kSlotAbsMean are wanted. Throws splat::Error for a gradient of a depth that is not there.
  kernels::ProjectBackwardParams<T> Backward(const PassResult<T>& forward, const kernels::PixelsGradView<T>& grad,
                                             bool abs_mean = true) const;
};

extern template struct Pipeline<float>;
extern template struct Pipeline<double>;

}  // namespace splat
