#include "data/dataset/camera_sanity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "core/check.h"
#include "core/constants.h"
#include "core/format.h"
#include "data/dataset/photo_faults.h"
#include "data/dataset/pose_convention.h"
#include "data/photos/lens.h"
#include "data/photos/lens_reach.h"
#include "data/photos/undistort.h"

namespace splat::data {
namespace {

constexpr double kWidestView = 170, kWidestFisheyeView = 360, kNarrowestView = 0.5, kNoView = 0.02;  // degrees
constexpr double kFocalOfShares_px = 10;                    // a smaller one is a share of the image's width
constexpr double kLeastShare = 0.25, kLargestShare = 0.75;  // of a principal point written as a share
constexpr double kEdge_px = 1;                              // a principal point so near to the edge is not inside
constexpr double kMostStretched = 2.5;                      // fx / fy or its inverse; anamorphic lenses have 2
// These are limits of a distortion (data/photos/lens_reach.h): no lens is beyond the first of each pair, and no usual
// lens beyond the second.
constexpr double kLeastUnfolded = 0.25, kUnfoldedUsually = 0.75;
constexpr double kMostBent = 3, kMostOutwards = 1.5;
constexpr double kSameRotation = 1e-6, kSamePlace = 1e-9;  // the latter x the distance from the origin

// The view along the side where it is wider, without the distortion.
struct FieldOfView {
  double focal = 0;    // px, of that side
  double degrees = 0;  // no lens has more than `widest`
  double widest = kWidestView;
  double off_axis = 0;  // degrees, of the ray through the middle of the image
};

FieldOfView FieldOfViewOf(const Intrinsics& intrinsics) {
  const Lens lens = MakeLens(intrinsics);
  const double along_x = intrinsics.width / lens.fx, along_y = intrinsics.height / lens.fy;
  const double sides = std::max(along_x, along_y);
  FieldOfView view;
  view.focal = along_x >= along_y ? lens.fx : lens.fy;
  view.degrees = kDegreesPerRadian * (lens.fisheye ? sides : 2 * std::atan(0.5 * sides));
  if (lens.fisheye) view.widest = kWidestFisheyeView;
  const double offset =
      std::hypot((0.5 * intrinsics.width - lens.cx) / lens.fx, (0.5 * intrinsics.height - lens.cy) / lens.fy);
  view.off_axis = kDegreesPerRadian * (lens.fisheye ? offset : std::atan(offset));
  return view;
}

// Leaves out the photos of which `why` says something, in one line for each fault. Throws what it says if that leaves
// none.
template <typename Why>
void LeaveOut(const std::string& source, std::vector<PosedPhoto>& photos, const Why& why, const LogSink& log) {
  PhotoFaults faults;
  std::vector<PosedPhoto> kept;
  for (PosedPhoto& photo : photos) {
    const std::string what = why(photo);
    if (what.empty()) {
      kept.push_back(std::move(photo));
    } else {
      faults.Add(photo.name, what);
    }
  }
  SPLAT_CHECK(!kept.empty() || faults.empty(), source, faults.Summary());
  faults.Warn(log, source, "; left out");
  photos = std::move(kept);
}

std::string ProblemOf(const PosedPhoto& photo) {
  return photo.problem;
}

std::string WhyNotHandled(const PosedPhoto& photo) {
  try {
    MakeLens(photo.intrinsics);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string PointText(double x, double y) {
  return StrCat("(", x, ", ", y, ")");
}

void ReadShares(const std::string& source, std::vector<PosedPhoto>& photos, const LogSink& log) {
  PhotoFault shares;
  for (PosedPhoto& photo : photos) {
    Intrinsics& camera = photo.intrinsics;
    double* const principal_point = &camera.params[size_t(CameraModelFocalCount(camera.model))];
    double &cx = principal_point[0], &cy = principal_point[1];
    const auto is_share = [](double value) { return value >= kLeastShare && value <= kLargestShare; };
    if (!is_share(cx) || !is_share(cy)) continue;
    shares.Add(photo.name, StrCat("the principal point ", PointText(cx, cy),
                                  " is read as a share of the image's width and height; write it in px"));
    cx *= camera.width;
    cy *= camera.height;
  }
  shares.Warn(log, source, "");
}

void WarnOfPrincipalPoints(const std::string& source, const std::vector<PosedPhoto>& photos, const LogSink& log) {
  PhotoFault outside;
  for (const PosedPhoto& photo : photos) {
    const Intrinsics& camera = photo.intrinsics;
    const Lens lens = MakeLens(camera);
    const auto is_inside = [](double value, int side) { return value >= kEdge_px && value <= side - kEdge_px; };
    if (is_inside(lens.cx, camera.width) && is_inside(lens.cy, camera.height)) continue;
    outside.Add(photo.name, StrCat("the principal point ", PointText(lens.cx, lens.cy),
                                   " px is not inside the image of ", camera.width, " x ", camera.height,
                                   " px, which is right for parts of larger photos alone; correct cx and cy"));
  }
  outside.Warn(log, source, "");
}

std::string FocalText(const Intrinsics& camera, const FieldOfView& view) {
  return StrCat("a focal length of ", view.focal, " px for an image of ", camera.width, " x ", camera.height,
                " px is a view of ", FormatFixed(view.degrees, view.degrees < kNoView ? 6 : 1), " degrees, ",
                view.focal < kFocalOfShares_px ? "and looks like a share of the image's width: multiply it by the width"
                                               : "which no such lens has: write it in px");
}

// Why there is no such camera; empty where there may be.
std::string WhyNoSuchView(const PosedPhoto& photo) {
  const Intrinsics& camera = photo.intrinsics;
  const FieldOfView view = FieldOfViewOf(camera);
  if (view.degrees > view.widest || view.degrees < kNoView) return FocalText(camera, view);
  if (view.off_axis <= 0.5 * view.widest) return "";
  const Lens lens = MakeLens(camera);
  return StrCat("the principal point ", PointText(lens.cx, lens.cy), " px is so far outside of the image of ",
                camera.width, " x ", camera.height, " px that its middle is ", FormatFixed(view.off_axis, 1),
                " degrees off the axis, which no photo is; correct cx and cy");
}

void WarnOfStrangeViews(const std::string& source, const std::vector<PosedPhoto>& photos, const LogSink& log) {
  PhotoFault narrow, stretched;
  for (const PosedPhoto& photo : photos) {
    const Intrinsics& camera = photo.intrinsics;
    const FieldOfView view = FieldOfViewOf(camera);
    if (view.degrees < kNarrowestView) narrow.Add(photo.name, FocalText(camera, view));
    const Lens lens = MakeLens(camera);
    if (std::max(lens.fx, lens.fy) <= kMostStretched * std::min(lens.fx, lens.fy)) continue;
    stretched.Add(photo.name, StrCat("the focal lengths ", lens.fx, " and ", lens.fy,
                                     " px differ by more than those of any lens; correct fx and fy"));
  }
  narrow.Warn(log, source, "");
  stretched.Warn(log, source, "");
}

std::string DistortionText(const Intrinsics& camera) {
  std::string text;
  for (size_t i = size_t(CameraModelFocalCount(camera.model)) + 2; i < camera.params.size(); ++i) {
    text += StrCat(text.empty() ? "" : ", ", camera.params[i]);
  }
  return StrCat("the distortion (", text, ") of the ", CameraModelName(camera.model), " camera");
}

// What `find` finds of cameras, once for each, since photos may share one.
template <typename Finding>
class OfEachCamera {
 public:
  explicit OfEachCamera(Finding (*find)(const Intrinsics&)) : find_(find) {}
  const Finding& operator()(const Intrinsics& camera) {
    const auto [entry, added] = known_.try_emplace({camera.model, camera.width, camera.height, camera.params});
    if (added) entry->second = find_(camera);
    return entry->second;
  }

 private:
  Finding (*find_)(const Intrinsics&);
  std::map<std::tuple<CameraModel, int, int, std::vector<double>>, Finding> known_;
};

// Why no lens bends so; empty where one may.
std::string WhyNoSuchLens(const PosedPhoto& photo, const LensReach& reach) {
  const double most = std::max(reach.outwards, reach.inwards);
  if (most > kMostBent) {
    return StrCat(DistortionText(photo.intrinsics), " moves the edge of the image by a factor of ",
                  FormatFixed(most, 1), ", which no lens does; correct it, or set it to zero");
  }
  if (reach.unfolded >= kLeastUnfolded) return "";
  return StrCat(DistortionText(photo.intrinsics), " folds the image back on itself ",
                FormatFixed(100 * reach.unfolded, 0), " % of the way to its edge; correct it, or set it to zero");
}

// Why nothing is left of an image; empty where something is.
std::string WhyNoImage(const Intrinsics& camera) {
  try {
    UndistortedCamera(camera);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void WarnOfStrangeLenses(const std::string& source, const std::vector<PosedPhoto>& photos,
                         OfEachCamera<LensReach>& reach_of, const LogSink& log) {
  PhotoFault folded, bent;
  for (const PosedPhoto& photo : photos) {
    const LensReach& reach = reach_of(photo.intrinsics);
    if (reach.unfolded < kUnfoldedUsually) {
      folded.Add(photo.name, StrCat(DistortionText(photo.intrinsics), " folds the image back on itself ",
                                    FormatFixed(100 * reach.unfolded, 0),
                                    " % of the way to its edge, and what lies beyond is cut off; correct it"));
    } else if (reach.outwards > kMostOutwards) {
      bent.Add(photo.name,
               StrCat(DistortionText(photo.intrinsics), " moves the edge of the image outwards by a factor of ",
                      FormatFixed(reach.outwards, 2), ", more than lenses do; check it"));
    }
  }
  folded.Warn(log, source, "");
  bent.Warn(log, source, "");
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
  const std::string source = scene.source + ": ";
  LeaveOut("", photos, ProblemOf, log);
  LeaveOut(source, photos, WhyNotHandled, log);
  ReadShares(source, photos, log);
  LeaveOut(source, photos, WhyNoSuchView, log);
  OfEachCamera<LensReach> reach_of(ReachOf);
  OfEachCamera<std::string> no_image_of(WhyNoImage);
  LeaveOut(
      source, photos, [&](const PosedPhoto& photo) { return WhyNoSuchLens(photo, reach_of(photo.intrinsics)); }, log);
  LeaveOut(
      source, photos, [&](const PosedPhoto& photo) { return no_image_of(photo.intrinsics); }, log);
  WarnOfPrincipalPoints(source, photos, log);
  WarnOfStrangeViews(source, photos, log);
  WarnOfStrangeLenses(source, photos, reach_of, log);
  if (photos.size() > 1 && HaveOnePose(photos)) {
    LogWarning(log, StrCat(scene.source, ": all ", photos.size(), " photos have one and the same pose, from which no ",
                           "shape can be learned; give poses that differ (--poses sfm lets COLMAP find them)"));
  }
  CheckPoseConvention(scene, photos, log);
  return photos;
}

}  // namespace splat::data
