// The training set: views with pinhole cameras in the scene's frame, split in training and test, and the scene's extent.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/log.h"
#include "core/rigid3.h"
#include "data/scene_description.h"

namespace splat::data {

struct DatasetOptions {
  int downscale = 1;          // photos are divided by this, >= 1
  int max_image_size = 1600;  // longer side, px; larger photos are scaled down to it; 0: no limit
  int test_every = 0;         // every n-th photo of the sorted list is held out, starting with the first; 0: none. A split that the source gives is kept.
  std::array<float, 3> background = {0, 0, 0};  // photos with transparency are composited on it, 0..1
  bool align = true;          // centre, scale and turn the scene upright; false keeps the source's frame
};

// One photo, as it is trained on.
struct View {
  std::string name;       // as in the model
  std::string path;       // of the photo
  Camera camera;          // pinhole, size in px as trained, in the scene's frame
  Intrinsics intrinsics;  // of the photo as calibrated, for undistortion at load
  int exif_orientation = 1;
  bool rotate_to_model = false;  // the stored pixels disagree with the model's aspect and agree once EXIF is applied
  Split split = Split::kTrain;
};

struct Dataset {
  std::vector<View> views;      // sorted by name
  PointCloud points;            // in the scene's frame
  Similarity3 source_from_scene;  // back to the frame of the COLMAP model or transforms.json
  double extent = 1;            // 1.1 x the largest distance of a training camera from their mean (Inria's "cameras extent")
  std::array<float, 3> background = {0, 0, 0};

  std::vector<int> ViewsOf(Split split) const;  // indices into views
};

// Builds the dataset: reads each photo's header, chooses each size, refuses photos whose aspect differs from their camera's by
// more than 1 % (named, with both sizes; left out with a warning if others remain), splits, and aligns the scene:
// mean camera up (with EXIF orientation) becomes -y, the point nearest to all optical axes becomes the origin (for
// cameras that look apart: the cameras' mean), and the scale is such that the median distance of the cameras from it is 4.
// Cameras that share the identical pose or a degenerate set are accepted; the scale then stays finite.
// Throws splat::Error if no training view is left. Warnings go to `log`.
Dataset BuildDataset(const SceneDescription& scene, const DatasetOptions& options, const LogSink& log);

}  // namespace splat::data
