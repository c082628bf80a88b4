#include "data/dataset/changed_lens.h"

#include "data/photos/lens.h"
#include "data/photos/radial_change.h"
#include "data/photos/undistort.h"

namespace splat::data {

View WithRadialChange(const View& view, double change) {
  View changed = view;
  changed.intrinsics = WithRadialChange(view.intrinsics, change);
  changed.camera = ResizedCamera(UndistortedCamera(changed.intrinsics), view.camera.width, view.camera.height);
  changed.camera.camera_from_world = view.camera.camera_from_world;
  const Lens before = MakeLens(view.intrinsics), after = MakeLens(changed.intrinsics);
  for (Observation& observation : changed.observations) {
    const Vec2<double> seen = UndistortTowards(after, Distort(before, {observation.x, observation.y}));
    observation.x = seen.x;
    observation.y = seen.y;
  }
  return changed;
}

Dataset WithRadialChanges(const Dataset& dataset, const std::vector<double>& changes) {
  Dataset changed = dataset;
  if (changes.empty()) return changed;
  for (View& view : changed.views) {
    const double change = changes.at(size_t(view.lens));
    if (change != 0) view = WithRadialChange(view, change);
  }
  return changed;
}

}  // namespace splat::data
