#include "formats/sog_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/quantize/codebook.h"
#include "formats/quantize/kmeans.h"
#include "formats/quantize/quantize.h"
#include "formats/sog_names.h"
#include "io/webp_image.h"
#include "io/zip_archive.h"
#include "scene/splat_order.h"

namespace splat::formats {
namespace {

constexpr int kOpaque = 255;
constexpr int kSideMultiple = 4;     // of the images, px
constexpr float kLargestValue = 64;  // of log scales and SH coefficients

// Names of the images in the archive.
constexpr const char* kMeansLow = "means_l.webp";
constexpr const char* kMeansHigh = "means_u.webp";
constexpr const char* kScales = "scales.webp";
constexpr const char* kQuats = "quats.webp";
constexpr const char* kSh0 = "sh0.webp";
constexpr const char* kCentroids = "shN_centroids.webp";
constexpr const char* kLabels = "shN_labels.webp";

using Image = std::pair<const char*, RgbaImage>;

int RoundedUp(int64_t value, int64_t multiple) {
  return int((value + multiple - 1) / multiple * multiple);
}

RgbaImage OpaqueImage(int width, int height) {
  RgbaImage image(width, height);
  for (int64_t i = 0; i < int64_t(width) * height; ++i) image.Pixel(i)[3] = kOpaque;
  return image;
}

// An image with room for a pixel a splat.
RgbaImage ImageFor(int64_t splats) {
  const int width = RoundedUp(int64_t(std::ceil(std::sqrt(double(splats)))), kSideMultiple);
  const int height = RoundedUp((splats + width - 1) / width, kSideMultiple);
  SPLAT_CHECK(width <= kMaxWebpSide_px && height <= kMaxWebpSide_px, splats,
              " splats are more than the images of SOG hold; lower --max-gaussians");
  return OpaqueImage(width, height);
}

SogJson FilesJson(const std::vector<const char*>& names) {
  SogJson files = SogJson::array();
  for (const char* name : names) files.push_back(name);
  return files;
}

// Throws if the rounding of positions moves most splats by more than their own width: the steps, which are fine near
// the origin, are even along ToSogScale.
void CheckSteps(const SplatSelection& splats, const Bounds3& bounds) {
  double range = 0;
  for (size_t axis = 0; axis < 3; ++axis) range = std::max(range, double(bounds.high[axis]) - bounds.low[axis]);
  const double half_step = 0.5 * range / kSogPositionLevels;
  int64_t lost = 0;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> mean = splats.Mean(splat), scale = splats.LogScale(splat);
    const double farthest = std::max({std::abs(mean.x), std::abs(mean.y), std::abs(mean.z)});
    const double width = std::exp(double(std::max({scale.x, scale.y, scale.z})));
    if (half_step * (1 + farthest) > width) ++lost;
  }
  SPLAT_CHECK(2 * lost <= splats.count(), "SOG cannot hold this scene: it rounds the positions of ", lost, " of ",
              splats.count(),
              " splats by more than their width; choose another format, crop it, or choose a frame of "
              "usual size (train without --no-align)");
}

// Fills in the two images of positions; returns their entry of meta.json.
SogJson EncodeMeans(const SplatSelection& splats, std::vector<Image>& images) {
  const auto on_scale = [&](int64_t splat) -> std::array<double, 3> {
    const Vec3<float> mean = splats.Mean(splat);
    return {ToSogScale(mean.x), ToSogScale(mean.y), ToSogScale(mean.z)};
  };
  Bounds3 bounds;
  for (int64_t splat = 0; splat < splats.count(); ++splat) bounds.Add(on_scale(splat));
  CheckSteps(splats, bounds);
  const auto& [low, high] = bounds;
  RgbaImage lower = ImageFor(splats.count()), upper = lower;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const std::array<double, 3> value = on_scale(splat);
    for (size_t axis = 0; axis < 3; ++axis) {
      const double range = double(high[axis]) - low[axis];
      const uint32_t level = range > 0 ? QuantizeUnit((value[axis] - low[axis]) / range, 16) : 0;
      lower.Pixel(splat)[axis] = uint8_t(level & 0xff);
      upper.Pixel(splat)[axis] = uint8_t(level >> 8);
    }
  }
  images.emplace_back(kMeansLow, std::move(lower));
  images.emplace_back(kMeansHigh, std::move(upper));
  return {{"mins", low}, {"maxs", high}, {"files", FilesJson({kMeansLow, kMeansHigh})}};
}

SogJson EncodeQuats(const SplatSelection& splats, std::vector<Image>& images) {
  RgbaImage image = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Quaternion<float> quat = splats.Quat(splat);
    const SmallestThree three = WithoutLargest({quat.w, quat.x, quat.y, quat.z});
    uint8_t* pixel = image.Pixel(splat);
    for (size_t i = 0; i < 3; ++i) pixel[i] = uint8_t(QuantizeUnit(three.others[i] * kSqrtHalf + 0.5, 8));
    pixel[3] = uint8_t(kSogQuatMark + three.largest);
  }
  images.emplace_back(kQuats, std::move(image));
  return {{"files", FilesJson({kQuats})}};
}

// Within what any image shows: a few values far out would draw a codebook's levels away from the others.
float Bounded(float value) {
  return std::clamp(value, -kLargestValue, kLargestValue);
}

