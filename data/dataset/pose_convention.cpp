#include "data/dataset/pose_convention.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/scene_alignment.h"
#include "data/poses/points_in_view.h"

namespace splat::data {
namespace {

constexpr double kMost = 0.9;          // of the cameras
constexpr double kInView = 0.3;        // of the points, at least, by another convention
constexpr double kLeftInView = 0.1;    // x what is in view with turned axes: what may be in view as written
constexpr double kInverseFewer = 0.5;  // the same, of inverse poses: with these, part of the points is often in view

// About x, between OpenCV's and OpenGL's axes.
Rigid3 Turn() {
  return {{{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}}, {0, 0, 0}};
}

// Photos with the poses of another convention.
struct Reading {
  std::vector<PosedPhoto> photos;
  std::string what;  // the convention
};

template <typename Change>
std::vector<PosedPhoto> WithPoses(std::vector<PosedPhoto> photos, const Change& change) {
  for (PosedPhoto& photo : photos) photo.camera_from_world = change(photo.camera_from_world);
  return photos;
}

// Of a file that holds camera_from_world with the axes that its reader expects, and of one with the others. With T the
// turn between the axes and P = T inverse(M) what a reader of OpenGL's axes makes of the matrix M of a file, the pose
// that is meant is T M = T inverse(P) T, or M = inverse(P) T.
std::vector<Reading> InverseReadings(const SceneDescription& scene, const std::vector<PosedPhoto>& photos) {
  if (!scene.opengl_axes) return {{WithPoses(photos, [](const Rigid3& pose) { return Inverse(pose); }), ""}};
  return {
      {WithPoses(photos, [](const Rigid3& pose) { return Compose(Turn(), Compose(Inverse(pose), Turn())); }), ""},
      {WithPoses(photos, [](const Rigid3& pose) { return Compose(Inverse(pose), Turn()); }), " with OpenCV's axes"}};
}

// Which way cameras look whose axes meet closely.
struct Looks {
  bool at_it = false, away = false;  // nearly all of them
};
Looks LooksWhereAxesMeet(const std::vector<PosedPhoto>& photos) {
  std::vector<Rigid3> poses;
  for (const PosedPhoto& photo : photos) poses.push_back(photo.camera_from_world);
  const auto point = WhereAxesMeetClosely(poses);
  if (!point) return {};
  const auto away =
      std::count_if(poses.begin(), poses.end(), [&](const Rigid3& pose) { return (pose * *point).z < 0; });
  const double most = kMost * double(poses.size());
  return {double(poses.size()) - double(away) >= most, double(away) >= most};
}

std::string Percent(double share) {
  return FormatFixed(100 * share, 0) + " %";
}

// Of cameras that look away from where their axes meet. Returns whether the axes were turned, or something was said.
bool CheckAxes(const SceneDescription& scene, std::vector<PosedPhoto>& photos, const LogSink& log) {
  const auto& points = scene.points.positions;
  if (points.empty()) {
    LogWarning(log, StrCat(scene.source,
                           ": nearly all cameras look away from where their axes meet: unless the photos "
                           "were taken outwards from one place, the axes y and z of each camera have the wrong sign "
                           "(OpenCV's for OpenGL's); negate the second and third column of each rotation"));
    return true;
  }
  std::vector<PosedPhoto> turned = WithPoses(photos, [](const Rigid3& pose) { return Compose(Turn(), pose); });
  const double seen = CountPointsInView(photos, points).by_each;
  const double seen_turned = CountPointsInView(turned, points).by_each;
  if (seen_turned < kInView || seen > kLeftInView * seen_turned) return false;
  LogWarning(
      log, StrCat(scene.source, ": a camera has ", Percent(seen), " of the points in view, and ", Percent(seen_turned),
                  " with its axes y and z turned about: the file has "
                  "OpenCV's axes for OpenGL's, or the reverse; all cameras were turned"));
  photos = std::move(turned);
  return true;
}

// Of cameras whose axes do not meet in front of them.
void CheckInverse(const SceneDescription& scene, std::vector<PosedPhoto>& photos, const LogSink& log) {
  const auto& points = scene.points.positions;
  Reading best;
  double best_seen = -1;
  for (Reading& reading : InverseReadings(scene, photos)) {
    if (!LooksWhereAxesMeet(reading.photos).at_it) continue;
    const double seen = CountPointsInView(reading.photos, points).by_each;
    if (seen <= best_seen) continue;
    best = std::move(reading);
    best_seen = seen;
  }
  if (best.photos.empty()) return;
  if (points.empty()) {
    LogWarning(log, StrCat(scene.source,
                           ": the axes of the cameras do not meet in front of them, but those of the inverse poses do: "
                           "unless the photos were taken outwards from one place, each matrix is the inverse of what "
                           "is meant (camera-from-world for world-from-camera, or the reverse); invert them"));
    return;
  }
  const double seen = CountPointsInView(photos, points).by_each;
  if (best_seen < kInView || seen > kInverseFewer * best_seen) return;
  LogWarning(log,
             StrCat(scene.source, ": a camera has ", Percent(seen), " of the points in view, and ", Percent(best_seen),
                    " by the inverse of its pose: the file has camera-from-world for world-from-camera, or the "
                    "reverse",
                    best.what, "; all poses were inverted"));
  photos = std::move(best.photos);
}

}  // namespace

void CheckPoseConvention(const SceneDescription& scene, std::vector<PosedPhoto>& photos, const LogSink& log) {
  const Looks looks = LooksWhereAxesMeet(photos);
  if (looks.at_it || (looks.away && CheckAxes(scene, photos, log))) return;
  CheckInverse(scene, photos, log);
}

}  // namespace splat::data
