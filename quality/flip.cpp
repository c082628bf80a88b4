#include "quality/flip.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/check.h"
#include "core/constants.h"
#include "core/srgb.h"
#include "core/vec.h"
#include "quality/counted_pixels.h"
#include "quality/separable_filter.h"

namespace splat::quality {
namespace {

// XYZ of linear sRGB, with the white D65 at x = 0.31271, y = 0.32902.
const Mat3<float> kXyzFromRgb = {{{0.412386563f, 0.357591491f, 0.180450491f},
                                  {0.212636822f, 0.715182982f, 0.072180196f},
                                  {0.019330620f, 0.119197164f, 0.950372587f}}};
const Mat3<float> kRgbFromXyz = {{{3.241003233f, -1.537398969f, -0.498615882f},
                                  {-0.969224252f, 1.875929984f, 0.041554226f},
                                  {0.055639420f, -0.204011206f, 1.057148977f}}};
const Vec3<float> kWhite = kXyzFromRgb * Vec3<float>{1, 1, 1};

// Exponents and bounds of the colour difference (section 4.2 of the paper).
constexpr float kColorExponent = 0.7f;       // q_c
constexpr float kShareOfLargest = 0.4f;      // p_c: differences below this share of the largest
constexpr float kSpreadOver = 0.95f;         // p_t: take this part of 0..1
constexpr double kFeatureWidth_deg = 0.082;  // w
constexpr float kFeatureExponent = 0.5f;     // q_f

// The colour of each pixel as three planes.
using Planes = std::array<ImageF, 3>;

Vec3<float> At(const Planes& planes, size_t pixel) {
  return {planes[0].pixels[pixel], planes[1].pixels[pixel], planes[2].pixels[pixel]};
}

void Set(Planes& planes, size_t pixel, const Vec3<float>& value) {
  planes[0].pixels[pixel] = value.x;
  planes[1].pixels[pixel] = value.y;
  planes[2].pixels[pixel] = value.z;
}

Vec3<float> OverWhite(const Vec3<float>& xyz) {
  return {xyz.x / kWhite.x, xyz.y / kWhite.y, xyz.z / kWhite.z};
}

// The opponent colours in which the eye's contrast sensitivity is given: luminance, red-green, blue-yellow.
Vec3<float> OpponentsOf(const Vec3<float>& linear_rgb) {
  const Vec3<float> ratio = OverWhite(kXyzFromRgb * linear_rgb);
  return {116 * ratio.y - 16, 500 * (ratio.x - ratio.y), 200 * (ratio.y - ratio.z)};
}

Vec3<float> RgbOfOpponents(const Vec3<float>& opponents) {
  const float y = (opponents.x + 16) / 116, x = y + opponents.y / 500, z = y - opponents.z / 200;
  return kRgbFromXyz * Vec3<float>{x * kWhite.x, y * kWhite.y, z * kWhite.z};
}

float LabCurve(float ratio) {
  constexpr float kBend = 6.0f / 29;
  return ratio > kBend * kBend * kBend ? std::cbrt(ratio) : ratio / (3 * kBend * kBend) + 4.0f / 29;
}

// CIELAB with the Hunt effect: dark colours look less colourful.
Vec3<float> HuntLabOf(const Vec3<float>& linear_rgb) {
  const Vec3<float> ratio = OverWhite(kXyzFromRgb * linear_rgb);
  const float x = LabCurve(ratio.x), y = LabCurve(ratio.y), z = LabCurve(ratio.z), lightness = 116 * y - 16;
  return {lightness, 0.01f * lightness * 500 * (x - y), 0.01f * lightness * 200 * (y - z)};
}

// HyAB, a distance that also holds for large differences, to the power q_c.
float ColorDistance(const Vec3<float>& lab_a, const Vec3<float>& lab_b) {
  const Vec3<float> d = lab_a - lab_b;
  return std::pow(std::abs(d.x) + std::sqrt(d.y * d.y + d.z * d.z), kColorExponent);
}

// Spreads distances over 0..1, small ones over most of it.
float SpreadDistance(float distance, float largest) {
  const float bend = kShareOfLargest * largest;
  if (distance < bend) return kSpreadOver / bend * distance;
  return kSpreadOver + (distance - bend) / (largest - bend) * (1 - kSpreadOver);
}

Planes OpponentPlanes(const Image8& image) {
  std::array<float, 256> linear;
  for (size_t value = 0; value < linear.size(); ++value) linear[value] = float(SrgbToLinear(double(value) / 255));
  Planes planes;
  planes.fill(ImageF(image.width, image.height, 1));
  for (size_t pixel = 0; pixel < planes[0].pixels.size(); ++pixel) {
    const uint8_t* rgb = &image.pixels[3 * pixel];
    Set(planes, pixel, OpponentsOf({linear[rgb[0]], linear[rgb[1]], linear[rgb[2]]}));
  }
  return planes;
}

// A contrast sensitivity in the image's domain: the sum of a sqrt(pi / b) exp(-pi^2 d^2 / b) over its terms, at the
// distance d in degrees (table 1 of the paper).
struct SensitivityTerm {
  double a, b;
};
constexpr SensitivityTerm kLuminance = {1, 0.0047}, kRedGreen = {1, 0.0053};
constexpr SensitivityTerm kBlueYellow[] = {{34.1, 0.04}, {13.5, 0.025}};
constexpr double kWidestB = 0.04;  // its filter's radius serves all

// Samples exp(-pi^2 d^2 / b), with the factor's root so that the product of two has the factor.
std::vector<float> SensitivityTaps(const SensitivityTerm& term, double pixels_per_degree) {
  const int radius = int(std::ceil(3 * std::sqrt(kWidestB / (2 * kPi * kPi)) * pixels_per_degree));
  const double root = std::sqrt(term.a * std::sqrt(kPi / term.b));
  std::vector<float> taps;
  for (int i = -radius; i <= radius; ++i) {
    const double degrees = i / pixels_per_degree;
    taps.push_back(float(root * std::exp(-kPi * kPi * degrees * degrees / term.b)));
  }
  return taps;
}

// Filters with the terms' sum, scaled so that a flat plane stays.
template <typename Terms>
ImageF SeenPlane(const ImageF& plane, const Terms& terms, double pixels_per_degree) {
  ImageF seen(plane.width, plane.height, 1);
  double total = 0;
  for (const SensitivityTerm& term : terms) {
    const std::vector<float> taps = SensitivityTaps(term, pixels_per_degree);
    double sum = 0;
    for (const float tap : taps) sum += tap;
    total += sum * sum;
    const ImageF part = FilteredToEdges(plane, {taps, taps});
    for (size_t i = 0; i < seen.pixels.size(); ++i) seen.pixels[i] += part.pixels[i];
  }
  for (float& value : seen.pixels) value /= float(total);
  return seen;
}

// What is left of the colours at that distance from the screen, as CIELAB with the Hunt effect.
Planes SeenColors(const Planes& opponents, double pixels_per_degree) {
  Planes seen = {SeenPlane(opponents[0], std::array{kLuminance}, pixels_per_degree),
                 SeenPlane(opponents[1], std::array{kRedGreen}, pixels_per_degree),
                 SeenPlane(opponents[2], kBlueYellow, pixels_per_degree)};
  for (size_t pixel = 0; pixel < seen[0].pixels.size(); ++pixel) {
    Vec3<float> rgb = RgbOfOpponents(At(seen, pixel));
    rgb = {std::clamp(rgb.x, 0.0f, 1.0f), std::clamp(rgb.y, 0.0f, 1.0f), std::clamp(rgb.z, 0.0f, 1.0f)};
    Set(seen, pixel, HuntLabOf(rgb));
  }
  return seen;
}

// Scales the positive taps so that they sum to 1, and the negative ones so that they sum to -1.
void NormalizeSigns(std::vector<float>& taps) {
  double positive = 0, negative = 0;
  for (const float tap : taps) (tap > 0 ? positive : negative) += std::abs(double(tap));
  for (float& tap : taps) tap = float(tap / (tap > 0 ? positive : negative > 0 ? negative : 1));
}

// How strong edges and points are at each pixel of the luminance.
struct Features {
  ImageF edges, points;
};

ImageF Magnitudes(const ImageF& plane, const std::vector<float>& derivative, const std::vector<float>& smooth) {
  ImageF x = FilteredToEdges(plane, {derivative, smooth});
  const ImageF y = FilteredToEdges(plane, {smooth, derivative});
  for (size_t i = 0; i < x.pixels.size(); ++i) x.pixels[i] = std::hypot(x.pixels[i], y.pixels[i]);
  return x;
}

Features FeaturesOf(ImageF luminance, double pixels_per_degree) {
  for (float& value : luminance.pixels) value = (value + 16) / 116;
  const double sigma = kFeatureWidth_deg / 2 * pixels_per_degree;
  const int radius = int(std::ceil(3 * sigma));
  std::vector<float> smooth, first, second;  // a Gaussian and its derivatives
  for (int i = -radius; i <= radius; ++i) {
    const double gauss = std::exp(-i * i / (2 * sigma * sigma));
    smooth.push_back(float(gauss));
    first.push_back(float(-i * gauss));
    second.push_back(float((i * i / (sigma * sigma) - 1) * gauss));
  }
  for (std::vector<float>* taps : {&smooth, &first, &second}) NormalizeSigns(*taps);
  return {Magnitudes(luminance, first, smooth), Magnitudes(luminance, second, smooth)};
}

float FeatureDifference(const Features& a, const Features& b, size_t pixel) {
  const float edges = std::abs(a.edges.pixels[pixel] - b.edges.pixels[pixel]),
              points = std::abs(a.points.pixels[pixel] - b.points.pixels[pixel]);
  return std::pow(std::max(edges, points) / std::sqrt(2.0f), kFeatureExponent);
}

}  // namespace

ImageF FlipMap(const Image8& photo, const Image8& render, double pixels_per_degree) {
  CheckComparable(photo, render, {});
  SPLAT_CHECK(photo.channels == 3, "FLIP is of images with 3 channels, not ", photo.channels);
  const Planes photo_opponents = OpponentPlanes(photo), render_opponents = OpponentPlanes(render);
  const Planes photo_seen = SeenColors(photo_opponents, pixels_per_degree),
               render_seen = SeenColors(render_opponents, pixels_per_degree);
  const Features photo_features = FeaturesOf(photo_opponents[0], pixels_per_degree),
                 render_features = FeaturesOf(render_opponents[0], pixels_per_degree);
  const float largest = ColorDistance(HuntLabOf({0, 1, 0}), HuntLabOf({0, 0, 1}));
  ImageF map(photo.width, photo.height, 1);
  for (size_t pixel = 0; pixel < map.pixels.size(); ++pixel) {
    const float color = SpreadDistance(ColorDistance(At(photo_seen, pixel), At(render_seen, pixel)), largest);
    map.pixels[pixel] = std::pow(color, 1 - FeatureDifference(photo_features, render_features, pixel));
  }
  return map;
}

double Flip(const Image8& photo, const Image8& render, const Image8& weights) {
  const ComparedImages images = OnlyWhatCounts(photo, render, weights);
  return CountedMean(FlipMap(images.photo, images.render), images.weights);
}

}  // namespace splat::quality
