#include "data/dataset/camera_sanity.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/pose_convention.h"
#include "data/poses/photo_matching.h"

namespace splat::data {
namespace {

constexpr double kDegrees = 180 / 3.14159265358979323846;
constexpr double kWidestView = 170, kWidestFisheyeView = 360, kNarrowestView = 0.5;  // degrees
constexpr double kFocalOfShares_px = 10;                    // a smaller one is a share of the image's width
constexpr double kLeastShare = 0.25, kLargestShare = 0.75;  // of a principal point written as a share
constexpr double kEdge_px = 1;                              // a principal point so near to the edge is not inside
constexpr double kSameRotation = 1e-6, kSamePlace = 1e-9;   // the latter x the distance from the origin

bool IsFisheye(CameraModel model) {
  return HasDistortion({model, 0, 0, std::vector<double>(size_t(CameraModelParamCount(model)))});
}

// The index of cx among the params.
size_t PrincipalPoint(const Intrinsics& intrinsics) {
  return size_t(CameraModelFocalCount(intrinsics.model));
}

// The field of view along the side where it is wider, degrees.
double FieldOfView(const Intrinsics& intrinsics) {
  const double sides = std::max(intrinsics.width / intrinsics.params[0],
                                intrinsics.height / intrinsics.params[PrincipalPoint(intrinsics) - 1]);
  return kDegrees * (IsFisheye(intrinsics.model) ? sides : 2 * std::atan(0.5 * sides));
}

// The photos that share a fault, and an example of it.
struct Faults {
  std::vector<std::string> names;
  std::string example;

  void Add(const PosedPhoto& photo, const std::string& what) {
    if (names.empty()) example = what;
    names.push_back(photo.name);
  }
  void Warn(const LogSink& log, const std::string& source, const std::string& advice) const {
    if (!names.empty()) LogWarning(log, StrCat(source, ": ", example, advice, ": ", NamesInBrief(names)));
  }
};

std::string PointText(double x, double y) {
  return StrCat("(", x, ", ", y, ")");
}

void CheckPrincipalPoints(const std::string& source, std::vector<PosedPhoto>& photos, const LogSink& log) {
  Faults shares, outside;
  for (PosedPhoto& photo : photos) {
    Intrinsics& camera = photo.intrinsics;
    if (!IsSupported(camera.model)) continue;
    double &cx = camera.params[PrincipalPoint(camera)], &cy = camera.params[PrincipalPoint(camera) + 1];
    const auto is_share = [](double value) { return value >= kLeastShare && value <= kLargestShare; };
    const auto is_inside = [](double value, int side) { return value >= kEdge_px && value <= side - kEdge_px; };
    if (is_share(cx) && is_share(cy)) {
      shares.Add(photo, StrCat("the principal point ", PointText(cx, cy),
                               " is read as a share of the image's width and height; write it in px"));
      cx *= camera.width;
      cy *= camera.height;
    } else if (!is_inside(cx, camera.width) || !is_inside(cy, camera.height)) {
      outside.Add(photo, StrCat("the principal point ", PointText(cx, cy), " px is not inside the image of ",
                                camera.width, " x ", camera.height,
                                " px, which is right for parts of larger photos alone; correct cx and cy"));
    }
  }
  shares.Warn(log, source, "");
  outside.Warn(log, source, "");
}

std::string FocalText(const Intrinsics& camera) {
  const double focal = camera.params[0];
  return StrCat("a focal length of ", focal, " px for an image of ", camera.width, " x ", camera.height,
                " px is a view of ", FormatFixed(FieldOfView(camera), 1), " degrees, ",
                focal < kFocalOfShares_px ? "and looks like a share of the image's width: multiply it by the width"
                                          : "which no such lens has: write it in px");
}

// Leaves out the photos whose view is too wide.
void CheckFocalLengths(const std::string& source, std::vector<PosedPhoto>& photos, const LogSink& log) {
  Faults wide, narrow;
  std::vector<PosedPhoto> kept;
  for (PosedPhoto& photo : photos) {
    const Intrinsics& camera = photo.intrinsics;
    const double view = IsSupported(camera.model) ? FieldOfView(camera) : kNarrowestView;
    const double widest = IsSupported(camera.model) && IsFisheye(camera.model) ? kWidestFisheyeView : kWidestView;
    if (view < kNarrowestView) narrow.Add(photo, FocalText(camera));
    if (view > widest) {
      wide.Add(photo, FocalText(camera));
    } else {
      kept.push_back(std::move(photo));
    }
  }
  SPLAT_CHECK(!kept.empty(), source, ": ", wide.example);
  wide.Warn(log, source, "; left out");
  narrow.Warn(log, source, "");
  photos = std::move(kept);
}

bool HaveOnePose(const std::vector<PosedPhoto>& photos) {
  const Rigid3 first = Inverse(photos.front().camera_from_world);
  return std::all_of(photos.begin(), photos.end(), [&](const PosedPhoto& photo) {
    const Rigid3 pose = Inverse(photo.camera_from_world);
    double turned = 0;
    for (int i = 0; i < 3; ++i) turned = std::max(turned, Norm(Row(pose.rotation, i) - Row(first.rotation, i)));
    return turned <= kSameRotation &&
           Norm(pose.translation - first.translation) <= kSamePlace * Norm(first.translation);
  });
}

}  // namespace

std::vector<PosedPhoto> CheckCameras(const SceneDescription& scene, const LogSink& log) {
  std::vector<PosedPhoto> photos = scene.photos;
  CheckPrincipalPoints(scene.source, photos, log);
  CheckFocalLengths(scene.source, photos, log);
  if (photos.size() > 1 && HaveOnePose(photos)) {
    LogWarning(log, StrCat(scene.source, ": all ", photos.size(), " photos have one and the same pose, from which no ",
                           "shape can be learned; give poses that differ (--poses sfm lets COLMAP find them)"));
  }
  CheckPoseConvention(scene, photos, log);
  return photos;
}

}  // namespace splat::data
