// A synthetic scene has random splats whose statistics on screen are those of trained scenes. The same number gives the
// same scene, for any number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "core/camera.h"
#include "core/parallel.h"
#include "rasterizer/kernels/views.h"

namespace splat::bench {

constexpr int kSyntheticShRestCount = 15;

// Arrays of N splats with kSyntheticShRestCount coefficients beyond the first.
struct SyntheticScene : SplatArraysOf<std::vector<float>> {
  int64_t count = 0;  // N
};

kernels::SplatsView<float> ViewOf(const SyntheticScene& scene);

// Splats in a slab before SyntheticCamera. Their mean size on screen falls with N, as that of trained scenes does, set
// so that at 1297x840 px the counts are near those that floor models assume of a trained garden scene (in brackets):
//   N            V/N          tiles a visible splat  list walked  drawn a pixel
//   100,000      0.47         13.0                   0.81         58
//   1,000,000    0.45 (0.45)  4.0 (4.0)              0.55 (0.5)   60 (50)
//   3,000,000    0.44 (0.45)  2.7 (2.7)              0.42 (0.5)   59 (50)
SyntheticScene MakeSyntheticScene(int64_t count, Executor& executor);

// The camera stands at the origin and looks along z.
Camera SyntheticCamera(int width, int height);

}  // namespace splat::bench
