#include "data/dataset/file_frame.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/scene_alignment.h"

namespace splat::data {
namespace {

constexpr double kMostRounding_px = 0.01;
constexpr double kFloatRounding = 1.0 / (1 << 24);  // x the value

// A decimal number of so many digits behind the point; before it where that is negative.
double Rounded(double value, int decimals) {
  const double steps = std::pow(10, std::abs(decimals));
  const double rounded = decimals > 0 ? std::round(value * steps) / steps : std::round(value / steps) * steps;
  return rounded == 0 ? 0 : rounded;  // and no -0
}

std::string NoteOf(const Vec3<double>& offset, int decimals, double rounding_px) {
  std::string text;
  for (const double value : {offset.x, offset.y, offset.z}) {
    text += (text.empty() ? "" : ", ") + FormatFixed(value, std::max(0, decimals));
  }
  return StrCat("--no-align: floats of 32 bits, which scene files hold, would round the source's coordinates by ",
                FormatFixed(rounding_px, 2), " px; the files are in a local frame, to which (", text,
                ") is added in the source (scene_transform.json)");
}

}  // namespace

FileFrame SourceFrame(const Similarity3& source_from_scene, double focal_px) {
  FileFrame files;
  files.is_scenes = false;
  files.files_from_scene = source_from_scene;
  const Vec3<double> middle = source_from_scene.translation;
  const double distance = kAlignedDistance * source_from_scene.scale;
  const double largest = std::max({std::abs(middle.x), std::abs(middle.y), std::abs(middle.z)});
  const double rounding_px = largest * kFloatRounding * focal_px / distance;
  if (!(rounding_px > kMostRounding_px)) return files;
  const int decimals = -int(std::floor(std::log10(distance)));
  files.offset = {Rounded(middle.x, decimals), Rounded(middle.y, decimals), Rounded(middle.z, decimals)};
  files.files_from_scene.translation = middle - files.offset;
  files.note = NoteOf(files.offset, decimals, rounding_px);
  return files;
}

Similarity3 SourceFromFiles(const FileFrame& files, const Similarity3& source_from_scene) {
  if (files.is_scenes) return source_from_scene;
  return {1, Identity3<double>(), files.offset};
}

Camera CameraInFiles(const FileFrame& files, const Camera& camera) {
  Camera moved = camera;
  if (!files.is_scenes) moved.camera_from_world = AlignPose(camera.camera_from_world, files.files_from_scene);
  return moved;
}

}  // namespace splat::data
