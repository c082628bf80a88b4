// This header blends one splat at one pixel: its alpha, one step of front-to-back compositing, and one step of its
// gradient, replayed front to back (docs/math.md, sections 6 and 7).
#pragma once

#include <cmath>

#include "core/host_device.h"
#include "core/lanes.h"
#include "core/multiply_add.h"
#include "core/vec.h"
#include "rasterizer/math/covariance_2d.h"
#include "rasterizer/math/thresholds.h"
#include "rasterizer/math/tiles.h"

namespace splat::math {

// The blend stages need these numbers of a projected splat.
template <typename T>
struct BlendSplat {
  Vec2<T> mean;      // px
  SymMat2<T> conic;  // 1 / px^2
  T opacity;         // activated
};

// q(d) / 2 of the conic at d = mean - pixel.
template <typename T>
SPLAT_HD inline T HalfQuadratic(const SymMat2<T>& conic, T dx, T dy) {
  return T(0.5) * (conic.xx * dx * dx + conic.yy * dy * dy) + conic.xy * dx * dy;
}

// Unclamped alpha at d = mean - pixel centre.
template <typename T>
SPLAT_HD inline T SplatAlpha(const BlendSplat<T>& splat, T dx, T dy) {
  using std::exp;
  return splat.opacity * exp(-HalfQuadratic(splat.conic, dx, dy));
}

// Whether a splat of unclamped alpha is drawn at a pixel whose transmittance is t. NaN is not drawn.
template <typename T>
SPLAT_HD inline auto IsDrawn(T alpha, T t) {
  return (alpha >= T(kMinAlpha)) & (t >= T(kMinTransmittance));
}

template <typename T>
SPLAT_HD inline T ClampAlpha(T alpha) {
  return Minimum(alpha, T(kMaxAlpha));
}

// A splat in the form that the stages evaluate with the fewest instructions (docs/math.md, section 6): alpha = 2^p with
// p(d) = log2(opacity) + across (dy + shear dx)^2 + along dx^2, where neither coefficient is positive. So rounding
// never lifts alpha above the opacity, and nothing cancels, however long and thin the splat is. Forward and backward
// pass of a backend both decide by p, so that a replay takes the very decisions of the forward pass. A pixel whose
// alpha is within 1e-6 of a threshold may be decided otherwise by another backend or instruction set.
template <typename T>
struct FoldedSplat {
  Vec2<T> mean;  // px
  T across, shear, along;
  T log2_opacity;
};

constexpr double kLog2E = 1.4426950408889634;          // log2(e)
constexpr double kLog2MinAlpha = -7.9943534368588578;  // log2(kMinAlpha)

template <typename T>
SPLAT_HD inline T Log2Opacity(T opacity) {
  using std::log2;
  return log2(opacity);
}

// half_x is the ellipse's half extent, from which the variance along x follows: of a needle's conic, too little of it
// is left to subtract (docs/math.md, section 6).
template <typename T>
SPLAT_HD inline ShearedConic<T> ShearedConicOf(const BlendSplat<T>& splat, T half_x) {
  return {splat.conic.yy, splat.conic.xy / splat.conic.yy, InverseVariance(half_x, ReachOf(splat.opacity))};
}

template <typename T>
SPLAT_HD inline FoldedSplat<T> FoldSplat(const BlendSplat<T>& splat, T half_x) {
  const T factor(-0.5 * kLog2E);
  const ShearedConic<T> conic = ShearedConicOf(splat, half_x);
  return {splat.mean, factor * conic.across, conic.shear, factor * conic.along, Log2Opacity(splat.opacity)};
}

// dy + shear dx for dx = mean.x - the pixel centre's x, and the pixel centre's y.
template <typename T>
SPLAT_HD inline T OffsetAcross(const FoldedSplat<T>& splat, T dx, T pixel_y) {
  return MultiplyAdd(splat.shear, dx, splat.mean.y) - pixel_y;
}

// p at a pixel, from dx and the offset across. Down a column of pixels three operations are left in the loop, that of
// the offset among them.
template <typename T>
SPLAT_HD inline T Log2Alpha(const FoldedSplat<T>& splat, T dx, T offset) {
  return MultiplyAdd(splat.across * offset, offset, MultiplyAdd(splat.along * dx, dx, splat.log2_opacity));
}

// 2^p for -126 < p < 127, without branches or calls: 2^n for the nearest whole n times a polynomial (minimax of degree
// 5 on [-1/2, 1/2]). The relative error is below 3e-7. Outside, and for NaN, the result is some number.
template <typename T>
SPLAT_HD inline T Exp2(T p) {
  const T shifted = p + T(kPowerOf2Shift);
  const T f = p - (shifted - T(kPowerOf2Shift));
  const T f2 = f * f;
  const T low = MultiplyAdd(T(6.93146944e-1), f, T(1.00000012));
  const T middle = MultiplyAdd(T(5.55071309e-2), f, T(2.40221202e-1));
  const T high = MultiplyAdd(T(1.32764725e-3), f, T(9.67554096e-3));
  const T power = MultiplyAdd(MultiplyAdd(high, f2, middle), f2, low);
  return power * PowerOf2OfShifted(shifted);
}
SPLAT_HD inline double Exp2(double p) {
  return std::exp2(p);
}

// dp/dd from the same; times kLn2 that of log(alpha).
template <typename T>
SPLAT_HD inline Vec2<T> Log2AlphaSlope(const FoldedSplat<T>& splat, T dx, T offset) {
  const T slope_y = T(2) * splat.across * offset;
  return {MultiplyAdd(T(2) * splat.along, dx, splat.shear * slope_y), slope_y};
}

template <typename T>
SPLAT_HD inline T Magnitude(T a) {
  return Select(a < T(0), -a, a);
}

// IsDrawn for alpha = 2^log2_alpha.
template <typename T>
SPLAT_HD inline auto IsDrawnByLog2(T log2_alpha, T t) {
  return (log2_alpha >= T(kLog2MinAlpha)) & (t >= T(kMinTransmittance));
}

// Transmittance behind a drawn splat of clamped alpha.
template <typename T>
SPLAT_HD inline T TransmittanceBehind(T alpha, T t) {
  return NegativeMultiplyAdd(alpha, t, t);
}

// dL/d of the image at one pixel.
template <typename T>
struct PixelGrad {
  T red, green, blue;
  T alpha, depth;
};

// What the light of a splat counts at a pixel per weight: gradient . (colour, 1, depth). kMaps says whether alpha and
// depth have gradients.
template <bool kMaps, typename T>
SPLAT_HD inline T LossOfSplat(const PixelGrad<T>& g, const Vec3<T>& color, T depth) {
  const T of_color = MultiplyAdd(color.z, g.blue, MultiplyAdd(color.y, g.green, color.x * g.red));
  if constexpr (!kMaps) return of_color;
  return MultiplyAdd(depth, g.depth, of_color) + g.alpha;
}

// gradient . pixel, of what is composited so far or in the end. kMaps as above.
template <bool kMaps, typename T>
SPLAT_HD inline T LossOfPixel(const PixelGrad<T>& g, const Vec3<T>& color, T alpha, T depth) {
  const T of_color = MultiplyAdd(g.blue, color.z, MultiplyAdd(g.green, color.y, g.red * color.x));
  if constexpr (!kMaps) return of_color;
  return MultiplyAdd(g.depth, depth, MultiplyAdd(g.alpha, alpha, of_color));
}

// gradient . (final pixel - what is composited up to and including a splat), from that before the splat.
template <typename T>
SPLAT_HD inline T LossBehind(T loss_before, T weight, T loss_of_splat) {
  return NegativeMultiplyAdd(weight, loss_of_splat, loss_before);
}

// The contribution of a drawn splat to dL/dalpha. `transmittance` is that in front of it, `loss_color` is gradient .
// colour of the splat, and `loss_behind_share` is gradient . (final pixel - what is composited up to and including this
// splat), divided by 1 - alpha.
template <typename T>
SPLAT_HD inline T AlphaGradOfShare(T transmittance, T loss_color, T loss_behind_share) {
  return transmittance * loss_color - loss_behind_share;
}
// Computes the same gradient with the division. `alpha` is clamped.
template <typename T>
SPLAT_HD inline T AlphaGrad(T alpha, T transmittance, T loss_color, T loss_behind) {
  return AlphaGradOfShare(transmittance, loss_color, loss_behind / (T(1) - alpha));
}

// alpha dL/dalpha, that is dL/dlog(alpha), from the unclamped alpha: 0 where the clamp is active.
template <typename T>
SPLAT_HD inline T LogAlphaGrad(T raw_alpha, T grad_alpha) {
  return SelectOrZero(raw_alpha < T(kMaxAlpha), raw_alpha * grad_alpha);
}

// Sums over the pixels of one splat, from which its gradient follows: v = alpha dL/dalpha (0 where alpha is clamped),
// x = mean.x - pixel.x, and w, the offset across.
template <typename T>
struct BlendMoments {
  T m0, mx, mw, mxx, mxw, mww;
};

template <typename T>
struct BlendSplatGrad {
  Vec2<T> mean;
  ShearedConic<T> conic;  // dL/d(across, shear, along)
  T opacity;
};

template <typename T>
SPLAT_HD inline BlendSplatGrad<T> MomentsToGrad(const ShearedConic<T>& conic, T opacity, const BlendMoments<T>& m) {
  BlendSplatGrad<T> grad;
  const T pull = conic.across * m.mw;
  grad.mean = {-(conic.shear * pull + conic.along * m.mx), -pull};
  grad.conic = {T(-0.5) * m.mww, -conic.across * m.mxw, T(-0.5) * m.mxx};
  grad.opacity = m.m0 / opacity;
  return grad;
}

}  // namespace splat::math
