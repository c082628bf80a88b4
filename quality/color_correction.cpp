#include "quality/color_correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "core/check.h"
#include "core/normal_equations.h"
#include "quality/counted_pixels.h"

namespace splat::quality {
namespace {

constexpr double kLeastVariance = 1e-8;  // of values 0..1: less is a flat channel
constexpr double kLeastGain = 1e-3;      // a channel that hardly follows the photo's is not divided by it
constexpr int kQuadraticRounds = 5;
constexpr double kEndOfRange = 0.5 / 255;  // values nearer to 0 or 1 may have been clipped

void CheckColors(const Image8& photo, const Image8& render, const Image8& weights) {
  CheckComparable(photo, render, weights);
  SPLAT_CHECK(photo.channels == 3, "colours are corrected in images with 3 channels, not ", photo.channels);
}

// render = gain photo + offset
struct Affine {
  double gain = 1, offset = 0;
};

Affine FitAffine(const Image8& photo, const Image8& render, const Image8& weights, size_t channel) {
  const size_t pixels = photo.pixels.size() / 3;
  const double counted = CountedPixels(photo, weights);
  double x = 0, y = 0, xx = 0, xy = 0;
  for (size_t pixel = 0; pixel < pixels; ++pixel) {
    const double weight = WeightOf(weights, pixel), p = photo.pixels[3 * pixel + channel] / 255.0,
                 r = render.pixels[3 * pixel + channel] / 255.0;
    x += weight * p;
    y += weight * r;
    xx += weight * p * p;
    xy += weight * p * r;
  }
  x /= counted;
  y /= counted;
  const double gain = (xy / counted - x * y) / std::max(xx / counted - x * x, kLeastVariance);
  if (!(std::abs(gain) >= kLeastGain)) return {};
  return {gain, y - gain * x};
}

uint8_t To8Bits(double value) {
  return uint8_t(std::lround(std::clamp(value, 0.0, 1.0) * 255));
}

constexpr size_t kTerms = 10;
constexpr double kDamping = 1e-9;  // for each counted pixel, so that images of few colours have a solution
using Terms = std::array<double, kTerms>;

// r^2, rg, rb, g^2, gb, b^2, r, g, b, 1
Terms TermsOf(const float* rgb) {
  const double r = rgb[0], g = rgb[1], b = rgb[2];
  return {r * r, r * g, r * b, g * g, g * b, b * b, r, g, b, 1};
}

bool IsInside(double value) {
  return value >= kEndOfRange && value <= 1 - kEndOfRange;
}

// Fits the photo's channel by the estimate, over pixels that may count for it.
std::optional<Terms> FitQuadratic(const ComparedImages& images, const ImageF& estimate, size_t channel) {
  NormalEquations<kTerms> equations;
  double counted = 0;
  for (size_t pixel = 0; pixel < estimate.pixels.size() / 3; ++pixel) {
    const size_t value = 3 * pixel + channel;
    const double wanted = images.photo.pixels[value] / 255.0, weight = WeightOf(images.weights, pixel);
    if (!IsInside(images.render.pixels[value] / 255.0) || !IsInside(wanted)) continue;
    if (!IsInside(estimate.pixels[value]) || weight == 0) continue;
    equations.Add(TermsOf(&estimate.pixels[3 * pixel]), wanted, weight);
    counted += weight;
  }
  if (counted == 0) return std::nullopt;
  return equations.Solution(kDamping * counted);
}

void ApplyQuadratic(const std::array<std::optional<Terms>, 3>& fits, ImageF& estimate) {
  for (size_t pixel = 0; pixel < estimate.pixels.size() / 3; ++pixel) {
    const Terms terms = TermsOf(&estimate.pixels[3 * pixel]);
    for (size_t channel = 0; channel < 3; ++channel) {
      if (!fits[channel]) continue;
      double value = 0;
      for (size_t i = 0; i < kTerms; ++i) value += (*fits[channel])[i] * terms[i];
      estimate.pixels[3 * pixel + channel] = float(std::clamp(value, 0.0, 1.0));
    }
  }
}

}  // namespace

const std::vector<Correction>& Corrections() {
  static const std::vector<Correction> corrections = {
      {"affine", "affine",
       "render = a photo + b is fitted to each channel by least squares, and (render - b) / a is compared",
       AffineCorrected},
      {"quadratic", "quadratic",
       "each channel of the photo is fitted by a quadratic polynomial of the render's three channels, in five rounds "
       "over the pixels that are not clipped, and the polynomial's value is compared",
       QuadraticCorrected},
  };
  return corrections;
}

const Correction& CorrectionNamed(const std::string& name) {
  const std::vector<Correction>& all = Corrections();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Correction& row) { return row.name == name; });
  SPLAT_CHECK(found != all.end(), "there is no correction of colours named ", name);
  return *found;
}

Image8 AffineCorrected(const Image8& photo, const Image8& render, const Image8& weights) {
  CheckColors(photo, render, weights);
  Image8 corrected = render;
  for (size_t channel = 0; channel < 3; ++channel) {
    const Affine fit = FitAffine(photo, render, weights, channel);
    for (size_t i = channel; i < corrected.pixels.size(); i += 3) {
      corrected.pixels[i] = To8Bits((render.pixels[i] / 255.0 - fit.offset) / fit.gain);
    }
  }
  return corrected;
}

Image8 QuadraticCorrected(const Image8& photo, const Image8& render, const Image8& weights) {
  CheckColors(photo, render, weights);
  const ComparedImages images = {photo, render, weights, 0, 0};
  ImageF estimate(render.width, render.height, 3);
  std::transform(render.pixels.begin(), render.pixels.end(), estimate.pixels.begin(),
                 [](uint8_t value) { return float(value / 255.0); });
  for (int round = 0; round < kQuadraticRounds; ++round) {
    std::array<std::optional<Terms>, 3> fits;
    for (size_t channel = 0; channel < 3; ++channel) fits[channel] = FitQuadratic(images, estimate, channel);
    ApplyQuadratic(fits, estimate);
  }
  return RoundedTo8Bits(estimate.pixels.data(), estimate.width, estimate.height, 3);
}

}  // namespace splat::quality
