// This header has the formulas of SSIM at one pixel: its window, SSIM (Wang et al. 2004) from windowed means, and the
// derivatives (docs/math.md, section 9).
#pragma once

#include <cmath>

#include "core/host_device.h"

namespace splat::train {

constexpr int kSsimRadius = 5;  // of the window, in pixels: 11 x 11
constexpr int kSsimTaps = 2 * kSsimRadius + 1;
constexpr double kSsimSigma = 1.5;       // of the Gaussian window, in pixels
constexpr double kSsimC1 = 0.01 * 0.01;  // stabilisers for values in 0..1
constexpr double kSsimC2 = 0.03 * 0.03;

// Half of the symmetric window: weight[d] is that of a pixel d away, and all eleven add up to 1.
template <typename T>
struct SsimWindow {
  T weight[kSsimRadius + 1];
};

template <typename T>
SsimWindow<T> GaussianSsimWindow() {
  double weights[kSsimRadius + 1], sum = 0;
  for (int d = 0; d <= kSsimRadius; ++d) {
    weights[d] = std::exp(-d * d / (2 * kSsimSigma * kSsimSigma));
    sum += d == 0 ? weights[d] : 2 * weights[d];
  }
  SsimWindow<T> window;
  for (int d = 0; d <= kSsimRadius; ++d) window.weight[d] = T(weights[d] / sum);
  return window;
}

// Means over the window around a pixel, weighted with the window. The formula needs the two mean squares as a sum only,
// so four maps are filtered instead of five.
template <typename T>
struct SsimStatistics {
  T x, y;     // E[x], E[y]
  T squares;  // E[x^2] + E[y^2]
  T xy;       // E[xy]
};

// What is averaged, at one pixel. Each number has two roundings, so that where x equals y the squares are exactly twice
// the product.
template <typename T>
SPLAT_HD inline SsimStatistics<T> SsimProducts(T x, T y) {
  return {x, y, x * x + y * y, x * y};
}

// Derivatives of SSIM with respect to the statistics that depend on x.
template <typename T>
struct SsimPartials {
  T x, squares, xy;
};

// SSIM = luminance * structure, both 1 where x equals y.
template <typename T>
struct SsimFactors {
  T c, d;                  // the two denominators
  T luminance, structure;  // (2 mx my + C1) / c, (2 cov + C2) / d
};

template <typename T>
SPLAT_HD inline SsimFactors<T> SsimFactorsOf(const SsimStatistics<T>& s) {
  const T mean_squares = s.x * s.x + s.y * s.y, mean_product = s.x * s.y;
  SsimFactors<T> f;
  f.c = mean_squares + T(kSsimC1);
  f.d = (s.squares - mean_squares) + T(kSsimC2);
  f.luminance = (T(2) * mean_product + T(kSsimC1)) / f.c;
  f.structure = (T(2) * (s.xy - mean_product) + T(kSsimC2)) / f.d;
  return f;
}

template <typename T>
SPLAT_HD inline T Ssim(const SsimFactors<T>& f) {
  return f.luminance * f.structure;
}

// Written so that equal images give exactly x: 0 and squares: -xy / 2, which cancel in SsimGradient.
template <typename T>
SPLAT_HD inline SsimPartials<T> SsimBackward(const SsimStatistics<T>& s, const SsimFactors<T>& f) {
  const T luminance_by_d = f.luminance / f.d;
  SsimPartials<T> p;
  p.x = T(2) * (f.structure * ((s.y - f.luminance * s.x) / f.c) - luminance_by_d * (s.y - f.structure * s.x));
  p.squares = -(f.structure * luminance_by_d);
  p.xy = T(2) * luminance_by_d;
  return p;
}

// Derivative of the sum of SSIM over all pixels with respect to one pixel's x. `filtered` are the partial maps under
// the same window, which is its own adjoint.
template <typename T>
SPLAT_HD inline T SsimGradient(const SsimPartials<T>& filtered, T x, T y) {
  return filtered.x + (T(2) * x * filtered.squares + y * filtered.xy);
}

}  // namespace splat::train
