#include "quality/ssim.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "quality/counted_pixels.h"
#include "quality/separable_filter.h"
#include "train/kernels/loss/photometric_loss_math.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::quality {
namespace {

constexpr double kNotDefined = std::numeric_limits<double>::quiet_NaN();
// What each scale counts, from the full size down (Wang et al. 2003, section 3.2).
constexpr double kScaleExponents[kMsSsimScales] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

// One channel of both images, 0..1, and what each pixel counts, 0..1.
struct ChannelPair {
  ImageF photo, render, weights;
};

ImageF Plane(const Image8& image, int channel) {
  ImageF plane(image.width, image.height, 1);
  for (size_t i = 0; i < plane.pixels.size(); ++i) {
    plane.pixels[i] = train::TargetValue<float>(image.pixels[i * size_t(image.channels) + size_t(channel)]);
  }
  return plane;
}

ChannelPair PairOf(const ComparedImages& images, int channel) {
  ChannelPair pair = {Plane(images.photo, channel), Plane(images.render, channel), {}};
  if (!images.weights.pixels.empty()) {
    pair.weights = Plane(images.weights, 0);
  } else {
    pair.weights = ImageF(images.photo.width, images.photo.height, 1);
    std::fill(pair.weights.pixels.begin(), pair.weights.pixels.end(), 1.0f);
  }
  return pair;
}

// The windows' means of what SSIM is made of.
struct StatisticsPlanes {
  ImageF x, y, squares, xy;
};

StatisticsPlanes StatisticsInside(const ChannelPair& pair, const SeparableKernel& window) {
  const ImageF blank(pair.photo.width, pair.photo.height, 1);
  ImageF squares = blank, products = blank;
  for (size_t i = 0; i < blank.pixels.size(); ++i) {
    const train::SsimStatistics<float> pixel = train::SsimProducts(pair.render.pixels[i], pair.photo.pixels[i]);
    squares.pixels[i] = pixel.squares;
    products.pixels[i] = pixel.xy;
  }
  return {FilteredInside(pair.render, window), FilteredInside(pair.photo, window), FilteredInside(squares, window),
          FilteredInside(products, window)};
}

SeparableKernel Window() {
  const auto half = train::GaussianSsimWindow<float>();
  std::vector<float> taps(train::kSsimTaps);
  for (int i = 0; i < train::kSsimTaps; ++i) taps[size_t(i)] = half.weight[std::abs(i - train::kSsimRadius)];
  return {taps, taps};
}

// Means over the pixels whose window lies inside, by their weights.
struct SsimMeans {
  double ssim = 0;       // luminance x structure
  double structure = 0;  // without luminance
};

SsimMeans MeansInside(const ChannelPair& pair) {
  const auto [x, y, squares, products] = StatisticsInside(pair, Window());
  double ssim = 0, structure = 0, counted = 0;
  for (int row = 0; row < x.height; ++row) {
    for (int column = 0; column < x.width; ++column) {
      const size_t i = size_t(row) * size_t(x.width) + size_t(column);
      const double weight = *pair.weights.At(column + train::kSsimRadius, row + train::kSsimRadius);
      const train::SsimStatistics<double> means = {x.pixels[i], y.pixels[i], squares.pixels[i], products.pixels[i]};
      const train::SsimFactors<double> factors = train::SsimFactorsOf(means);
      ssim += weight * train::Ssim(factors);
      structure += weight * factors.structure;
      counted += weight;
    }
  }
  return counted > 0 ? SsimMeans{ssim / counted, structure / counted} : SsimMeans{kNotDefined, kNotDefined};
}

// Means of 2 x 2 pixels. The last one of an odd side is repeated.
ImageF Halved(const ImageF& plane) {
  ImageF half((plane.width + 1) / 2, (plane.height + 1) / 2, 1);
  for (int y = 0; y < half.height; ++y) {
    const float *upper = plane.At(0, 2 * y), *lower = plane.At(0, std::min(2 * y + 1, plane.height - 1));
    for (int x = 0; x < half.width; ++x) {
      const int left = 2 * x, right = std::min(left + 1, plane.width - 1);
      *half.At(x, y) = (upper[left] + upper[right] + lower[left] + lower[right]) / 4;
    }
  }
  return half;
}

double MsSsimOf(ChannelPair pair) {
  double product = 1;
  for (const double& exponent : kScaleExponents) {
    const bool is_last = &exponent == std::end(kScaleExponents) - 1;
    const SsimMeans means = MeansInside(pair);
    const double factor = is_last ? means.ssim : means.structure;
    if (!(factor > 0)) return std::isnan(factor) ? kNotDefined : 0;  // a power of a negative number is none
    product *= std::pow(factor, exponent);
    if (!is_last) pair = {Halved(pair.photo), Halved(pair.render), Halved(pair.weights)};
  }
  return product;
}

bool IsSmallerThan(const Image8& image, int side_px) {
  return std::min(image.width, image.height) < side_px;
}

}  // namespace

double SsimInside(const Image8& photo, const Image8& render, const Image8& weights) {
  const ComparedImages images = OnlyWhatCounts(photo, render, weights);
  if (IsSmallerThan(images.photo, train::kSsimTaps)) return kNotDefined;
  double sum = 0;
  for (int channel = 0; channel < photo.channels; ++channel) sum += MeansInside(PairOf(images, channel)).ssim;
  return sum / photo.channels;
}

double MsSsim(const Image8& photo, const Image8& render, const Image8& weights) {
  const ComparedImages images = OnlyWhatCounts(photo, render, weights);
  if (IsSmallerThan(images.photo, kLeastMsSsimSide_px)) return kNotDefined;
  double sum = 0;
  for (int channel = 0; channel < photo.channels; ++channel) sum += MsSsimOf(PairOf(images, channel));
  return sum / photo.channels;
}

}  // namespace splat::quality
