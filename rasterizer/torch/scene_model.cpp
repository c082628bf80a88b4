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
  model_.traits = model.traits;
  for (int array = 0; array < kSplatArrays; ++array) {
    model_[array] = model[array].detach().to(torch::kCPU, torch::kFloat32).contiguous();
  }
}

SplatCloudView HostModel::View() const {
  SplatCloudView view;
  view.count = model_.count();
  view.sh_rest_count = model_.sh_rest_count();
  view.traits = model_.traits;
  for (int array = 0; array < kSplatArrays; ++array) view[array] = model_[array].data_ptr<float>();
  return view;
}

SplatModel ModelOf(SplatCloud cloud) {
  const auto shared = std::make_shared<SplatCloud>(std::move(cloud));
  SplatModel model;
  model.traits = shared->traits;
  for (int array = 0; array < kSplatArrays; ++array) {
    model[array] = TensorOf(shared, (*shared)[array], ShapeOf(array, shared->count(), shared->sh_rest_count));
  }
  CheckModel(model);
  return model;
}

}  // namespace splat
