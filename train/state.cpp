#include "train/state.h"

#include <vector>

#include "core/check.h"
#include "train/color_term.h"
#include "train/initial_splats.h"
#include "train/memory_limits.h"
#include "train/photo_loading.h"
#include "train/pose_refinement.h"
#include "train/sky_shell.h"

namespace splat::train {
namespace {

torch::Tensor Copy(const torch::Tensor& tensor) {
  return tensor.defined() ? tensor.detach().clone().set_requires_grad(tensor.requires_grad()) : torch::Tensor();
}

}  // namespace

TrainState TrainState::Clone() const {
  TrainState clone = *this;
  for (int array = 0; array < kSplatArrays; ++array) {
    clone.model[array] = Copy(clone.model[array]);
    for (auto* blocks : {&clone.moments.first, &clone.moments.second}) {
      (*blocks)[array] = RowBlock(Copy((*blocks)[array].rows()));
    }
  }
  DensityStatistics& statistics = clone.density.statistics;
  for (torch::Tensor* tensor : {&statistics.gradient_sum, &statistics.seen}) *tensor = Copy(*tensor);
  for (auto& [name, parameters] : clone.photo_parameters) {
    for (torch::Tensor* tensor : {&parameters.values, &parameters.first, &parameters.second}) *tensor = Copy(*tensor);
  }
  clone.motions = motions.Clone();
  return clone;
}

TrainState InitialState(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                        const data::OpenSky& sky) {
  const std::vector<int> views = dataset.ViewsOf(Split::kTrain);
  SPLAT_CHECK(!views.empty(), "the dataset has no training view");
  const int64_t photo_bytes = PhotoBudget(backend, dataset, views);
  TrainState state;
  state.order = EpochOrderOf(views, config.seed);
  state.density_random = Random(config.seed + 1);
  SplatModel model = InitialModel(dataset, config.init, config.seed + 2);
  AddSky(sky, dataset, model);
  state.model = ToDevice(model, backend.device);
  state.moments = ZeroMoments(state.model);
  state.limits = LimitsOf(backend, config.density, MostPixels(dataset, views), photo_bytes, state.model.count());
  AddColorParameters(backend, dataset, config.color, state.photo_parameters);
  state.motions = FirstMotions(backend, dataset, config.poses);
  return state;
}

}  // namespace splat::train
