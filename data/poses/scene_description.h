// A scene description is what a reader of poses (COLMAP model, transforms.json) delivers: cameras with their photos,
// and points, but no pixels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/rigid3.h"
#include "data/photos/camera_model.h"
#include "data/photos/mask_image.h"
#include "data/poses/point_cloud.h"
#include "scene/named_camera.h"

namespace splat::data {

// Errors of reprojection are given in pixels of photos with this longer side.
constexpr double kReprojectionSide_px = 1600;

// This is one posed photo as the reader found it.
struct PosedPhoto {
  std::string name;            // as written in the model, relative to the photo folder; shown to people
  std::string path;            // of the file; readers resolve it, it need not exist
  Intrinsics intrinsics;       // may be distorted
  Rigid3 camera_from_world;    // frame of core/camera.h: x right, y down, z forward
  std::optional<Split> split;  // where the source says it (Blender's train and test files)
  PhotoMask mask = {};         // readers set it where the source names one; the file need not exist
  std::vector<Observation> observations =
      {};                    // of structure from motion's points, px as calibrated; where the source has any
  std::string problem = {};  // why its camera or pose cannot be used, with file and entry; empty if they can
};

struct SceneDescription {
  std::vector<PosedPhoto> photos;  // sorted by name, or in the order of the source where that has none
  PointCloud points;               // empty where the source has none
  std::string source;              // what was read, for messages: "COLMAP model photos/sparse/0 (binary)"
  // Mean over the points that have one, in px of photos whose longer side is kReprojectionSide_px; -1: not known.
  double reprojection_error_px = -1;
  bool in_order = false;              // the source has no names: its poses go with the photos in the order of names
  bool opengl_axes = false;           // the source's cameras have y up and z back, which the reader has turned
  std::vector<std::string> warnings;  // oddities that were treated: "2 of 7000 points are not finite and were left out"
};

}  // namespace splat::data
