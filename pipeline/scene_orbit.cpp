#include "pipeline/scene_orbit.h"

#include "core/check.h"
#include "data/dataset/scene_alignment.h"
#include "pipeline/camera_files.h"
#include "rasterizer/torch/scene_model.h"
#include "scene/orbit.h"
#include "scene/splat_selection.h"

namespace splat::pipeline {
namespace {

// The orbit in the upright frame.
Orbit UprightOrbit(const SplatSelection& splats, const std::vector<NamedCamera>& photos, const Similarity3& upright) {
  std::vector<Rigid3> poses;
  poses.reserve(photos.size());
  for (const NamedCamera& photo : photos) poses.push_back(data::AlignPose(photo.camera.camera_from_world, upright));
  if (const auto center = data::WhereAxesMeetClosely(poses)) {
    if (const auto orbit = OrbitOfCameras(poses, *center)) return *orbit;
  }
  Sphere sphere = SphereAroundMost(splats);
  sphere.center = upright * sphere.center;
  sphere.radius *= upright.scale;
  return OrbitAround(sphere);
}

}  // namespace

std::vector<NamedCamera> OrbitOfScene(const SplatModel& model, const std::vector<NamedCamera>& photos, int count,
                                      int width, const std::optional<Similarity3>& upright_from_scene) {
  const HostModel host(model);
  const SplatSelection splats(host.View());
  SPLAT_CHECK(splats.count() > 0, "the scene holds no splats");
  const Similarity3 upright = upright_from_scene ? *upright_from_scene : Similarity3{};
  const std::vector<NamedCamera> views = OrbitCameras(UprightOrbit(splats, photos, upright), count, width);
  return upright_from_scene ? InSceneFrame(views, upright) : views;
}

}  // namespace splat::pipeline
