#include "data/dataset/source_frame.h"

#include "data/dataset/scene_alignment.h"

namespace splat::data {

SceneDescription InSourceFrame(const Dataset& dataset) {
  SceneDescription scene;
  for (const View& view : dataset.views) {
    const Rigid3 pose = AlignPose(view.camera.camera_from_world, dataset.source_from_scene);
    scene.photos.push_back({view.name, view.path, view.intrinsics, pose, view.split});
  }
  for (const Vec3<double>& position : dataset.points.positions) {
    scene.points.positions.push_back(dataset.source_from_scene * position);
  }
  scene.points.colors = dataset.points.colors;
  return scene;
}

}  // namespace splat::data
