#include "data/dataset/misread_cameras.h"

#include <array>

#include "core/check.h"
#include "core/format.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"
#include "data/dataset/pose_convention.h"

namespace splat::data {
namespace {

// PointAgreement::Peak of single photos. Of 351 right poses of seven sets four in a hundred have less than 0.05, the
// medians of the sets are 0.12 to 0.35; of the same cameras rolled one in a hundred has more than 0.05, none more than
// 0.08.
constexpr double kShown = 0.05, kSurelyShown = 0.12;

constexpr size_t kMostPointsTried = 100'000;  // of which each camera sees enough

// Another meaning of a pose.
struct Reading {
  const char* words;  // what the camera is then
  Camera (*of)(Camera written);
};

// The camera rolled about its optical axis; the image's centre stays where it is.
Camera Rolled(Camera camera, double cosine, double sine) {
  const Rigid3 roll = {{{{cosine, -sine, 0}, {sine, cosine, 0}, {0, 0, 1}}}, {0, 0, 0}};
  camera.camera_from_world = Compose(roll, camera.camera_from_world);
  return camera;
}

const std::array<Reading, 5>& Readings() {
  static const std::array<Reading, 5> readings = {{
      {"rolled by half a turn", [](Camera camera) { return Rolled(camera, -1, 0); }},
      {"rolled by a quarter of a turn", [](Camera camera) { return Rolled(camera, 0, 1); }},
      {"rolled back by a quarter of a turn", [](Camera camera) { return Rolled(camera, 0, -1); }},
      {"turned to the other convention of axes (OpenCV's, OpenGL's)",
       [](Camera camera) {
         camera.camera_from_world = Compose(TurnOfAxes(), camera.camera_from_world);
         return camera;
       }},
      {"inverted (camera-from-world for world-from-camera, or the reverse)",
       [](Camera camera) {
         camera.camera_from_world = Inverse(camera.camera_from_world);
         return camera;
       }},
  }};
  return readings;
}

// How well the photo of a view agrees with the points that a camera has in view.
PointAgreement AgreementOf(View view, const Camera& camera, const Image8& photo, const PointCloud& points) {
  const PointCloud seen = PointsInView(camera, points);
  if (seen.positions.size() < kPointsCompared) return {};
  view.camera = camera;
  return MeasurePointAgreement({view}, {{0}, {photo}}, seen);
}

// The reading by which the photo of the view shows the points, if it does not as written; null if there is none.
const Reading* ReadingOf(const View& view, const Image8& photo, const PointCloud& points) {
  const PointAgreement written = AgreementOf(view, view.camera, photo, points);
  if (written.points >= kPointsCompared && written.Peak() >= kShown) return nullptr;
  const Reading* best = nullptr;
  double peak = kSurelyShown;
  for (const Reading& reading : Readings()) {
    const PointAgreement other = AgreementOf(view, reading.of(view.camera), photo, points);
    if (!ShowPointsBy(other, written) || other.Peak() < peak) continue;
    peak = other.Peak();
    best = &reading;
  }
  return best;
}

}  // namespace

void TurnMisreadCameras(const std::string& source, const PointCloud& points, std::vector<View>& views,
                        Executor& executor, const LogSink& log) {
  if (views.size() > kMostCamerasRead || points.positions.size() < kPointsCompared) return;
  const PointCloud some = {SpreadEvenly(points.positions, kMostPointsTried),
                           SpreadEvenly(points.colors, kMostPointsTried)};
  std::vector<const Reading*> found(views.size(), nullptr);
  executor.Run(int64_t(views.size()), [&](int64_t i) {
    SerialExecutor here;
    const SmallPhotos photo = ReadSmallPhotos(views, {size_t(i)}, here);
    if (!photo.images.empty()) found[size_t(i)] = ReadingOf(views[size_t(i)], photo.images.front(), some);
  });
  for (const Reading& reading : Readings()) {
    std::vector<std::string> names;
    for (size_t i = 0; i < views.size(); ++i) {
      if (found[i] != &reading) continue;
      views[i].camera = reading.of(views[i].camera);
      views[i].observations.clear();  // of the photo as it was, or as it is
      names.push_back(views[i].name);
    }
    if (names.empty()) continue;
    LogWarning(log, StrCat(source, ": ", names.size(), " of ", views.size(), " photos (", NamesInBrief(names),
                           ") show its points once their cameras are ", reading.words,
                           ", and not as the poses are written; they were treated so"));
  }
}

}  // namespace splat::data
