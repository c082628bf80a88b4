#include "data/dataset/camera_sanity.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/constants.h"
#include "core/format.h"
#include "data/dataset/pose_convention.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr double kWidestView = 170, kWidestFisheyeView = 360, kNarrowestView = 0.5;  // degrees
constexpr double kFocalOfShares_px = 10;                    // a smaller one is a share of the image's width
constexpr double kLeastShare = 0.25, kLargestShare = 0.75;  // of a principal point written as a share
constexpr double kEdge_px = 1;                              // a principal point so near to the edge is not inside
constexpr double kSameRotation = 1e-6, kSamePlace = 1e-9;   // the latter x the distance from the origin

// The view along the side where it is wider, without the distortion.
struct FieldOfView {
  double focal = 0;    // px, of that side
  double degrees = 0;  // no lens has more than `widest`
  double widest = kWidestView;
};

FieldOfView FieldOfViewOf(const Intrinsics& intrinsics) {
  const Lens lens = MakeLens(intrinsics);
  const double along_x = intrinsics.width / lens.fx, along_y = intrinsics.height / lens.fy;
  const double sides = std::max(along_x, along_y);
  FieldOfView view;
  view.focal = along_x >= along_y ? lens.fx : lens.fy;
  view.degrees = kDegreesPerRadian * (lens.fisheye ? sides : 2 * std::atan(0.5 * sides));
  if (lens.fisheye) view.widest = kWidestFisheyeView;
  return view;
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
    double* const principal_point = &camera.params[size_t(CameraModelFocalCount(camera.model))];
    double &cx = principal_point[0], &cy = principal_point[1];
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

std::string FocalText(const Intrinsics& camera, const FieldOfView& view) {
  return StrCat("a focal length of ", view.focal, " px for an image of ", camera.width, " x ", camera.height,
                " px is a view of ", FormatFixed(view.degrees, 1), " degrees, ",
                view.focal < kFocalOfShares_px ? "and looks like a share of the image's width: multiply it by the width"
                                               : "which no such lens has: write it in px");
}

// Leaves out the photos whose view is too wide.
void CheckFocalLengths(const std::string& source, std::vector<PosedPhoto>& photos, const LogSink& log) {
  Faults wide, narrow;
  std::vector<PosedPhoto> kept;
  for (PosedPhoto& photo : photos) {
    const Intrinsics& camera = photo.intrinsics;
    if (IsSupported(camera.model)) {
      const FieldOfView view = FieldOfViewOf(camera);
      if (view.degrees < kNarrowestView) narrow.Add(photo, FocalText(camera, view));
      if (view.degrees > view.widest) {
        wide.Add(photo, FocalText(camera, view));
        continue;
      }
    }
    kept.push_back(std::move(photo));
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
