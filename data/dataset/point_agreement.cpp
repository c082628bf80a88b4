#include "data/dataset/point_agreement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/quantile.h"
#include "core/seen_point.h"
#include "core/spread_evenly.h"
#include "data/photos/exif_orientation.h"
#include "data/photos/image_io.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr size_t kMostPoints = 2000;
constexpr double kBeside = 0.03;    // x the longer side
constexpr double kLeastSpread = 2;  // of a channel's values, 0..255: below, it is of one colour
constexpr int kLeastSide_px = 100;  // of a longer side; in smaller photos nothing lies apart
constexpr uint8_t kOpaque = 128;    // alpha
// Colours of points agree with photos by 0.42 to 0.86, with the same turned by 180 degrees by -0.45 to 0.07
// (foreign_points.cpp has the sets).
constexpr double kBetter = 0.2;

using Color = Vec3<uint8_t>;
using Offset = std::array<double, 2>;  // x the longer side

uint8_t Channel(const Color& color, int channel) {
  return channel == 0 ? color.x : channel == 1 ? color.y : color.z;
}

double Chroma(const Color& color) {
  return double(std::max({color.x, color.y, color.z})) - double(std::min({color.x, color.y, color.z}));
}

// Where one photo sees the points, in px of its reduced copy.
struct Places {
  const Image8* image;
  std::vector<std::pair<size_t, Vec2<double>>> of;  // the place of a point among those compared
};

// The colour at a place; nothing beyond the edges and where the photo is transparent.
std::optional<Color> ColorAt(const Image8& image, const Vec2<double>& place, const Offset& offset) {
  const double side = std::max(image.width, image.height);
  const double x = std::floor(place.x + offset[0] * side), y = std::floor(place.y + offset[1] * side);
  if (!(x >= 0 && y >= 0 && x < image.width && y < image.height)) return std::nullopt;
  const uint8_t* pixel = image.At(int(x), int(y));
  if (image.channels == 4 && pixel[3] < kOpaque) return std::nullopt;
  return Color{pixel[0], pixel[1], pixel[2]};
}

// Points that the undistorted photo shows, as its lens shows them.
Places PlacesIn(const View& view, const Image8& image, const PointCloud& points) {
  Places places = {&image, {}};
  const Lens lens = MakeLens(view.intrinsics);
  const double scale_x = double(image.width) / view.intrinsics.width;
  const double scale_y = double(image.height) / view.intrinsics.height;
  for (size_t i = 0; i < points.positions.size(); ++i) {
    if (!SeenAt(view.camera, points.positions[i])) continue;
    const Vec2<double> at = ProjectThrough(lens, view.camera.camera_from_world * points.positions[i]);
    places.of.emplace_back(i, Vec2<double>{scale_x * at.x, scale_y * at.y});
  }
  return places;
}

// The same of all photos; `turned` holds those that are turned first.
std::vector<Places> PlacesInAll(const std::vector<View>& views, const SmallPhotos& photos, const PointCloud& points,
                                bool upright, std::vector<Image8>& turned) {
  turned.resize(photos.images.size());
  std::vector<Places> places;
  for (size_t i = 0; i < photos.images.size(); ++i) {
    const View& view = views[photos.views[i]];
    const bool turn = upright || view.rotate_to_model;
    if (turn) turned[i] = ApplyOrientation(photos.images[i], view.exif_orientation);
    places.push_back(PlacesIn(view, turn ? turned[i] : photos.images[i], points));
  }
  return places;
}

// Of each point the median over the photos of the colour at its place; nothing for one that no photo shows.
std::vector<std::optional<Color>> MedianColors(const std::vector<Places>& photos, size_t points, const Offset& offset) {
  std::vector<std::array<std::vector<uint8_t>, 3>> seen(points);
  for (const Places& photo : photos) {
    for (const auto& [point, place] : photo.of) {
      const auto color = ColorAt(*photo.image, place, offset);
      for (int k = 0; color && k < 3; ++k) seen[point][size_t(k)].push_back(Channel(*color, k));
    }
  }
  std::vector<std::optional<Color>> colors(points);
  for (size_t i = 0; i < points; ++i) {
    if (!seen[i][0].empty()) colors[i] = Color{Median(seen[i][0]), Median(seen[i][1]), Median(seen[i][2])};
  }
  return colors;
}

// Of each point that any photo shows, its colour there beside its own.
struct ColorPairs {
  std::vector<Color> own, seen;
};

ColorPairs PairColors(const std::vector<Places>& photos, const PointCloud& points, const Offset& offset) {
  const std::vector<std::optional<Color>> seen = MedianColors(photos, points.positions.size(), offset);
  ColorPairs pairs;
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i]) continue;
    pairs.own.push_back(points.colors[i]);
    pairs.seen.push_back(*seen[i]);
  }
  return pairs;
}

