// A splat cloud holds the splats of a scene as plain arrays, which readers of scene files make and writers take. It
// needs no LibTorch; rasterizer/torch/scene_model.h joins it with tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scene/scene_traits.h"
#include "scene/splat_arrays.h"

namespace splat {

// A view that does not own its arrays, which are [count] rows of WidthOf numbers. Values are stored as they are
// trained: scales as natural logarithms, opacities as logits, colours as coefficients of spherical harmonics in Inria's
// order, for display-referred sRGB. The scene's frame is RDF: x right, y down, z forward.
struct SplatCloudView : SplatArraysOf<const float*> {
  int64_t count = 0;
  int sh_rest_count = 0;  // K: 0, 3, 8 or 15
  SceneTraits traits;
};

// A cloud that owns its arrays.
struct SplatCloud : SplatArraysOf<std::vector<float>> {
  SplatCloud() = default;
  SplatCloud(int64_t count, int sh_degree);  // all zero

  int64_t count() const { return int64_t(opacity_logits.size()); }
  SplatCloudView View() const;

  int sh_rest_count = 0;
  SceneTraits traits;
  int64_t left_out = 0;            // splats of the file that no viewer could draw
  std::vector<std::string> notes;  // what a reader had to assume or to leave out of the file, one line each
};

// The opacity logit that stands for opacity 1: the sigmoid rounds to it.
constexpr float kLargestLogit = 20;

// Makes what a reader has filled in usable: infinite opacity logits (exactly 0 or 1 when activated) and logarithms of a
// scale of 0 become finite ones, quaternions are normalised, and splats with a value that is still not finite, with a
// scale whose square no float holds, or with a zero quaternion are removed and counted in `left_out`.
void LeaveOutUnusable(SplatCloud& cloud);

// Memory of a splat in a cloud, bytes.
constexpr uint64_t SplatBytes(int sh_rest_count) {
  return sizeof(float) * uint64_t(NumbersPerSplat(sh_rest_count));
}

}  // namespace splat
