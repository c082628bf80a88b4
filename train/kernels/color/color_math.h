// This header computes the colours of one photo after PPISP (arXiv 2601.18336), without its response curve: exposure
// and chromaticity of the photo and vignetting of its camera (docs/math.md, section 12). What a pixel needs is joined
// in a ViewColor first; gradients of the pixels' numbers are summed for the view and then carried back to the
// parameters.
#pragma once

#include <cmath>

#include "core/constants.h"
#include "core/host_device.h"
#include "core/lanes.h"
#include "core/vec.h"

namespace splat::train {

constexpr int kControlColors = 4;  // whose chromaticities a photo moves: blue, red, green, grey
// Numbers of a photo: the exposure in stops, then two latents for each control colour. All 0: nothing is changed.
constexpr int kPhotoColorNumbers = 1 + 2 * kControlColors;
// Numbers of a camera, for each of the channels: the centre (x, y) and the three coefficients. All 0: no vignetting.
constexpr int kChannelLensNumbers = 5, kCameraColorNumbers = 3 * kChannelLensNumbers;

constexpr double kSmallestIntensity = 1e-5;  // below it a pixel counts as black, whose chromaticity says nothing

// Weights in the loss of what keeps the vignetting plausible, as published: |centre|^2 (mean over the channels),
// coefficients above 0 (mean over all), variance between channels (mean over the five numbers).
constexpr double kLensCenterWeight = 0.02, kLensPositiveWeight = 0.01, kLensChannelWeight = 0.1;

// Offset of a control colour's chromaticity (r, g) from its two latents: PPISP's decorrelation, a symmetric matrix.
template <typename T>
SPLAT_HD inline SymMat2<T> OffsetOfLatents(int control) {
  const double xx[kControlColors] = {0.0480542, 0.0580570, 0.0433336, 0.0128369};
  const double xy[kControlColors] = {-0.0043631, -0.0179872, -0.0180537, -0.0034654};
  const double yy[kControlColors] = {0.0481283, 0.0431061, 0.0580500, 0.0128158};
  return {T(xx[control]), T(xy[control]), T(yy[control])};
}

template <typename T>
SPLAT_HD inline Vec2<T> Product(const SymMat2<T>& m, const Vec2<T>& v) {
  return {m.xx * v.x + m.xy * v.y, m.xy * v.x + m.yy * v.y};
}

// One channel of a lens. Positions have their origin in the middle of the image and the longer side as unit.
template <typename T>
struct Lens {
  T center_x, center_y, a0, a1, a2;
};

// What the pixels of a view need. Its numbers are also those that the pixels' gradients are summed for, in this order.
template <typename T>
struct ViewColor {
  T gain;       // 2^exposure
  Mat3<T> mix;  // homography of the chromaticities, for r, g, b; up to a factor
  Lens<T> lens[3];
};
constexpr int kMixNumbers = 1 + 9;  // gain and mix
constexpr int kViewColorNumbers = kMixNumbers + kCameraColorNumbers;

// Returns the colour in float, as the kernels of the pixels take it.
template <typename T>
SPLAT_HD inline ViewColor<float> RoundedViewColor(const ViewColor<T>& exact) {
  ViewColor<float> color;
  color.gain = float(exact.gain);
  for (int i = 0; i < 9; ++i) color.mix(i / 3, i % 3) = float(exact.mix(i / 3, i % 3));
  for (int c = 0; c < 3; ++c) {
    const Lens<T>& lens = exact.lens[c];
    color.lens[c] = {float(lens.center_x), float(lens.center_y), float(lens.a0), float(lens.a1), float(lens.a2)};
  }
  return color;
}

// The control colours as (r, g, b) that add up to 1, each moved by its offset.
template <typename T>
struct ControlColors {
  Vec3<T> blue, red, green, grey;
};
template <typename T>
SPLAT_HD inline Vec3<T> MovedControl(T red, T green, const Vec2<T>& offset) {
  const T r = red + offset.x, g = green + offset.y;
  return {r, g, T(1) - r - g};
}
template <typename T>
SPLAT_HD inline ControlColors<T> MovedControls(const Vec2<T> offsets[kControlColors]) {
  const T third = T(1) / T(3);
  return {MovedControl(T(0), T(0), offsets[0]), MovedControl(T(1), T(0), offsets[1]),
          MovedControl(T(0), T(1), offsets[2]), MovedControl(third, third, offsets[3])};
}

// How much of each moved primary makes the moved grey, times 3 det: 1 each where nothing is moved.
template <typename T>
SPLAT_HD inline Vec3<T> PrimaryWeights(const ControlColors<T>& c) {
  return {T(3) * Dot(c.grey, Cross(c.green, c.blue)), T(3) * Dot(c.grey, Cross(c.blue, c.red)),
          T(3) * Dot(c.grey, Cross(c.red, c.green))};
}

// The homography that takes the control colours to the moved ones: a column for each primary.
template <typename T>
SPLAT_HD inline Mat3<T> ChromaticityMix(const Vec2<T> offsets[kControlColors]) {
  const ControlColors<T> c = MovedControls(offsets);
  const Vec3<T> weights = PrimaryWeights(c);
  const Vec3<T> r = weights.x * c.red, g = weights.y * c.green, b = weights.z * c.blue;
  return {{{r.x, g.x, b.x}, {r.y, g.y, b.y}, {r.z, g.z, b.z}}};
}

// dL/doffsets from dL/dmix.
template <typename T>
SPLAT_HD inline void ChromaticityMixBackward(const Vec2<T> offsets[kControlColors], const Mat3<T>& grad_mix,
                                             Vec2<T> grad_offsets[kControlColors]) {
  const ControlColors<T> c = MovedControls(offsets);
  const Vec3<T> weights = PrimaryWeights(c);
  const Vec3<T> grad_r = {grad_mix(0, 0), grad_mix(1, 0), grad_mix(2, 0)};
  const Vec3<T> grad_g = {grad_mix(0, 1), grad_mix(1, 1), grad_mix(2, 1)};
  const Vec3<T> grad_b = {grad_mix(0, 2), grad_mix(1, 2), grad_mix(2, 2)};
  // These are the gradients of the determinants, times 3.
  const T red = T(3) * Dot(grad_r, c.red), green = T(3) * Dot(grad_g, c.green), blue = T(3) * Dot(grad_b, c.blue);
  const ControlColors<T> grad = {
      weights.z * grad_b + red * Cross(c.grey, c.green) + green * Cross(c.red, c.grey),
      weights.x * grad_r + green * Cross(c.grey, c.blue) + blue * Cross(c.green, c.grey),
      weights.y * grad_g + red * Cross(c.blue, c.grey) + blue * Cross(c.grey, c.red),
      red * Cross(c.green, c.blue) + green * Cross(c.blue, c.red) + blue * Cross(c.red, c.green)};
  const Vec3<T>* const moved[kControlColors] = {&grad.blue, &grad.red, &grad.green, &grad.grey};
  for (int k = 0; k < kControlColors; ++k) grad_offsets[k] = {moved[k]->x - moved[k]->z, moved[k]->y - moved[k]->z};
}

template <typename T>
SPLAT_HD inline T GainOfStops(T stops) {
  using std::exp;
  return exp(T(kLn2) * stops);
}
// dL/dstops from dL/dgain.
template <typename T>
SPLAT_HD inline T GainOfStopsBackward(T stops, T grad_gain) {
  return T(kLn2) * GainOfStops(stops) * grad_gain;
}

// Offsets of the control colours of a photo with these numbers.
template <typename T, typename Stored>
SPLAT_HD inline void ChromaticityOffsets(const Stored* photo, Vec2<T> offsets[kControlColors]) {
  for (int k = 0; k < kControlColors; ++k) {
    offsets[k] = Product(OffsetOfLatents<T>(k), Vec2<T>{T(photo[1 + 2 * k]), T(photo[2 + 2 * k])});
  }
}

// The view of a photo with these numbers [kPhotoColorNumbers], by a camera with these [kCameraColorNumbers].
template <typename T, typename Stored>
SPLAT_HD inline ViewColor<T> ViewColorOf(const Stored* photo, const Stored* camera) {
  ViewColor<T> color;
  color.gain = GainOfStops(T(photo[0]));
  Vec2<T> offsets[kControlColors];
  ChromaticityOffsets(photo, offsets);
  color.mix = ChromaticityMix(offsets);
  for (int c = 0; c < 3; ++c) {
    const Stored* lens = camera + c * kChannelLensNumbers;
    color.lens[c] = {T(lens[0]), T(lens[1]), T(lens[2]), T(lens[3]), T(lens[4])};
  }
  return color;
}

// dL/dphoto and dL/dcamera from the pixels' sums [kViewColorNumbers], with what keeps the camera's numbers plausible.
template <typename T, typename Stored>
SPLAT_HD inline void ViewColorBackward(const Stored* photo, const Stored* camera, const T* sums, T* grad_photo,
                                       T* grad_camera) {
  grad_photo[0] = GainOfStopsBackward(T(photo[0]), sums[0]);
  Mat3<T> grad_mix;
  for (int i = 0; i < 9; ++i) grad_mix(i / 3, i % 3) = sums[1 + i];
  Vec2<T> offsets[kControlColors], grad_offsets[kControlColors];
  ChromaticityOffsets(photo, offsets);
  ChromaticityMixBackward(offsets, grad_mix, grad_offsets);
  for (int k = 0; k < kControlColors; ++k) {
    const Vec2<T> grad = Product(OffsetOfLatents<T>(k), grad_offsets[k]);
    grad_photo[1 + 2 * k] = grad.x;
    grad_photo[2 + 2 * k] = grad.y;
  }
  for (int n = 0; n < kChannelLensNumbers; ++n) {
    const T value[3] = {T(camera[n]), T(camera[kChannelLensNumbers + n]), T(camera[2 * kChannelLensNumbers + n])};
    const T mean = (value[0] + value[1] + value[2]) / T(3);
    for (int c = 0; c < 3; ++c) {
      T grad = T(2 * kLensChannelWeight / (3 * kChannelLensNumbers)) * (value[c] - mean);
      if (n < 2) grad += T(2 * kLensCenterWeight / 3) * value[c];
      if (n >= 2 && value[c] > T(0)) grad += T(kLensPositiveWeight / 9);
      grad_camera[c * kChannelLensNumbers + n] = sums[kMixNumbers + c * kChannelLensNumbers + n] + grad;
    }
  }
}

// Position of a pixel for the lenses.
template <typename T>
struct LensFrame {
  T unit, half_width, half_height;  // 1 / longer side; px
};
template <typename T>
SPLAT_HD inline LensFrame<T> LensFrameOf(int width, int height) {
  return {T(1) / T(width > height ? width : height), T(width) / T(2), T(height) / T(2)};
}
template <typename T>
SPLAT_HD inline Vec2<T> LensPosition(const LensFrame<T>& frame, T x, T y) {
  return {(x + T(0.5) - frame.half_width) * frame.unit, (y + T(0.5) - frame.half_height) * frame.unit};
}

// What a lens leaves of the light, before it is held in 0..1.
template <typename T>
SPLAT_HD inline T FreeLensFactor(const Lens<T>& lens, T radius2) {
  return T(1) + radius2 * (lens.a0 + radius2 * (lens.a1 + radius2 * lens.a2));
}
template <typename T>
SPLAT_HD inline T LensRadius2(const Lens<T>& lens, const Vec2<T>& position) {
  const T x = position.x - lens.center_x, y = position.y - lens.center_y;
  return x * x + y * y;
}
template <typename T>
SPLAT_HD inline T HeldInUnit(T value) {
  return Select(value > T(1), T(1), Select(value < T(0), T(0), value));
}
// The gradient goes through where the value is free, and where it pushes one that is held back into 0..1.
template <typename T>
SPLAT_HD inline T HeldInUnitBackward(T value, T grad) {
  const T held = Select(value > T(1), Maximum(grad, T(0)), grad);
  return Select(value < T(0), Minimum(grad, T(0)), held);
}

// A photo shows nothing brighter than 1. NaN stays.
template <typename T>
SPLAT_HD inline T Saturated(T value) {
  return Select(value > T(1), T(1), value);
}
// The gradient goes through where the value is free, and where it pushes a saturated one down.
template <typename T>
SPLAT_HD inline T SaturatedBackward(T value, T grad) {
  return Select(value > T(1), Maximum(grad, T(0)), grad);
}

// A value and a pixel with a gain, as the photo shows them.
template <typename T>
SPLAT_HD inline T GainValue(T gain, T value) {
  return Saturated(gain * value);
}
template <typename T>
SPLAT_HD inline Vec3<T> GainPixel(T gain, const Vec3<T>& color) {
  return {GainValue(gain, color.x), GainValue(gain, color.y), GainValue(gain, color.z)};
}
// dL/d(gain * value) from dL/dGainValue. Times the gain it is that of the value, times the value that of the gain.
template <typename T>
SPLAT_HD inline T GainValuePassed(T gain, T value, T grad) {
  return SaturatedBackward(gain * value, grad);
}
template <typename T>
SPLAT_HD inline Vec3<T> GainPixelPassed(T gain, const Vec3<T>& color, const Vec3<T>& grad) {
  return {GainValuePassed(gain, color.x, grad.x), GainValuePassed(gain, color.y, grad.y),
          GainValuePassed(gain, color.z, grad.z)};
}

// What is known of a pixel on the way.
template <typename T>
struct PixelStages {
  Vec3<T> free_factor, seen;  // of the lens; the colour behind the lens
  Vec3<T> mixed;              // mix * seen
  T intensity, share;         // of `seen`; 1 / intensity of `mixed`, held above kSmallestIntensity
  T scale;                    // from `mixed` to the result
};
template <typename T>
SPLAT_HD inline PixelStages<T> StagesOf(const ViewColor<T>& view, const Vec2<T>& position, const Vec3<T>& color) {
  PixelStages<T> s;
  s.free_factor = {FreeLensFactor(view.lens[0], LensRadius2(view.lens[0], position)),
                   FreeLensFactor(view.lens[1], LensRadius2(view.lens[1], position)),
                   FreeLensFactor(view.lens[2], LensRadius2(view.lens[2], position))};
  s.seen = {HeldInUnit(s.free_factor.x) * color.x, HeldInUnit(s.free_factor.y) * color.y,
            HeldInUnit(s.free_factor.z) * color.z};
  s.mixed = view.mix * s.seen;
  s.intensity = s.seen.x + s.seen.y + s.seen.z;
  const T mixed = s.mixed.x + s.mixed.y + s.mixed.z;
  s.share = T(1) / Maximum(mixed, T(kSmallestIntensity));
  s.scale = view.gain * (s.intensity * s.share);
  return s;
}

// The colour of a pixel of the photo, from that of the scene.
template <typename T>
SPLAT_HD inline Vec3<T> PhotoPixel(const ViewColor<T>& view, const Vec2<T>& position, const Vec3<T>& color) {
  const PixelStages<T> s = StagesOf(view, position, color);
  return GainPixel(s.scale, s.mixed);
}

// dL/d of a channel's color and lens numbers, from dL/dseen.
template <typename T>
SPLAT_HD inline T LensBackward(const Lens<T>& lens, const Vec2<T>& position, T free_factor, T color, T grad_seen,
                               T* grad_lens) {
  const T grad = HeldInUnitBackward(free_factor, color * grad_seen);
  const T r2 = LensRadius2(lens, position);
  const T grad_r2 = grad * (lens.a0 + r2 * (T(2) * lens.a1 + T(3) * r2 * lens.a2));
  grad_lens[0] = T(-2) * (position.x - lens.center_x) * grad_r2;
  grad_lens[1] = T(-2) * (position.y - lens.center_y) * grad_r2;
  grad_lens[2] = grad * r2;
  grad_lens[3] = grad * r2 * r2;
  grad_lens[4] = grad * r2 * r2 * r2;
  return HeldInUnit(free_factor) * grad_seen;
}

// Returns dL/dcolor from dL/d(PhotoPixel), and gives dL/d(ViewColor)'s numbers to `grad_view` [kViewColorNumbers].
template <typename T>
SPLAT_HD inline Vec3<T> PhotoPixelBackward(const ViewColor<T>& view, const Vec2<T>& position, const Vec3<T>& color,
                                           const Vec3<T>& grad_photo, T* grad_view) {
  const PixelStages<T> s = StagesOf(view, position, color);
  const Vec3<T> grad = GainPixelPassed(s.scale, s.mixed, grad_photo);
  const T grad_scale = Dot(grad, s.mixed);
  grad_view[0] = grad_scale * (s.intensity * s.share);
  const T grad_intensity = grad_scale * view.gain * s.share;
  const T grad_sum = SelectOrZero(s.mixed.x + s.mixed.y + s.mixed.z > T(kSmallestIntensity),
                                  -(grad_scale * s.scale * s.share));  // of the intensity of `mixed`
  const Vec3<T> grad_mixed = {s.scale * grad.x + grad_sum, s.scale * grad.y + grad_sum, s.scale * grad.z + grad_sum};
  const T g[3] = {grad_mixed.x, grad_mixed.y, grad_mixed.z}, u[3] = {s.seen.x, s.seen.y, s.seen.z};
  for (int i = 0; i < 9; ++i) grad_view[1 + i] = g[i / 3] * u[i % 3];
  const Vec3<T> grad_seen = Transpose(view.mix) * grad_mixed + Vec3<T>{grad_intensity, grad_intensity, grad_intensity};
  T* lens = grad_view + kMixNumbers;
  return {LensBackward(view.lens[0], position, s.free_factor.x, color.x, grad_seen.x, lens),
          LensBackward(view.lens[1], position, s.free_factor.y, color.y, grad_seen.y, lens + kChannelLensNumbers),
          LensBackward(view.lens[2], position, s.free_factor.z, color.z, grad_seen.z, lens + 2 * kChannelLensNumbers)};
}

}  // namespace splat::train
