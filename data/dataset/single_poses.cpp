#include "data/dataset/single_poses.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "core/quantile.h"
#include "core/seen_point.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"
#include "data/dataset/pose_convention.h"

namespace splat::data {
namespace {

// The share of the points that the view with the fewest has in view, of the median view's, and the share that it has
// with turned axes, of real sets, of which all poses are right:
//
//              demo   fox    desk   fern   beer   cup    mouse  lund
//   fewest     0.76   0.53   0.94   0.97   0.94   0.72   1.00   0.14
//   turned     0.00   0.00   0.00   0.00   0.00   0.00   0.00   0.39
//
// Lund is a street with points on all sides, and of few of them in some directions. A camera of a ring whose axes are
// turned has 0.00 to 0.02.
constexpr double kNextToNone = 0.05, kMany = 0.5;
constexpr double kInView = 0.2;             // of the points, by the median view: with fewer, nothing is said
constexpr double kLeastRight = 0.25;        // of the views
constexpr double kMostWithoutPoints = 0.1;  // of the views may be left out
constexpr size_t kLeastViews = 4, kLeastPoints = 100, kPointsTried = 1000;
constexpr double kDeny = 0.1;  // a photo that agrees less with the points that it has in view does not show them
constexpr size_t kLeastDenied = 40;

Camera Turned(Camera camera) {
  camera.camera_from_world = Compose(TurnOfAxes(), camera.camera_from_world);
  return camera;
}

double ShareInView(const Camera& camera, const std::vector<Vec3<double>>& points) {
  const auto seen = std::count_if(points.begin(), points.end(),
                                  [&](const Vec3<double>& point) { return SeenAt(camera, point).has_value(); });
  return double(seen) / double(points.size());
}

// What each view has of the points, x what the median view has of them by its better reading.
struct Shares {
  std::vector<double> written, turned;
  double median = 0;  // of the points
};

Shares SharesOf(const std::vector<View>& views, const std::vector<Vec3<double>>& points, Executor& executor) {
  const std::vector<Vec3<double>> some = SpreadEvenly(points, kPointsTried);
  Shares shares;
  shares.written.resize(views.size());
  shares.turned.resize(views.size());
  executor.Run(int64_t(views.size()), [&](int64_t i) {
    const Camera& camera = views[size_t(i)].camera;
    shares.written[size_t(i)] = ShareInView(camera, some);
    shares.turned[size_t(i)] = ShareInView(Turned(camera), some);
  });
  std::vector<double> larger;
  for (size_t i = 0; i < views.size(); ++i) larger.push_back(std::max(shares.written[i], shares.turned[i]));
  shares.median = Median(larger);
  for (std::vector<double>* values : {&shares.written, &shares.turned}) {
    for (double& value : *values) value = shares.median > 0 ? value / shares.median : 0;
  }
  return shares;
}

// Whether the photos of these views show the points once their axes are turned, and not as they are written.
bool ShowPointsTurned(const PointCloud& points, const std::vector<View>& views, const std::vector<size_t>& indices,
                      Executor& executor) {
  const SmallPhotos photos = ReadSmallPhotos(views, SpreadEvenly(indices, kMostSmallPhotos), executor);
  const PointAgreement written = MeasurePointAgreement(views, photos, points);
  std::vector<View> turned = views;
  for (const size_t i : photos.views) turned[i].camera = Turned(views[i].camera);
  return ShowPointsBy(MeasurePointAgreement(turned, photos, points), written);
}

// False where the view has no point in view, or its photo shows other colours in all places of those that it has.
bool MaySeeSome(const PointCloud& points, const std::vector<View>& views, size_t index, Executor& executor) {
  const PointCloud seen = PointsInView(views[index].camera, points);
  if (seen.positions.size() < kLeastDenied) return !seen.positions.empty();
  const PointAgreement agreement = MeasurePointAgreement(views, ReadSmallPhotos(views, {index}, executor), seen);
  return agreement.points < kLeastDenied || agreement.here >= kDeny || agreement.Peak() >= kLeastPeak;
}

std::string NamesOf(const std::vector<View>& views, const std::vector<size_t>& indices) {
  std::vector<std::string> names;
  for (const size_t i : indices) names.push_back(views[i].name);
  return NamesInBrief(names);
}

// The beginning of a warning, of views that have next to none of the points.
std::string Begin(const std::string& source, const std::vector<View>& views, const std::vector<size_t>& indices,
                  const Shares& shares) {
  double most = 0;
  for (const size_t i : indices) most = std::max(most, shares.written[i]);
  return StrCat(source, ": ", indices.size(), " of ", views.size(), " cameras (", NamesOf(views, indices), ") have ",
                most > 0 ? StrCat("at most ", FormatFixed(100 * most * shares.median, 0), " %") : "none",
                " of the points in view, the others ", FormatFixed(100 * shares.median, 0), " %");
}

void LeaveOut(const std::vector<size_t>& indices, std::vector<View>& views) {
  for (auto i = indices.rbegin(); i != indices.rend(); ++i) views.erase(views.begin() + std::ptrdiff_t(*i));
}

}  // namespace

void MendSinglePoses(const std::string& source, const PointCloud& points, std::vector<View>& views, Executor& executor,
                     const LogSink& log) {
  if (views.size() < kLeastViews || points.positions.size() < kLeastPoints) return;
  const Shares shares = SharesOf(views, points.positions, executor);
  if (shares.median < kInView) return;
  std::vector<size_t> turned, blind;
  size_t right = 0;
  for (size_t i = 0; i < views.size(); ++i) {
    if (shares.written[i] >= kMany) ++right;
    if (shares.written[i] > kNextToNone) continue;
    (shares.turned[i] >= kMany ? turned : blind).push_back(i);
  }
  if (double(right) < kLeastRight * double(views.size())) return;
  if (turned.empty() || !ShowPointsTurned(points, views, turned, executor)) {
    blind.insert(blind.end(), turned.begin(), turned.end());
    std::sort(blind.begin(), blind.end());
  } else {
    LogWarning(log, StrCat(Begin(source, views, turned, shares),
                           ", and as many once their axes y and z are turned about, which their photos confirm: they "
                           "have OpenCV's axes for OpenGL's, or the reverse; they were turned"));
    for (const size_t i : turned) views[i].camera = Turned(views[i].camera);
  }
  const auto sees = [&](size_t i) { return MaySeeSome(points, views, i, executor); };
  blind.erase(std::remove_if(blind.begin(), blind.end(), sees), blind.end());
  if (blind.empty()) return;
  const bool few = double(blind.size()) <= std::max(1.0, kMostWithoutPoints * double(views.size()));
  LogWarning(log, StrCat(Begin(source, views, blind, shares),
                         few ? ": their poses are taken to be wrong; they were left out"
                             : ": check their poses, unless these photos show what has no points"));
  if (few) LeaveOut(blind, views);
}

}  // namespace splat::data
