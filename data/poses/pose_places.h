// This header lists where poses are looked for: the layouts that other programs write.
#pragma once

#include <string>
#include <vector>

#include "data/poses/pose_files.h"

namespace splat::data {

// This is a place where poses lie with photos.
struct PosePlace {
  std::string path;  // of a model's folder, or of a file
  std::string base;  // the folder that was searched
  PoseKind kind = PoseKind::kTransforms;
  int family = 0;      // models of one sparse/ (0, 1, ...) have one family; a lower one goes first
  bool nearby = true;  // in the folder of the photos or its parent
};

// Lists the models in sparse, colmap/sparse, distorted/sparse, dense/sparse, dense/0/sparse, undistorted/sparse,
// colmap and colmap_text of each folder, or in numbered folders of those, and in the folder itself; then
// transforms.json, then transforms_train.json, then LLFF's poses_bounds.npy, then exports of cameras from Metashape
// (*.xml), RealityCapture (*.csv) and Bundler (*.out), also in a folder "bundle". A folder named "input" has the models
// of distorted/ first, which is Inria's layout. All `folders` are searched for models before any is searched for files.
std::vector<PosePlace> ListPosePlaces(const std::vector<std::string>& folders, bool distorted_first);

// Returns all folders in and below `folder` in which ListPosePlaces looks for models, whether or not one lies there.
std::vector<std::string> PlacesOfModels(const std::string& folder);

// Returns the folder, its parent and the parent's parent.
std::vector<std::string> FoldersAround(const std::string& image_folder);

}  // namespace splat::data
