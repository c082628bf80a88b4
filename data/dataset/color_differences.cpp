#include "data/dataset/color_differences.h"

#include <array>
#include <cmath>
#include <exception>
#include <map>
#include <optional>

#include "core/quantile.h"
#include "core/seen_point.h"
#include "data/dataset/view_image.h"

namespace splat::data {
namespace {

constexpr size_t kMostPhotos = 40, kMostPoints = 4000;
constexpr size_t kLeastPhotos = 3;              // that see a point, and that are compared
constexpr size_t kLeastPoints = 30;             // that a photo sees
constexpr int kRounds = 8;                      // of medians over points and over photos in turns
constexpr int kDarkest = 10, kBrightest = 245;  // of 255: beyond, a value may have been clipped

using Stops = std::array<double, 3>;
using PointBrightness = std::map<size_t, Stops>;  // brightness of a photo's points, by the point

// Brightness of 3 x 3 pixels; nothing where they may be clipped or do not count.
std::optional<Stops> BrightnessAt(const ViewImage& photo, int x, int y) {
  const Image8& image = photo.image;
  if (x < 1 || y < 1 || x >= image.width - 1 || y >= image.height - 1) return std::nullopt;
  Stops stops = {};
  for (size_t c = 0; c < 3; ++c) {
    int sum = 0;
    for (int v = y - 1; v <= y + 1; ++v) {
      for (int u = x - 1; u <= x + 1; ++u) {
        if (!photo.weights.pixels.empty() && *photo.weights.At(u, v) < 255) return std::nullopt;
        const int value = image.At(u, v)[c];
        if (value < kDarkest || value > kBrightest) return std::nullopt;
        sum += value;
      }
    }
    stops[c] = std::log2(sum / 9.0);
  }
  return stops;
}

PointBrightness BrightnessOfPoints(const View& view, const ViewImage& photo, const std::vector<Vec3<double>>& points) {
  PointBrightness brightness;
  const size_t step = points.size() / kMostPoints + 1;
  for (size_t i = 0; i < points.size(); i += step) {
    const auto seen = SeenAt(view.camera, points[i]);
    if (!seen) continue;
    if (const auto stops = BrightnessAt(photo, int(seen->x), int(seen->y))) brightness[i] = *stops;
  }
  return brightness;
}

// What each photo's channel is brighter by than the mean of the photos: brightness = point + photo, by medians.
std::vector<double> ChannelStops(const std::vector<PointBrightness>& photos, size_t channel) {
  std::vector<double> stops(photos.size(), 0);
  for (int round = 0; round < kRounds; ++round) {
    std::map<size_t, std::vector<double>> of_points;
    for (size_t p = 0; p < photos.size(); ++p) {
      for (const auto& [point, seen] : photos[p]) of_points[point].push_back(seen[channel] - stops[p]);
    }
    std::map<size_t, double> brightness;
    for (const auto& [point, seen] : of_points) {
      if (seen.size() >= kLeastPhotos) brightness[point] = Median(seen);
    }
    double mean = 0;
    for (size_t p = 0; p < photos.size(); ++p) {
      std::vector<double> differences;
      for (const auto& [point, seen] : photos[p]) {
        const auto found = brightness.find(point);
        if (found != brightness.end()) differences.push_back(seen[channel] - found->second);
      }
      if (!differences.empty()) stops[p] = Median(differences);
      mean += stops[p] / double(photos.size());
    }
    for (double& value : stops) value -= mean;
  }
  return stops;
}

}  // namespace

ColorDifferences MeasureColorDifferences(const Dataset& dataset, const LogSink& log) {
  ColorDifferences result;
  std::vector<PointBrightness> photos;
  const std::vector<int> training = dataset.ViewsOf(Split::kTrain);
  const size_t step = (training.size() + kMostPhotos - 1) / kMostPhotos;
  for (size_t i = 0; i < training.size(); i += step) {
    const View& view = dataset.views[size_t(training[i])];
    try {
      PointBrightness brightness =
          BrightnessOfPoints(view, LoadView(view, dataset.background, nullptr), dataset.points.positions);
      if (brightness.size() < kLeastPoints) continue;
      photos.push_back(std::move(brightness));
      result.views.push_back(training[i]);
    } catch (const std::exception& error) {
      LogInfo(log, error.what());  // the training will tell
    }
  }
  if (photos.size() < kLeastPhotos) return {};
  const std::array<std::vector<double>, 3> stops = {ChannelStops(photos, 0), ChannelStops(photos, 1),
                                                    ChannelStops(photos, 2)};
  double exposure = 0, white_balance = 0;
  for (size_t p = 0; p < photos.size(); ++p) {
    const double mean = (stops[0][p] + stops[1][p] + stops[2][p]) / 3;
    result.exposures.push_back(mean);
    exposure += mean * mean;
    for (const std::vector<double>& channel : stops) white_balance += (channel[p] - mean) * (channel[p] - mean) / 3;
  }
  result.exposure = std::sqrt(exposure / double(photos.size()));
  result.white_balance = std::sqrt(white_balance / double(photos.size()));
  return result;
}

}  // namespace splat::data
