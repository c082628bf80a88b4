#include "data/dataset/turned_photos.h"

#include <map>
#include <optional>

#include "core/check.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"

namespace splat::data {
namespace {

// Colours of points agree with photos by 0.42 to 0.86, with the same turned by 180 degrees by -0.45 to 0.07
// (foreign_points.cpp has the sets).
constexpr double kBetter = 0.2, kPeak = 0.05;
constexpr size_t kLeastPoints = 100;

bool FitUpright(const PointAgreement& stored, const PointAgreement& upright) {
  return stored.points >= kLeastPoints && upright.points >= kLeastPoints && upright.here >= kPointsAgree &&
         upright.here >= stored.here + kBetter && upright.Peak() >= kPeak && upright.Peak() > stored.Peak();
}

}  // namespace

void TurnPhotosToPoints(const std::string& source, const PointCloud& points, std::vector<View>& views,
                        Executor& executor, const LogSink& log) {
  if (points.positions.empty()) return;
  std::map<int, std::vector<size_t>> by_orientation;
  for (size_t i = 0; i < views.size(); ++i) {
    const bool square = views[i].camera.width == views[i].camera.height;
    const int orientation = views[i].exif_orientation;
    const bool sizes_tell = orientation >= 5 && !square;
    if (orientation != 1 && !sizes_tell && !views[i].rotate_to_model) by_orientation[orientation].push_back(i);
  }
  for (const auto& [orientation, indices] : by_orientation) {
    const SmallPhotos photos = ReadSmallPhotos(views, SpreadEvenly(indices, kMostSmallPhotos), executor);
    if (!FitUpright(MeasurePointAgreement(views, photos, points), MeasurePointAgreement(views, photos, points, true))) {
      continue;
    }
    for (const size_t i : indices) views[i].rotate_to_model = true;
    LogWarning(log, StrCat(source, ": ", indices.size(), " photos, as ", views[indices.front()].name,
                           ", show its points once they are turned as their EXIF orientation ", orientation,
                           " asks, and not as they are stored; they were turned"));
  }
}

}  // namespace splat::data
