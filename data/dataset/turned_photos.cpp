#include "data/dataset/turned_photos.h"

#include <map>

#include "core/check.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"

namespace splat::data {

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
    const PointAgreement stored = MeasurePointAgreement(views, photos, points);
    if (stored.points < kPointsCompared) continue;
    if (!ShowPointsBy(MeasurePointAgreement(views, photos, points, true), stored)) continue;
    for (const size_t i : indices) views[i].rotate_to_model = true;
    LogWarning(log, StrCat(source, ": ", indices.size(), " photos, as ", views[indices.front()].name,
                           ", show its points once they are turned as their EXIF orientation ", orientation,
                           " asks, and not as they are stored; they were turned"));
  }
}

}  // namespace splat::data
