#include "data/dataset/uncolored_points.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "core/check.h"
#include "core/spread_evenly.h"
#include "data/dataset/point_agreement.h"

namespace splat::data {
namespace {

using Color = Vec3<uint8_t>;

// Which channels have one value in all colours.
std::array<bool, 3> ConstantChannels(const std::vector<Color>& colors) {
  std::array<bool, 3> constant = {true, true, true};
  for (const Color& color : colors) {
    constant[0] = constant[0] && color.x == colors.front().x;
    constant[1] = constant[1] && color.y == colors.front().y;
    constant[2] = constant[2] && color.z == colors.front().z;
  }
  return constant;
}

bool Any(const std::array<bool, 3>& channels) {
  return channels[0] || channels[1] || channels[2];
}

std::vector<Color> Known(const std::vector<std::optional<Color>>& colors) {
  std::vector<Color> known;
  for (const auto& color : colors) {
    if (color) known.push_back(*color);
  }
  return known;
}

// What photos show of the points; empty where they tell no more than the points' own colours do.
std::vector<std::optional<Color>> ShownColors(const std::vector<View>& views, const PointCloud& points,
                                              Executor& executor) {
  if (points.positions.size() > kMostPointsColored) return {};
  std::vector<size_t> all(views.size());
  std::iota(all.begin(), all.end(), size_t(0));
  const SmallPhotos photos = ReadSmallPhotos(views, SpreadEvenly(all, kMostSmallPhotos), executor);
  std::vector<std::optional<Color>> shown = ColorsInPhotos(views, photos, points);
  const std::vector<Color> known = Known(shown);
  const std::array<bool, 3> of_points = ConstantChannels(points.colors), of_photos = ConstantChannels(known);
  bool tells_more = false;
  for (size_t k = 0; k < 3; ++k) tells_more = tells_more || (of_points[k] && !of_photos[k]);
  return known.empty() || !tells_more ? std::vector<std::optional<Color>>() : shown;
}

}  // namespace

void ColorUncoloredPoints(const std::string& source, const std::vector<View>& views, PointCloud& points,
                          Executor& executor, const LogSink& log) {
  const size_t count = points.colors.size();
  if (count < 2 || !Any(ConstantChannels(points.colors))) return;
  const std::vector<std::optional<Color>> shown = ShownColors(views, points, executor);
  const Color first = points.colors.front();
  const bool black = first.x == 0 && first.y == 0 && first.z == 0 &&
                     ConstantChannels(points.colors) == std::array<bool, 3>{true, true, true};
  if (shown.empty() && !black) return;
  for (size_t i = 0; i < count; ++i)
    points.colors[i] = shown.empty() ? kUncoloredPoint : shown[i].value_or(kUncoloredPoint);
  LogWarning(log, StrCat(source, ": its points have no colours", black ? ", they are all black" : "", "; they are ",
                         shown.empty() ? "taken as grey" : "given those that the photos show"));
}

}  // namespace splat::data
