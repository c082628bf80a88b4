#include "rasterizer/torch/scene_model.h"

#include <memory>
#include <utility>
#include <vector>

namespace splat {
namespace {

// A tensor of an array of `cloud`, which it keeps alive.
torch::Tensor TensorOf(const std::shared_ptr<SplatCloud>& cloud, std::vector<float>& values, at::IntArrayRef shape) {
  if (values.empty()) return torch::empty(shape, torch::kFloat32);
  return torch::from_blob(
      values.data(), shape, [cloud](void*) {}, torch::kFloat32);
}

}  // namespace

HostModel::HostModel(const SplatModel& model) {
  CheckModel(model);
  const auto from = model.Tensors();
  const auto to = model_.Tensors();
  for (size_t i = 0; i < from.size(); ++i) {
    *to[i] = from[i]->detach().to(torch::kCPU, torch::kFloat32).contiguous();
  }
}

SplatCloudView HostModel::View() const {
  SplatCloudView view;
  view.count = model_.count();
  view.sh_rest_count = model_.sh_rest_count();
  view.means = model_.means.data_ptr<float>();
  view.log_scales = model_.log_scales.data_ptr<float>();
  view.quats = model_.quats.data_ptr<float>();
  view.opacity_logits = model_.opacity_logits.data_ptr<float>();
  view.sh_dc = model_.sh_dc.data_ptr<float>();
  view.sh_rest = model_.sh_rest.data_ptr<float>();
  return view;
}

SplatModel ModelOf(SplatCloud cloud) {
  const auto shared = std::make_shared<SplatCloud>(std::move(cloud));
  const int64_t count = shared->count();
  SplatModel model;
  model.means = TensorOf(shared, shared->means, {count, 3});
  model.log_scales = TensorOf(shared, shared->log_scales, {count, 3});
  model.quats = TensorOf(shared, shared->quats, {count, 4});
  model.opacity_logits = TensorOf(shared, shared->opacity_logits, {count});
  model.sh_dc = TensorOf(shared, shared->sh_dc, {count, kChannels});
  model.sh_rest = TensorOf(shared, shared->sh_rest, {count, shared->sh_rest_count, kChannels});
  CheckModel(model);
  return model;
}

}  // namespace splat
