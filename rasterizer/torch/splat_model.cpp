#include "rasterizer/torch/splat_model.h"

#include <algorithm>

#include "core/check.h"
#include "rasterizer/math/sh_degree.h"
#include "rasterizer/torch/tensor_view.h"

namespace splat {

int SplatModel::max_sh_degree() const {
  return math::ShDegreeOf(sh_rest_count());
}

std::array<const char*, kSplatArrays> SplatModel::Names() {
  std::array<const char*, kSplatArrays> names;
  for (int array = 0; array < kSplatArrays; ++array) names[size_t(array)] = kSplatArrayList[array].name;
  return names;
}

std::vector<int64_t> ShapeOf(int array, int64_t splats, int64_t sh_rest_count) {
  const SplatArrayInfo& info = kSplatArrayList[array];
  if (info.per_coefficient) return {splats, sh_rest_count, info.width};
  if (info.width == 1) return {splats};
  return {splats, info.width};
}

void CheckModel(const SplatModel& model) {
  SPLAT_CHECK(model.means.defined(), "means: is not defined");
  const int64_t n = model.means.size(0);
  for (int array = 0; array < kSplatArrays; ++array) {
    CheckTensor(model[array], torch::kFloat32, ShapeOf(array, n, -1), kSplatArrayList[array].name,
                model.means.device());
  }
  const int64_t rest = model.sh_rest.size(1);
  SPLAT_CHECK(rest == math::ShRestCount(model.max_sh_degree()), "sh_rest: holds ", rest,
              " coefficients per channel, expected 0, 3, 8 or 15");
}

SplatModel ToDevice(const SplatModel& model, const torch::Device& device) {
  SplatModel out;
  out.traits = model.traits;
  for (int array = 0; array < kSplatArrays; ++array) out[array] = model[array].detach().to(device);
  return out;
}

void SetRequiresGrad(SplatModel& model, bool requires_grad) {
  for (int array = 0; array < kSplatArrays; ++array) {
    model[array] = model[array].detach().requires_grad_(requires_grad);
  }
}

}  // namespace splat
