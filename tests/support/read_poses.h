// Tests read poses and points whole with this header, for all photos of a folder.
#pragma once

#include <string>

#include "data/photos/photo_files.h"
#include "data/poses/colmap_reader.h"
#include "data/poses/pose_source.h"

namespace splat::data {

// The scene of ChoosePosesAt for all photos in a folder.
inline SceneDescription ReadPoses(const std::string& path, const std::string& image_folder) {
  const PhotosAndMasks listed = ListPhotosAndMasks(image_folder);
  return *ChoosePosesAt(path, {image_folder, image_folder, listed.photos, listed.masks, {}, listed.others}).scene;
}

// A COLMAP model with its points.
inline SceneDescription ReadColmapModel(const std::string& model_folder, const std::string& image_folder) {
  SceneDescription scene = ReadColmapPhotos(model_folder, image_folder);
  AddColmapPoints(model_folder, scene);
  return scene;
}

}  // namespace splat::data
