// This header applies a photo's colours (color_math.h) to its pixels on the CPU, for any kind of lanes (core/lanes.h);
// each lane is a pixel of a row.
#pragma once

#include <cstdint>

#include "core/lanes.h"
#include "train/kernels/color/color_math.h"

namespace splat::train {

// Some rows of a view. Pointers are to the image's first pixel.
struct ColorRows {
  ViewColor<float> view;
  int width = 0, height = 0;     // of the image, px
  const float* image = nullptr;  // [H, W, 3]
  float* changed = nullptr;      // [H, W, 3] of Forward
  float* grad_image = nullptr;   // [H, W, 3] of Backward: in place
  int64_t begin_row = 0, end_row = 0;
};

// Everything is a member of one class for each kind of lanes.
template <typename L>
class ColorPixels {
 public:
  static void Forward(const ColorRows& rows);
  // `sums` [kViewColorNumbers] is overwritten.
  static void Backward(const ColorRows& rows, double* sums);

 private:
  static constexpr int kLanes = LanesOf<L>::kCount;

  // These are as many pixels as there are lanes; the last ones of a row may be black pixels behind its end.
  class Pixels {
   public:
    Pixels() {
      for (int lane = 0; lane < kLanes; ++lane) index_[lane] = lane;
      for (float& value : padded_) value = 0;
    }
    Vec3<L> Load(const float* from, int count) {
      if (count < kLanes) {
        for (int i = 0; i < 3 * count; ++i) padded_[i] = from[i];
        for (int i = 3 * count; i < 3 * kLanes; ++i) padded_[i] = 0;
        from = padded_;
      }
      L column[3];
      LoadRows<L>(from, 3, index_, 3, column);
      return {column[0], column[1], column[2]};
    }
    void Store(const Vec3<L>& pixels, float* to, int count) {
      const L column[3] = {pixels.x, pixels.y, pixels.z};
      StoreRows<L>(column, 3, count < kLanes ? padded_ : to, 3, index_);
      if (count >= kLanes) return;
      for (int i = 0; i < 3 * count; ++i) to[i] = padded_[i];
    }

   private:
    int64_t index_[kLanes];
    float padded_[3 * kLanes];
  };

  static ViewColor<L> InLanes(const ViewColor<float>& view) {
    ViewColor<L> lanes;
    lanes.gain = L(view.gain);
    for (int i = 0; i < 9; ++i) lanes.mix.m[i / 3][i % 3] = L(view.mix.m[i / 3][i % 3]);
    for (int c = 0; c < 3; ++c) {
      const Lens<float>& lens = view.lens[c];
      lanes.lens[c] = {L(lens.center_x), L(lens.center_y), L(lens.a0), L(lens.a1), L(lens.a2)};
    }
    return lanes;
  }

  // Calls body(place of the first value, position, count) for the pixels of the rows, kLanes at a time.
  template <typename Body>
  static SPLAT_ALWAYS_INLINE void ForPixels(const ColorRows& rows, const Body& body) {
    const LensFrame<float> exact = LensFrameOf<float>(rows.width, rows.height);
    const LensFrame<L> frame = {L(exact.unit), L(exact.half_width), L(exact.half_height)};
    for (int64_t y = rows.begin_row; y < rows.end_row; ++y) {
      for (int x = 0; x < rows.width; x += kLanes) {
        const int left = rows.width - x;
        body(3 * (y * rows.width + x), LensPosition(frame, L(x) + LaneIndices<L>(), L(y)),
             left < kLanes ? left : kLanes);
      }
    }
  }
};

template <typename L>
void ColorPixels<L>::Forward(const ColorRows& rows) {
  const ViewColor<L> view = InLanes(rows.view);
  Pixels pixels;
  ForPixels(rows, [&](int64_t at, const Vec2<L>& position, int count) {
    pixels.Store(PhotoPixel(view, position, pixels.Load(rows.image + at, count)), rows.changed + at, count);
  });
}

template <typename L>
void ColorPixels<L>::Backward(const ColorRows& rows, double* sums) {
  const ViewColor<L> view = InLanes(rows.view);
  Pixels pixels;
  L total[kViewColorNumbers];
  for (L& sum : total) sum = L(0);
  ForPixels(rows, [&](int64_t at, const Vec2<L>& position, int count) {
    const Vec3<L> color = pixels.Load(rows.image + at, count);
    const Vec3<L> grad = pixels.Load(rows.grad_image + at, count);
    L grad_view[kViewColorNumbers];
    pixels.Store(PhotoPixelBackward(view, position, color, grad, grad_view), rows.grad_image + at, count);
    for (int k = 0; k < kViewColorNumbers; ++k) total[k] += grad_view[k];
  });
  for (int k = 0; k < kViewColorNumbers; ++k) {
    alignas(64) float lanes[kLanes];
    StoreLanes(total[k], lanes);
    sums[k] = 0;
    for (const float lane : lanes) sums[k] += double(lane);
  }
}

}  // namespace splat::train
