#include "quality/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/check.h"
#include "train/kernels/loss/photometric_loss.h"

namespace splat::quality {
namespace {

void CheckSameShape(const Image8& a, const Image8& b) {
  SPLAT_CHECK(a.width == b.width && a.height == b.height && a.channels == b.channels,
              "images to compare differ: ", a.width, " x ", a.height, " with ", a.channels, " channels and ", b.width,
              " x ", b.height, " with ", b.channels);
  SPLAT_CHECK(!a.pixels.empty(), "images to compare are empty");
}

// How many pixels count: the sum of the weights, / 255.
double CountedPixels(const Image8& image, const Image8& weights) {
  if (weights.pixels.empty()) return double(image.width) * image.height;
  SPLAT_CHECK(weights.width == image.width && weights.height == image.height && weights.channels == 1,
              "the weights of an image of ", image.width, " x ", image.height, " are ", weights.width, " x ",
              weights.height);
  const double sum = std::accumulate(weights.pixels.begin(), weights.pixels.end(), 0.0) / 255;
  SPLAT_CHECK(sum > 0, "no pixel of the images to compare counts");
  return sum;
}

}  // namespace

double Psnr(const Image8& a, const Image8& b, const Image8& weights) {
  CheckSameShape(a, b);
  const double counted = CountedPixels(a, weights) * a.channels;
  int64_t squares = 0;  // times 255 with weights
  for (size_t i = 0; i < a.pixels.size(); ++i) {
    const int difference = int(a.pixels[i]) - int(b.pixels[i]);
    squares += difference * difference * (weights.pixels.empty() ? 1 : weights.pixels[i / size_t(a.channels)]);
  }
  if (squares == 0) return kMaxPsnr;
  const double sum = double(squares) / (weights.pixels.empty() ? 1 : 255);
  return std::min(kMaxPsnr, 10 * std::log10(255.0 * 255.0 * counted / sum));
}

double Ssim(const Image8& a, const Image8& b, const Image8& weights) {
  CheckSameShape(a, b);
  const double counted = CountedPixels(a, weights);
  std::vector<float> values(a.pixels.size());
  std::transform(a.pixels.begin(), a.pixels.end(), values.begin(), [](uint8_t v) { return float(v) / 255.0f; });
  train::LossParams params;
  params.width = a.width;
  params.height = a.height;
  params.channels = a.channels;
  params.image = values.data();
  params.target = b.pixels.data();
  SerialExecutor executor;
  train::PhotometricLossWorkspace workspace;
  if (weights.pixels.empty()) return train::PhotometricLoss(executor, params, workspace).ssim;
  params.weights = weights.pixels.data();
  // There, pixels of weight 0 count as equal in the mean over all.
  const double missing = 1 - train::PhotometricLoss(executor, params, workspace).ssim;
  return 1 - missing * double(a.width) * a.height / counted;
}

const std::vector<Metric>& Metrics() {
  static const std::vector<Metric> metrics = {
      {"psnr", "PSNR", "dB", 2, true, "PSNR over all pixels and channels in dB, peak 255, at most 100", Psnr},
      {"ssim", "SSIM", "", 4, true,
       "SSIM with an 11x11 Gaussian window of sigma 1.5, zero outside the image, mean over pixels and channels", Ssim},
  };
  return metrics;
}

size_t IndexOfMetric(const char* name) {
  for (size_t i = 0; i < Metrics().size(); ++i) {
    if (std::strcmp(Metrics()[i].name, name) == 0) return i;
  }
  throw Error(StrCat("there is no metric called ", name));
}

}  // namespace splat::quality
