#include "data/sfm/sfm_options.h"

#include "core/option_groups.h"
#include "data/photos/camera_model.h"

namespace splat::data {
namespace {

// "auto" and the names of COLMAP's camera models that can be undistorted.
std::vector<std::string> CameraModelNames() {
  std::vector<std::string> names = {"auto"};
  for (int id = 0; id <= int(CameraModel::kEquirectangular); ++id) {
    if (IsSupported(CameraModel(id))) names.push_back(CameraModelName(CameraModel(id)));
  }
  return names;
}

}  // namespace

std::vector<Option> OptionsOf(SfmOptions& options) {
  return {
      Option("matcher", options.matcher, "How photos are paired: auto, exhaustive, sequential (video) or vocab_tree")
          .OneOf({"auto", "exhaustive", "sequential", "vocab_tree"})
          .Flag("--matcher NAME", kPosesGroup),
      Option("camera_model", options.camera_model, "COLMAP's camera model, such as OPENCV or SIMPLE_RADIAL")
          .OneOf(CameraModelNames())
          .Flag("--camera-model NAME", kPosesGroup),
      Option("single_camera", options.single_camera, "Whether all photos share one camera")
          .OneOf({"auto", "yes", "no"})
          .Flag("--single-camera auto|yes|no", kPosesGroup),
      Option("max_image_size", options.max_image_size, "Longer side in pixels for finding features; 0: chosen")
          .Between(0, 65535)
          .Flag("--sfm-max-image-size N", kPosesGroup),
      Option("max_features", options.max_features, "Features per photo; 0: chosen")
          .Between(0, 1'000'000)
          .Flag("--sfm-max-features N", kPosesGroup),
      Option("vocab_tree", options.vocab_tree_path, "Vocabulary tree; with it the matcher is vocab_tree")
          .Flag("--vocab-tree FILE", kPosesGroup),
      Option("colmap", options.colmap, "The COLMAP program").Flag("--colmap PATH", kPosesGroup),
      Option("idle_minutes", options.idle_minutes,
             "Minutes without a sign of work after which COLMAP is ended and started once more; 0: never")
          .AtLeast(0)
          .Flag("--colmap-idle-minutes N", kPosesGroup),
  };
}

}  // namespace splat::data
