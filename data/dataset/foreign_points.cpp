#include "data/dataset/foreign_points.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/check.h"
#include "core/format.h"
#include "core/quantile.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

// clang-format off
// Agreement of colours in hundredths, `here` and its peak, of the demonstration's photos and seven sets of real ones:
//
//                                     demo    fox     desk    fern    beer    cup     mouse   lund
//   as they are                       85 29   86 29   79 36   65 37   69 35   79 16   67 56   42 38
//   half as bright                    the same, as only ranks count
//   colours with noise of 40 of 255   62 20   68 23   69 32   57 32   43 19   59 12   58 51   39 33
//   places with noise of 0.5 %, of    80 25   75 18   63 21   44 17   53 18   71  8   31 21   13 11
//     1 % of the cameras' distance    73 18   69 12   57 15   39 12   45 13   67  5   20 10    5  3
//   scaled by 2 about their middle    20  0   18  0   21  0    3  3    2 -3   41  0    0  3   -2  2
//   y and z swapped about it           5  2    3  3   10  3    6  2   23  2   15  1    7  4   -1  1
//   x mirrored about it               29  6   27  1    8  2   26  3   34  6   39 -1   -3  0   -7 -2
//   shifted along x by half of the
//     cameras' distance               14 -1   23  7    8  0   19 -1   -2  6   54  2  -10  0   -8 -7
//
// Points that are right stand above both bounds, also with colours of other light. Points that are not are below both,
// but where neighbours look much alike (cup); those are left in. Points of lund, a building far off, are left out if
// they have noise of 1 %; structure from motion and scanners have less.
// clang-format on
constexpr double kPeak = 0.1;
constexpr size_t kLeastPoints = 200;
constexpr size_t kFirstPhotos = 6;

// Colours that are none of photos: a scale of colours for height, or grey for the intensity of a laser.
constexpr double kVivid = 2, kMoreVivid = 40;  // x the photos' chroma, and beyond that
constexpr double kGrey = 2, kColored = 8;      // chroma of points and photos

constexpr size_t kLeastObservations = 100, kMostObservations = 2000;
constexpr const char* kHowToMend = ": export points and cameras from one project in one coordinate system";
constexpr double kNear = 0.02, kFar = 0.1;  // x the longer side

bool HaveColorsOfPhotos(const PointAgreement& agreement) {
  return agreement.point_chroma <= kVivid * agreement.photo_chroma + kMoreVivid &&
         (agreement.point_chroma >= kGrey || agreement.photo_chroma < kColored);
}

// How far from where it is observed a point lies, x the longer side; far for one behind the camera.
double Miss(const PosedPhoto& photo, const Lens& lens, const Observation& seen, const PointCloud& points) {
  const Vec3<double> in_camera = photo.camera_from_world * points.positions[seen.point];
  if (!(in_camera.z > 0)) return 1;
  const Vec2<double> at = ProjectThrough(lens, in_camera);
  const double miss =
      std::hypot(at.x - seen.x, at.y - seen.y) / std::max(photo.intrinsics.width, photo.intrinsics.height);
  return miss < 1 ? miss : 1;
}

// The median miss of some observations; negative where there are too few to tell.
double MedianMiss(const std::vector<PosedPhoto>& photos, const PointCloud& points) {
  size_t all = 0, at = 0;
  for (const PosedPhoto& photo : photos) all += photo.observations.size();
  const size_t step = all / kMostObservations + 1;
  std::vector<double> misses;
  for (const PosedPhoto& photo : photos) {
    const size_t begin = (step - at % step) % step;
    at += photo.observations.size();
    if (begin >= photo.observations.size() || !IsSupported(photo.intrinsics.model)) continue;
    const Lens lens = MakeLens(photo.intrinsics);
    for (size_t i = begin; i < photo.observations.size(); i += step) {
      const Observation& seen = photo.observations[i];
      if (seen.point < points.positions.size()) misses.push_back(Miss(photo, lens, seen, points));
    }
  }
  return misses.size() < kLeastObservations ? -1 : Median(std::move(misses));
}

// Finds by which factor of the focal lengths, 1 apart, the photos show the points best, in steps of 9 % from a third to
// three times. Nothing if they show them by none.
std::optional<double> FocalFactor(const std::vector<View>& views, const SmallPhotos& photos, const PointCloud& points) {
  constexpr int kSteps = 13;
  std::optional<double> best;
  double best_here = kPointsAgree;
  for (int step = -kSteps; step <= kSteps; ++step) {
    const double factor = std::exp2(step / 8.0);
    std::vector<View> tried;
    for (const size_t i : photos.views) {
      tried.push_back(views[i]);
      tried.back().camera.fx *= factor;
      tried.back().camera.fy *= factor;
      Intrinsics& lens = tried.back().intrinsics;
      for (int k = 0; k < CameraModelFocalCount(lens.model); ++k) lens.params[size_t(k)] *= factor;
    }
    SmallPhotos of_tried = {{}, photos.images};
    for (size_t i = 0; i < tried.size(); ++i) of_tried.views.push_back(i);
    const PointAgreement agreement = MeasurePointAgreement(tried, of_tried, points);
    if (agreement.points < kLeastPoints || agreement.here < best_here || agreement.Peak() < kPeak) continue;
    best = factor;
    best_here = agreement.here;
  }
  return best;
}

// Empty where the colours agree, and where there is any doubt.
std::string WhyOtherColors(const std::vector<View>& views, const PointCloud& points, Executor& executor) {
  const std::string why = "has points whose colours are not those that the photos have where they should show them";
  std::vector<size_t> all(views.size());
  std::iota(all.begin(), all.end(), size_t(0));
  for (const size_t most : {kFirstPhotos, kMostSmallPhotos}) {
    const SmallPhotos photos = ReadSmallPhotos(views, SpreadEvenly(all, most), executor);
    const PointAgreement agreement = MeasurePointAgreement(views, photos, points);
    const bool known = agreement.points >= kLeastPoints;
    if (known && (!HaveColorsOfPhotos(agreement) || agreement.here >= kPointsAgree || agreement.Peak() >= kPeak))
      return "";
    if (most != kMostSmallPhotos && views.size() > most) continue;
    if (!known) return "";
    const auto factor = FocalFactor(views, photos, points);
    if (!factor) return StrCat(why, kHowToMend, ", and see that the focal lengths are those of the photos");
    return StrCat(why, ", but are with about ", FormatFixed(*factor, 2),
                  " times the focal lengths: correct these in the poses");
  }
  return "";
}

}  // namespace

std::string WhyForeignPoints(const std::vector<PosedPhoto>& photos, const std::vector<View>& views,
                             const PointCloud& points, Executor& executor) {
  const double miss = MedianMiss(photos, points);
  if (miss >= 0 && miss <= kNear) return "";
  if (miss > kFar) {
    return StrCat("has points that lie elsewhere than its photos show them, by ", FormatFixed(100 * miss, 0),
                  " % of the image in the median", kHowToMend,
                  ", and see that the focal lengths are those of the photos");
  }
  return points.positions.empty() ? "" : WhyOtherColors(views, points, executor);
}

}  // namespace splat::data
