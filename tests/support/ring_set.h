// This data set shows a known model from all round, so that its photos tell of their lenses.
#pragma once

#include <cmath>

#include "core/constants.h"
#include "core/look_at.h"
#include "tests/support/synthetic_set.h"
#include "train/trainer.h"

namespace splat::testing {

// Photos from all round the splats and from near, so that what is nearer looks larger: this tells the focal length. For
// cameras on a narrow arc a scene of another depth makes up for another focal length.
struct RingSet : SyntheticSet {
  RingSet() {
    const torch::NoGradGuard no_grad;
    for (int copy = 0; copy < 16; ++copy) {
      data::View view = dataset.views[size_t(copy)];
      view.name = "more_" + view.name;
      view.path = folder / view.name;
      dataset.views.push_back(view);
    }
    constexpr double kDistance = 3, kHeight = 0.3;
    for (size_t i = 0; i < dataset.views.size(); ++i) {
      data::View& view = dataset.views[i];
      view.camera.fx = view.camera.fy = 0.7 * view.camera.width;
      view.intrinsics.params = {view.camera.fx, view.camera.fy, view.camera.cx, view.camera.cy};
      const double angle = 2 * kPi * double(i) / double(dataset.views.size()), up = i % 2 ? kHeight : -kHeight;
      const Vec3<double> eye = {std::cos(up) * std::sin(angle), std::sin(up), std::cos(up) * std::cos(angle)};
      view.camera.camera_from_world = LookAt(kDistance * eye, {0, 0, 0}, {0, 1, 0});
      data::WriteImage(view.path, RenderToImage8(truth, view.camera, dataset.background, dataset.near));
    }
  }
};

// Trains from the true splats: a scene that is not sharp yet says little of lenses.
inline train::TrainResult TrainFromTruth(const train::Backend& backend, const RingSet& set,
                                         const train::TrainConfig& config) {
  train::TrainState state = train::InitialState(backend, set.dataset, config);
  for (int k = 0; k < kSplatArrays; ++k) state.model[k] = set.truth[k].clone();
  state.moments = train::ZeroMoments(state.model);
  return train::ContinueTraining(state, backend, set.dataset, config, {});
}

}  // namespace splat::testing
