#include "data/dataset/pose_convention.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/camera.h"
#include "core/check.h"
#include "core/format.h"
#include "data/dataset/scene_alignment.h"
#include "data/poses/points_in_view.h"

namespace splat::data {
namespace {

constexpr double kMost = 0.9;                    // of the cameras
constexpr double kInView = 0.3;                  // of the points, at least, by another convention
constexpr double kLeftInView = 0.1;              // x what is in view with turned axes: what may be in view as written
constexpr double kUpright = 0.6, kRolled = 0.3;  // length of the mean of the cameras' upward directions
constexpr double kInverseFewer = 0.7;  // the same, of inverse poses: with these, part of the points is often in view

using Poses = std::vector<Rigid3>;  // of photos, in their order

Poses PosesOf(const std::vector<PosedPhoto>& photos) {
  Poses poses;
  poses.reserve(photos.size());
  for (const PosedPhoto& photo : photos) poses.push_back(photo.camera_from_world);
  return poses;
}

// The poses that another convention makes of those that are written.
struct Reading {
  Poses poses;
  std::string what;  // the end of the warning of it
};

template <typename Change>
Poses Changed(Poses poses, const Change& change) {
  for (Rigid3& pose : poses) pose = change(pose);
  return poses;
}

// Returns the poses of a file that holds camera_from_world with the axes that its reader expects, and of one with the
// other axes. With T the turn between the axes and P = T inverse(M) what a reader of OpenGL's axes makes of the matrix
// M of a file, the pose that is meant is T M = T inverse(P) T, or M = inverse(P) T.
std::vector<Reading> InverseReadings(const SceneDescription& scene, const Poses& written) {
  const std::string begin =
      " by the inverse of its pose: the file has camera-from-world for world-from-camera, or the reverse";
  const std::string end = "; all poses were inverted";
  if (!scene.opengl_axes) return {{Changed(written, [](const Rigid3& pose) { return Inverse(pose); }), begin + end}};
  return {
      {Changed(written, [](const Rigid3& pose) { return Compose(TurnOfAxes(), Compose(Inverse(pose), TurnOfAxes())); }),
       begin + end},
      {Changed(written, [](const Rigid3& pose) { return Compose(Inverse(pose), TurnOfAxes()); }),
       begin + ", with OpenCV's axes" + end}};
}

// Returns the poses of a file with OpenGL's axes whose rotations have rows for columns, beside translations that are
// right. With R the rotation that its reader made of the matrix M of a file, M = transpose(R) T, and T M is meant.
Reading TransposedReading(const Poses& written) {
  return {Changed(written,
                  [](const Rigid3& pose) {
                    const Mat3<double> turn = TurnOfAxes().rotation;
                    const Mat3<double> rotation = turn * (Transpose(pose.rotation) * turn);
                    return Rigid3{rotation, -(rotation * CameraCenterInWorld(pose))};
                  }),
          " with the rotation of each matrix transposed: the file has its rows for its columns; all rotations were "
          "transposed"};
}

// Which way cameras look whose axes meet closely.
struct Looks {
  bool at_it = false, away = false;  // nearly all of them
};
Looks LooksWhereAxesMeet(const Poses& poses) {
  const auto point = WhereAxesMeetClosely(poses);
  if (!point) return {};
  const auto away =
      std::count_if(poses.begin(), poses.end(), [&](const Rigid3& pose) { return (pose * *point).z < 0; });
  const double most = kMost * double(poses.size());
  return {double(poses.size()) - double(away) >= most, double(away) >= most};
}

// The length of the mean of the cameras' upward unit vectors: near 1 for photos that people take, and small for cameras
// that are rolled in all directions.
double Uprightness(const Poses& poses) {
  Vec3<double> sum = {0, 0, 0};
  for (const Rigid3& pose : poses) sum = sum + Row(pose.rotation, 1);
  return Norm(sum) / double(poses.size());
}

// Whether the inverse poses of `reading` may be what is meant. They are of upright cameras that look at one place, and
// those that are written look at none, or are rolled in all directions.
bool MayBeMeant(const Reading& reading, const Poses& written, bool written_looks_at_it) {
  return LooksWhereAxesMeet(reading.poses).at_it && Uprightness(reading.poses) >= kUpright &&
         (!written_looks_at_it || Uprightness(written) <= kRolled);
}

// How much of the points photos have in view from these poses.
double SeenFrom(const Poses& poses, const std::vector<PosedPhoto>& photos, const SceneDescription& scene) {
  std::vector<PosedPhoto> seeing(photos.size());  // with what counts here alone: observations are many
  for (size_t i = 0; i < photos.size(); ++i) {
    seeing[i].intrinsics = photos[i].intrinsics;
    seeing[i].camera_from_world = poses[i];
  }
  return CountPointsInView(seeing, scene.points.positions).by_each;
}

std::string Percent(double share) {
  return FormatFixed(100 * share, 0) + " %";
}

void SayThatAxesAreTurned(const SceneDescription& scene, const LogSink& log) {
  LogWarning(log, StrCat(scene.source,
                         ": nearly all cameras look away from where their axes meet: unless the photos "
                         "were taken outwards from one place, the axes y and z of each camera have the wrong sign "
                         "(OpenCV's for OpenGL's); negate the second and third column of each rotation"));
}

void SayThatPosesAreInverse(const SceneDescription& scene, const LogSink& log) {
  LogWarning(log, StrCat(scene.source,
                         ": the cameras do not look at one place, or are rolled in all directions, but the inverse "
                         "poses look at one: unless the photos were taken outwards from one place, each matrix is the "
                         "inverse of what is meant (camera-from-world for world-from-camera, or the reverse); invert "
                         "them"));
}

void SayThatRotationsAreTransposed(const SceneDescription& scene, const LogSink& log) {
  LogWarning(log, StrCat(scene.source,
                         ": the cameras do not look at one place, or are rolled in all directions, but do look at one "
                         "with the rotation of each matrix transposed: unless the photos were taken outwards from one "
                         "place, its rows stand for its columns; transpose them"));
}

}  // namespace

Rigid3 TurnOfAxes() {
  return {{{{1, 0, 0}, {0, -1, 0}, {0, 0, -1}}}, {0, 0, 0}};
}

void CheckPoseConvention(const SceneDescription& scene, std::vector<PosedPhoto>& photos, const LogSink& log) {
  const Poses written = PosesOf(photos);
  const Looks looks = LooksWhereAxesMeet(written);
  std::vector<Reading> inverses;
  for (Reading& reading : InverseReadings(scene, written)) {
    if (MayBeMeant(reading, written, looks.at_it)) inverses.push_back(std::move(reading));
  }
  std::optional<Reading> transposed;
  if (scene.opengl_axes) transposed = TransposedReading(written);
  if (transposed && !MayBeMeant(*transposed, written, looks.at_it)) transposed.reset();
  const bool rolled_inverse = !inverses.empty() && Uprightness(written) <= kRolled;
  if (scene.points.positions.empty()) {
    if (looks.away && !rolled_inverse) return SayThatAxesAreTurned(scene, log);
    if (!inverses.empty()) return SayThatPosesAreInverse(scene, log);
    if (transposed) SayThatRotationsAreTransposed(scene, log);
    return;
  }
  if (!looks.away && inverses.empty() && !transposed) return;
  const double seen = SeenFrom(written, photos, scene);
  Reading best;
  double best_seen = kInView;
  const auto consider = [&](Reading& reading, double most_as_written) {
    const double by_it = SeenFrom(reading.poses, photos, scene);
    if (by_it < best_seen || seen > most_as_written * by_it) return;
    best = std::move(reading);
    best_seen = by_it;
  };
  if (looks.away && !rolled_inverse) {
    Reading turned = {Changed(written, [](const Rigid3& pose) { return Compose(TurnOfAxes(), pose); }),
                      " with its axes y and z turned about: the file has OpenCV's axes for OpenGL's, or the reverse; "
                      "all cameras were turned"};
    consider(turned, kLeftInView);
  }
  for (Reading& reading : inverses) consider(reading, kInverseFewer);
  if (transposed) consider(*transposed, kInverseFewer);
  if (best.poses.empty()) {
    if (rolled_inverse) SayThatPosesAreInverse(scene, log);
    return;
  }
  LogWarning(log, StrCat(scene.source, ": a camera has ", Percent(seen), " of the points in view, and ",
                         Percent(best_seen), best.what));
  for (size_t i = 0; i < photos.size(); ++i) photos[i].camera_from_world = best.poses[i];
}

}  // namespace splat::data
