#include "data/dataset/uncolored_points.h"

#include <array>
#include <optional>

#include "core/check.h"
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

std::vector<Color> Known(const std::vector<std::optional<Color>>& colors) {
  std::vector<Color> known;
  for (const auto& color : colors) {
    if (color) known.push_back(*color);
  }
  return known;
}

// What photos show of the points, if it tells more of a channel that is `constant` among them; else empty.
std::vector<std::optional<Color>> ShownColors(const std::vector<View>& views, const PointCloud& points,
                                              const std::array<bool, 3>& constant, Executor& executor) {
  if (points.positions.size() > kMostPointsColored) return {};
  std::vector<std::optional<Color>> shown =
      ColorsInPhotos(views, ReadSomeSmallPhotos(views, kMostSmallPhotos, executor), points);
  const std::array<bool, 3> of_photos = ConstantChannels(Known(shown));  // all, where no photo shows a point
  for (size_t k = 0; k < 3; ++k) {
    if (constant[k] && !of_photos[k]) return shown;
  }
  return {};
}

}  // namespace

void ColorUncoloredPoints(const std::string& source, const std::vector<View>& views, PointCloud& points,
                          Executor& executor, const LogSink& log) {
  if (points.colors.size() < 2) return;
  const std::array<bool, 3> constant = ConstantChannels(points.colors);
  if (constant == std::array<bool, 3>{false, false, false}) return;
  const std::vector<std::optional<Color>> shown = ShownColors(views, points, constant, executor);
  const Color first = points.colors.front();
  const bool black = constant == std::array<bool, 3>{true, true, true} && first.x == 0 && first.y == 0 && first.z == 0;
  if (shown.empty() && !black) return;
  for (size_t i = 0; i < points.colors.size(); ++i) {
    points.colors[i] = shown.empty() ? kUncoloredPoint : shown[i].value_or(kUncoloredPoint);
  }
  LogWarning(log, StrCat(source, ": its points have no colours", black ? ", they are all black" : "", "; they are ",
                         shown.empty() ? "taken as grey" : "given those that the photos show"));
}

}  // namespace splat::data
