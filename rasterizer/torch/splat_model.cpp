#include "rasterizer/torch/splat_model.h"

#include <cmath>

#include "core/check.h"
#include "rasterizer/math/constants.h"
#include "rasterizer/torch/tensor_view.h"

namespace splat {

int SplatModel::max_sh_degree() const {
  return math::ShDegreeOf(sh_rest_count());
}

std::array<torch::Tensor*, 6> SplatModel::Tensors() {
  return {&means, &log_scales, &quats, &opacity_logits, &sh_dc, &sh_rest};
}

std::array<const torch::Tensor*, 6> SplatModel::Tensors() const {
  return {&means, &log_scales, &quats, &opacity_logits, &sh_dc, &sh_rest};
}

const std::vector<std::string>& SplatModel::Names() {
  static const std::vector<std::string> names = {"means", "log_scales", "quats", "opacity_logits", "sh_dc", "sh_rest"};
  return names;
}

void CheckModel(const SplatModel& model) {
  SPLAT_CHECK(model.means.defined(), "means: is not defined");
  const int64_t n = model.means.size(0);
  const torch::Device device = model.means.device();
  CheckTensor(model.means, torch::kFloat32, {n, 3}, "means", device);
  CheckTensor(model.log_scales, torch::kFloat32, {n, 3}, "log_scales", device);
  CheckTensor(model.quats, torch::kFloat32, {n, 4}, "quats", device);
  CheckTensor(model.opacity_logits, torch::kFloat32, {n}, "opacity_logits", device);
  CheckTensor(model.sh_dc, torch::kFloat32, {n, 3}, "sh_dc", device);
  CheckTensor(model.sh_rest, torch::kFloat32, {n, -1, 3}, "sh_rest", device);
  const int64_t rest = model.sh_rest.size(1);
  SPLAT_CHECK(rest == math::ShRestCount(model.max_sh_degree()), "sh_rest: holds ", rest,
              " coefficients per channel, expected 0, 3, 8 or 15");
}

SplatModel SelectRows(const SplatModel& model, const torch::Tensor& rows) {
  const torch::NoGradGuard no_grad;
  SplatModel out;
  const auto from = model.Tensors();
  const auto to = out.Tensors();
  for (size_t i = 0; i < from.size(); ++i) *to[i] = from[i]->detach().index_select(0, rows);
  return out;
}

SplatModel ToDevice(const SplatModel& model, const torch::Device& device) {
  SplatModel out;
  const auto from = model.Tensors();
  const auto to = out.Tensors();
  for (size_t i = 0; i < from.size(); ++i) *to[i] = from[i]->detach().to(device);
  return out;
}

void SetRequiresGrad(SplatModel& model, bool requires_grad) {
  for (torch::Tensor* tensor : model.Tensors()) *tensor = tensor->detach().requires_grad_(requires_grad);
}

}  // namespace splat
