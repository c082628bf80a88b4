// The training set holds views with pinhole cameras in the scene's frame, which is always aligned, split into training
// and test views, and the scene's lengths.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/rigid3.h"
#include "data/dataset/dataset_options.h"
#include "data/dataset/file_frame.h"
#include "data/dataset/scene_alignment.h"
#include "data/photos/photo_borders.h"
#include "data/poses/scene_description.h"
#include "scene/near_plane.h"

namespace splat::data {

// One photo, as it is trained on.
struct View {
  std::string name;       // as in the model
  std::string path;       // of the photo
  Camera camera;          // pinhole, size in px as trained, in the scene's frame
  Intrinsics intrinsics;  // of the photo as calibrated, for undistortion at load
  int lens = 0;           // equal for views that were taken through one lens (data/dataset/lens_groups.h)
  int exif_orientation = 1;
  std::optional<double> exposure_stops = {};  // of light, by EXIF (data/photos/exif_exposure.h)
  // The stored pixels disagree with the model, by their aspect or by the colours of its points (turned_photos.h), and
  // agree once EXIF is applied.
  bool rotate_to_model = false;
  Split split = Split::kTrain;
  PhotoMask mask = {};                         // what of the photo counts
  AlphaUse alpha = AlphaUse::kBackground;      // what becomes of its transparency
  Border border = {};                          // px of the stored photo that do not count
  std::vector<Observation> observations = {};  // of Dataset::points, as x / z and y / z; if the options want them
};

inline bool HasMask(const View& view) {
  return !view.mask.path.empty();
}

struct Dataset {
  std::vector<View> views;            // sorted by name
  PointCloud points;                  // in the scene's frame
  bool few_points = false;            // there are some, and they say too little: random points stand beside them
  double reprojection_error_px = -1;  // as SceneDescription has it
  Similarity3 source_from_scene;      // back to the frame of the COLMAP model or transforms.json
  FileFrame files;                    // the frame of the scene's files: the source's if DatasetOptions::align is false
  double extent = 1;  // 1.1 x the largest distance of a training camera from their mean (Inria's "cameras extent")
  double near = kNearShare * kAlignedDistance;  // scene units: what is nearer to a camera is not drawn (NearPlaneAt)
  std::array<float, 3> background = {0, 0, 0};

  std::vector<int> ViewsOf(Split split) const;  // indices into views
};

// Builds the dataset on the threads of `executor`: reads each photo's header, chooses each size (downscale, then
// max_image_size; each side rounded), splits, and aligns the scene as data/dataset/scene_alignment.h says, whatever
// options.align is. It decodes only the images that show how masks, transparency and borders are, and whether the
// points are theirs. A photo's size may differ from its camera's calibrated size if the aspect agrees to 1 %, as stored
// or after EXIF's rotation. Photos that are missing, cannot be read, have another aspect or are smaller than 16 px are
// left out with a warning that names them. Cameras that cannot be right are treated as camera_sanity.h says; cameras
// that share one pose or form another degenerate set are accepted. Masks are used as view_masks.h says, and borders are
// left out as view_borders.h says. Throws splat::Error if more than half of the photos cannot be used (naming the first
// three), if no training view is left where one is needed, for a camera model that is not supported, and for options
// out of range, including a downscale that leaves less than 16 px. The points are those of the scene, or none if no
// training view is needed or if they are not what the cameras and photos show (foreign_points.h). Warnings go to `log`;
// the caller shows those in scene.warnings.
Dataset BuildDataset(const SceneDescription& scene, const DatasetOptions& options, Executor& executor,
                     const LogSink& log);

}  // namespace splat::data
