// This header finds the files of the photos that a source of poses names.
#pragma once

#include <string>
#include <vector>

#include "data/photos/photo_folder.h"
#include "data/poses/pose_places.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// This says what became of the photos of a source.
struct LocatedPhotos {
  std::vector<PosedPhoto> photos;         // with their files
  std::vector<std::string> missing;       // names without a file
  std::vector<std::string> without_pose;  // photos of the folder that the source does not name
  std::vector<std::string> warnings;      // of names that were found by less than their text
  std::string ambiguous;                  // the first name that several photos have: "a.jpg is x/a.jpg or y/a.jpg"
  size_t in_folder = 0;                   // how many of `photos` lie in the folder of the photos
  bool in_order = false;                  // paired by what the names share or in order, since no name agrees
  bool by_shared_names = false;           // of these: by what the names share
  bool at_own_path = false;               // a photo lies exactly where the source says
  bool own_namesakes = false;             // the source's own photos are other files of the same names
  bool scaled_beside_own = false;         // paired, but the source's own photos lie in `images` beside images_N
  bool own_elsewhere = false;             // the source's own photos are there, but were not asked for
};

// `scene` is what was read at `place`. The poses of a source without names go with all photos in sorted order, or with
// none if the numbers differ.
LocatedPhotos LocatePhotos(const PhotoFolder& folder, const PosePlace& place, const SceneDescription& scene);

}  // namespace splat::data