// Three values a splat by a codebook of all of them; `alpha` gives the fourth byte.
SogJson EncodeByCodebook(const SplatSelection& splats, Vec3<float> (SplatSelection::*value)(int64_t) const,
                         const std::function<uint8_t(int64_t splat)>& alpha, const char* name,
                         std::vector<Image>& images) {
  std::vector<float> values;
  values.reserve(size_t(splats.count()) * 3);
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> v = (splats.*value)(splat);
    values.insert(values.end(), {Bounded(v.x), Bounded(v.y), Bounded(v.z)});
  }
  const Codebook codebook(values);
  RgbaImage image = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    uint8_t* pixel = image.Pixel(splat);
    for (size_t i = 0; i < 3; ++i) pixel[i] = codebook.Label(values[size_t(splat) * 3 + i]);
    pixel[3] = alpha(splat);
  }
  images.emplace_back(name, std::move(image));
  return {{"codebook", codebook.levels()}, {"files", FilesJson({name})}};
}

// Higher SH of all splats, [count, K * 3], coefficient by coefficient.
std::vector<float> HigherSh(const SplatSelection& splats) {
  std::vector<float> values;
  values.reserve(size_t(splats.count()) * size_t(splats.sh_rest_count() * kChannels));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    for (int k = 0; k < splats.sh_rest_count(); ++k) {
      const Vec3<float> v = splats.ShRest(splat, k);
      values.insert(values.end(), {Bounded(v.x), Bounded(v.y), Bounded(v.z)});
    }
  }
  return values;
}

SogJson EncodeHigherSh(const SplatSelection& splats, const ExportOptions& options, Executor& executor,
                       std::vector<Image>& images) {
  const int rest = splats.sh_rest_count(), dimensions = rest * kChannels;
  const Clusters clusters = ClusterPoints(HigherSh(splats), dimensions, SogPaletteSize(splats.count()), options.seed,
                                          executor, options.fit_parts);
  const Codebook codebook(clusters.centers);
  RgbaImage centroids =
      OpaqueImage(kSogPaletteColumns * rest, int((clusters.count + kSogPaletteColumns - 1) / kSogPaletteColumns));
  // The vectors lie one after the other, row by row: pixel n * K + k is coefficient k of vector n.
  for (int64_t i = 0; i < clusters.count * rest; ++i) {
    for (int c = 0; c < kChannels; ++c) {
      centroids.Pixel(i)[c] = codebook.Label(clusters.centers[size_t(i * kChannels + c)]);
    }
  }
  RgbaImage labels = ImageFor(splats.count());
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    labels.Pixel(splat)[0] = uint8_t(clusters.labels[size_t(splat)] & 0xff);
    labels.Pixel(splat)[1] = uint8_t(clusters.labels[size_t(splat)] >> 8);
  }
  images.emplace_back(kCentroids, std::move(centroids));
  images.emplace_back(kLabels, std::move(labels));
  return {{"count", clusters.count},
          {"bands", splats.sh_degree()},
          {"codebook", codebook.levels()},
          {"files", FilesJson({kCentroids, kLabels})}};
}

}  // namespace

int64_t SogPaletteSize(int64_t splats) {
  int64_t size = kSogLargestPalette;
  while (size > 1 && size > splats) size /= 2;
  return size;
}

void WriteSog(std::ostream& out, const SplatSelection& unsorted, const ExportOptions& options) {
  SPLAT_CHECK(unsorted.count() > 0, "there is no splat to write, and a SOG file cannot be empty");
  SerialExecutor serial;
  Executor& executor = options.executor != nullptr ? *options.executor : serial;
  SplatSelection splats = unsorted;
  SortByMorton(splats);
  std::vector<Image> images;
  SogJson meta;
  meta["version"] = kSogVersion;
  meta["asset"] = {{"generator", StrCat("splat-train ", SPLAT_PROJECT_VERSION)}};
  PutAntialiasing(splats.traits().antialiasing, meta);
  if (splats.traits().background) {  // our own key; other readers pass over it
    meta["background"] = SogJson::array();
    for (const double value : *splats.traits().background) meta["background"].push_back(float(value));
  }
  meta["count"] = splats.count();
  meta["means"] = EncodeMeans(splats, images);
  meta["scales"] = EncodeByCodebook(
      splats, &SplatSelection::LogScale, [](int64_t) { return uint8_t(kOpaque); }, kScales, images);
  meta["quats"] = EncodeQuats(splats, images);
  const auto opacity = [&](int64_t splat) { return uint8_t(QuantizeUnit(splats.Opacity(splat), 8)); };
  meta["sh0"] = EncodeByCodebook(splats, &SplatSelection::ShDc, opacity, kSh0, images);
  if (splats.sh_degree() > 0) meta["shN"] = EncodeHigherSh(splats, options, executor, images);
  std::vector<std::string> files(images.size());
  executor.Run(int64_t(images.size()), [&](int64_t i) { files[size_t(i)] = EncodeWebp(images[size_t(i)].second); });
  ZipWriter zip(out);
  zip.Add("meta.json", meta.dump());
  for (size_t i = 0; i < images.size(); ++i) zip.Add(images[i].first, files[i]);
  zip.Finish();
}

}  // namespace splat::formats
