#include "data/dataset/foreign_points.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/format.h"
#include "core/quantile.h"
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

// Colours that are none of photos: a scale of colours for height, or grey for the intensity of a laser.
constexpr double kVivid = 2, kMoreVivid = 40;  // x the photos' chroma, and beyond that
constexpr double kGrey = 2, kColored = 8;      // chroma of points and photos

constexpr size_t kLeastObservations = 100, kMostObservations = 2000;
constexpr const char* kHowToMend = ": export points and cameras from one project in one coordinate system";
constexpr const char* kOrFocals = ", and see that the focal lengths are those of the photos";
constexpr double kNear = 0.02, kFar = 0.1;  // x the longer side
constexpr double kSuspicious = 0.01;        // structure from motion leaves a tenth of that at most
constexpr double kMended = 0.3;             // x the miss, by other focal lengths

bool HaveColorsOfPhotos(const PointAgreement& agreement) {
  return agreement.point_chroma <= kVivid * agreement.photo_chroma + kMoreVivid &&
         (agreement.point_chroma >= kGrey || agreement.photo_chroma < kColored);
}

// Where a photo shows a point, and where its camera sees it, from the principal point in shares of the longer side.
struct Sighted {
  Vec2<double> shown, seen;

  // With the focal length multiplied by the factor. At most 1, which it is for points behind the camera.
  double Miss(double factor = 1) const {
    const double miss = std::hypot(factor * seen.x - shown.x, factor * seen.y - shown.y);
    return miss < 1 ? miss : 1;
  }
};

Sighted SightedBy(const PosedPhoto& photo, const Lens& lens, const Observation& shown, const PointCloud& points) {
  constexpr double kOutside = 10;  // of every image
  const double side = std::max(photo.intrinsics.width, photo.intrinsics.height);
  const Vec3<double> in_camera = photo.camera_from_world * points.positions[shown.point];
  Sighted sighted = {{(shown.x - lens.cx) / side, (shown.y - lens.cy) / side}, {kOutside, kOutside}};
  if (!(in_camera.z > 0)) return sighted;
  const Vec2<double> at = ProjectThrough(lens, in_camera);
  sighted.seen = {(at.x - lens.cx) / side, (at.y - lens.cy) / side};
  return sighted;
}

// Some observations; none where there are too few to tell anything.
std::vector<Sighted> SomeSighted(const std::vector<PosedPhoto>& photos, const PointCloud& points) {
  size_t all = 0, at = 0;
  for (const PosedPhoto& photo : photos) all += photo.observations.size();
  const size_t step = all / kMostObservations + 1;
  std::vector<Sighted> some;
  for (const PosedPhoto& photo : photos) {
    const size_t begin = (step - at % step) % step;
    at += photo.observations.size();
    if (begin >= photo.observations.size() || !IsSupported(photo.intrinsics.model)) continue;
    const Lens lens = MakeLens(photo.intrinsics);
    for (size_t i = begin; i < photo.observations.size(); i += step) {
      const Observation& shown = photo.observations[i];
      if (shown.point < points.positions.size()) some.push_back(SightedBy(photo, lens, shown, points));
    }
  }
  if (some.size() < kLeastObservations) some.clear();
  return some;
}

double MedianMiss(const std::vector<Sighted>& some, double factor = 1) {
  std::vector<double> misses;
  misses.reserve(some.size());
  for (const Sighted& sighted : some) misses.push_back(sighted.Miss(factor));
  return Median(std::move(misses));
}

// By how many times the focal length points would be about as far from the middle as they are shown.
double FocalFactorByObservations(const std::vector<Sighted>& some) {
  std::vector<double> ratios;
  ratios.reserve(some.size());
  for (const Sighted& sighted : some) {
    ratios.push_back(std::hypot(sighted.shown.x, sighted.shown.y) / std::hypot(sighted.seen.x, sighted.seen.y));
  }
  return Median(std::move(ratios));
}

// Empty where the colours agree, and where there is any doubt.
std::string WhyOtherColors(const std::vector<View>& views, const PointCloud& points, Executor& executor) {
  const std::string why = "has points whose colours are not those that the photos have where they should show them";
  for (const size_t most : {kFirstSmallPhotos, kMostSmallPhotos}) {
    const SmallPhotos photos = ReadSomeSmallPhotos(views, most, executor);
    const PointAgreement agreement = MeasurePointAgreement(views, photos, points);
    const bool known = agreement.points >= kPointsOfSet;
    if (known && (!HaveColorsOfPhotos(agreement) || agreement.here >= kPointsAgree || agreement.Peak() >= kPeak))
      return "";
    if (most != kMostSmallPhotos && views.size() > most) continue;
    return known ? StrCat(why, kHowToMend, kOrFocals) : "";
  }
  return "";
}

std::string PercentOfImage(double miss) {
  return StrCat(FormatFixed(100 * miss, 0), " % of the image in the median");
}

}  // namespace

std::string WhyForeignPoints(const std::vector<PosedPhoto>& photos, const std::vector<View>& views,
                             const PointCloud& points, Executor& executor) {
  const std::vector<Sighted> some = SomeSighted(photos, points);
  const double miss = some.empty() ? -1 : MedianMiss(some);
  if (miss >= 0 && miss <= kNear) return "";
  if (miss > kFar) {
    return StrCat("has points that lie elsewhere than its photos show them, by ", PercentOfImage(miss), kHowToMend,
                  kOrFocals);
  }
  return points.positions.empty() ? "" : WhyOtherColors(views, points, executor);
}

std::string WhyPointsAreBeside(const std::vector<PosedPhoto>& photos, const PointCloud& points) {
  const std::vector<Sighted> some = SomeSighted(photos, points);
  const double miss = some.empty() ? 0 : MedianMiss(some);
  if (miss <= kSuspicious || miss > kFar) return "";
  const double factor = FocalFactorByObservations(some);
  return StrCat("its photos show points beside where its cameras see them, by ", PercentOfImage(miss),
                MedianMiss(some, factor) < kMended * miss
                    ? StrCat("; with ", FormatFixed(factor, 2), " times the focal lengths they agree: correct these")
                    : ": see that poses, focal lengths and points are of one reconstruction");
}

}  // namespace splat::data