// The rank of each value, around 0; equal values share the one in the middle. Empty if the values are of one colour.
std::vector<double> Ranks(const std::vector<Color>& colors, int channel) {
  std::array<size_t, 256> count = {};
  double sum = 0, squares = 0;
  for (const Color& color : colors) {
    const uint8_t value = Channel(color, channel);
    ++count[value];
    sum += value;
    squares += double(value) * value;
  }
  const double n = double(colors.size());
  if (colors.empty() || squares / n - (sum / n) * (sum / n) < kLeastSpread * kLeastSpread) return {};
  std::array<double, 256> rank = {};
  double before = 0;
  for (size_t value = 0; value < count.size(); before += double(count[value++])) {
    rank[value] = before + 0.5 * double(count[value]) - 0.5 * n;
  }
  std::vector<double> ranks;
  ranks.reserve(colors.size());
  for (const Color& color : colors) ranks.push_back(rank[Channel(color, channel)]);
  return ranks;
}

// The mean over the channels that can be compared; nothing if none can.
std::optional<double> RankCorrelation(const ColorPairs& pairs) {
  double sum = 0;
  int channels = 0;
  for (int k = 0; k < 3; ++k) {
    const std::vector<double> own = Ranks(pairs.own, k), seen = Ranks(pairs.seen, k);
    if (own.empty() || seen.empty()) continue;
    double both = 0, of_own = 0, of_seen = 0;
    for (size_t i = 0; i < own.size(); ++i) {
      both += own[i] * seen[i];
      of_own += own[i] * own[i];
      of_seen += seen[i] * seen[i];
    }
    sum += both / std::sqrt(of_own * of_seen);
    ++channels;
  }
  return channels == 0 ? std::nullopt : std::optional<double>(sum / channels);
}

PointCloud Sample(const PointCloud& points) {
  PointCloud some;
  const size_t step = points.positions.size() / kMostPoints + 1;
  for (size_t i = 0; i < points.positions.size(); i += step) {
    some.positions.push_back(points.positions[i]);
    some.colors.push_back(points.colors[i]);
  }
  return some;
}

double MeanChroma(const std::vector<Color>& colors) {
  double sum = 0;
  for (const Color& color : colors) sum += Chroma(color);
  return sum / double(colors.size());
}

}  // namespace

SmallPhotos ReadSmallPhotos(const std::vector<View>& views, const std::vector<size_t>& chosen, Executor& executor) {
  std::vector<Image8> read(chosen.size());
  executor.Run(int64_t(chosen.size()), [&](int64_t i) {
    try {
      DecodedPhoto photo = ReadReducedPhoto(views[chosen[size_t(i)]].path, kSmallSide_px);
      if (!photo.truncated) read[size_t(i)] = std::move(photo.image);
    } catch (const Error&) {
      return;  // the training will tell
    }
  });
  SmallPhotos photos;
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (std::max(read[i].width, read[i].height) < kLeastSide_px) continue;
    photos.views.push_back(chosen[i]);
    photos.images.push_back(std::move(read[i]));
  }
  return photos;
}

SmallPhotos ReadSomeSmallPhotos(const std::vector<View>& views, size_t most, Executor& executor) {
  std::vector<size_t> all(views.size());
  std::iota(all.begin(), all.end(), size_t(0));
  return ReadSmallPhotos(views, SpreadEvenly(all, most), executor);
}

PointCloud PointsInView(const Camera& camera, const PointCloud& points) {
  PointCloud seen;
  for (size_t i = 0; i < points.positions.size(); ++i) {
    if (!SeenAt(camera, points.positions[i])) continue;
    seen.positions.push_back(points.positions[i]);
    seen.colors.push_back(points.colors[i]);
  }
  return seen;
}

PointAgreement MeasurePointAgreement(const std::vector<View>& views, const SmallPhotos& photos,
                                     const PointCloud& points, bool upright) {
  const PointCloud some = Sample(points);
  std::vector<Image8> turned;
  const std::vector<Places> places = PlacesInAll(views, photos, some, upright, turned);
  PointAgreement agreement;
  const ColorPairs pairs = PairColors(places, some, {0, 0});
  const auto here = RankCorrelation(pairs);
  if (!here) return agreement;
  int directions = 0;
  for (const Offset& offset : {Offset{kBeside, 0}, Offset{-kBeside, 0}, Offset{0, kBeside}, Offset{0, -kBeside}}) {
    const auto beside = RankCorrelation(PairColors(places, some, offset));
    if (!beside) continue;
    agreement.beside += *beside;
    ++directions;
  }
  if (directions == 0) return {};
  agreement.beside /= directions;
  agreement.here = *here;
  agreement.points = pairs.own.size();
  agreement.point_chroma = MeanChroma(pairs.own);
  agreement.photo_chroma = MeanChroma(pairs.seen);
  return agreement;
}

std::vector<std::optional<Vec3<uint8_t>>> ColorsInPhotos(const std::vector<View>& views, const SmallPhotos& photos,
                                                         const PointCloud& points) {
  std::vector<Image8> turned;
  return MedianColors(PlacesInAll(views, photos, points, false, turned), points.positions.size(), {0, 0});
}

bool ShowPointsBy(const PointAgreement& other, const PointAgreement& written) {
  if (other.points < kPointsCompared || other.here < kPointsAgree || other.Peak() < kLeastPeak) return false;
  return written.points < kPointsCompared || (other.here >= written.here + kBetter && other.Peak() > written.Peak());
}

}  // namespace splat::data
