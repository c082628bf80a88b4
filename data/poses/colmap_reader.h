// This reader takes a COLMAP sparse model: cameras and images as .bin or .txt, and the points, if there are any (files
// of rigs and frames that newer versions write beside them are ignored).
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether `folder` holds cameras and images of one kind. The points may be missing.
bool IsColmapModel(const std::string& folder);

// Whether a file of this name, in any case, is a part of a model: of cameras, images, points3D, rigs or frames.
bool IsColmapPart(const std::string& file_name);

// Reads the photos of the model in `model_folder`; their paths become image_folder/name. Every count and length is
// checked against the file before memory is taken. Throws splat::Error naming file and entry for: missing or truncated
// files of cameras or images, unknown model ids, an image with an unknown camera, no images, and if no photo can be
// used. A camera with zero size or a focal length that is not finite or not positive, and a pose that is not finite or
// zero, are the PosedPhoto::problem of their photos.
SceneDescription ReadColmapPhotos(const std::string& model_folder, const std::string& image_folder);

// Adds the points of a model to a description that has none yet. They are those of the first file that holds any:
// points3D of the kind that the cameras have, points3D of the other kind, and points3D.ply; another than the first, or
// none, is a warning. Of points that are not finite or not whole the others are taken, with a warning.
void AddColmapPoints(const std::string& model_folder, SceneDescription& scene);

// The numbers of a model, found without reading all of it, by which one of sparse/0, sparse/1, ... is chosen.
struct ColmapModelSummary {
  size_t images = 0;
  size_t points = 0;
  double mean_reprojection_error_px = 0;  // over the points
  std::string damage;                     // what is wrong with the file of points; those that are whole are counted
};
ColmapModelSummary SummarizeColmapModel(const std::string& model_folder);

}  // namespace splat::data
