// This header makes small models and cameras for tests above the boundary with LibTorch.
#pragma once

#include "core/camera.h"
#include "core/random.h"
#include "rasterizer/torch/libtorch.h"
#include "rasterizer/torch/splat_model.h"

namespace splat::testing {

// A camera at the origin that looks along +z.
inline Camera FrontCamera(int width, int height) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = width;
  camera.cx = width / 2.0;
  camera.cy = height / 2.0;
  return camera;
}

// `count` splats in front of FrontCamera, visible, seeded.
inline SplatModel RandomModel(int64_t count, int sh_degree, uint64_t seed) {
  Random random(seed);
  const int64_t rest = (sh_degree + 1) * (sh_degree + 1) - 1;
  SplatModel model;
  model.means = torch::empty({count, 3});
  model.log_scales = torch::empty({count, 3});
  model.quats = torch::empty({count, 4});
  model.opacity_logits = torch::empty({count});
  model.sh_dc = torch::empty({count, 3});
  model.sh_rest = torch::empty({count, rest, 3});
  const auto fill = [&](torch::Tensor& tensor, double low, double high) {
    float* p = tensor.data_ptr<float>();
    for (int64_t i = 0; i < tensor.numel(); ++i) p[i] = float(random.Uniform(low, high));
  };
  fill(model.means, -1, 1);
  float* means = model.means.data_ptr<float>();
  for (int64_t i = 0; i < count; ++i) means[3 * i + 2] = float(random.Uniform(2.5, 6));
  fill(model.log_scales, -3.5, -1.5);
  fill(model.quats, -1, 1);
  fill(model.opacity_logits, -2, 2);
  fill(model.sh_dc, -1, 1.5);
  if (rest > 0) fill(model.sh_rest, -0.2, 0.2);
  return model;
}

}  // namespace splat::testing
