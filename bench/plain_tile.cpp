#include "bench/plain_tile.h"

#include <algorithm>

#include "rasterizer/kernels/records.h"
#include "rasterizer/math/blend.h"

namespace splat::bench {
namespace {

namespace k = kernels;
constexpr int kPixels = math::kTilePixels;

// What a pixel holds while the list is walked.
struct Pixel {
  float transmittance = 1;
  Vec3<float> color = {0, 0, 0};
};

// The k-th splat of the list.
struct Splat {
  Splat(const k::BlendParams<float>& params, int64_t place)
      : record(params.projected.records + int64_t(k::kRecordSize) * params.list.entries[place].splat),
        shape(k::BlendSplatOf(record)),
        color{record[k::kRecordColor], record[k::kRecordColor + 1], record[k::kRecordColor + 2]} {}
  Vec2<float> From(int x, int y) const {  // mean - pixel centre
    return {shape.mean.x - (float(x) + 0.5f), shape.mean.y - (float(y) + 0.5f)};
  }
  const float* record;
  math::BlendSplat<float> shape;
  Vec3<float> color;
};

// dL/d of the image and gradient . (final pixel - what is composited so far).
struct PixelOfBackward {
  float transmittance = 1;
  math::PixelGrad<float> grad = {};
  float loss_behind = 0;
};

void ReplayPlainly(const Splat& splat, int width, int height, PixelOfBackward* pixels, float* slot) {
  math::BlendMoments<float> sums = {};
  Vec3<float> color = {0, 0, 0};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      PixelOfBackward& pixel = pixels[y * math::kTileSize + x];
      const Vec2<float> d = splat.From(x, y);
      const float raw = math::SplatAlpha(splat.shape, d.x, d.y);
      if (!math::IsDrawn(raw, pixel.transmittance)) continue;
      const float alpha = math::ClampAlpha(raw), weight = alpha * pixel.transmittance;
      const float loss = math::LossOfSplat<false>(pixel.grad, splat.color, 0.0f);
      pixel.loss_behind = math::LossBehind(pixel.loss_behind, weight, loss);
      const float v = math::LogAlphaGrad(raw, math::AlphaGrad(alpha, pixel.transmittance, loss, pixel.loss_behind));
      color = color + weight * Vec3<float>{pixel.grad.red, pixel.grad.green, pixel.grad.blue};
      sums.m0 += v;
      const float w = d.y + splat.shape.conic.xy / splat.shape.conic.yy * d.x;
      sums.mx += v * d.x;
      sums.mw += v * w;
      sums.mxx += v * d.x * d.x;
      sums.mxw += v * d.x * w;
      sums.mww += v * w * w;
      pixel.transmittance = math::TransmittanceBehind(alpha, pixel.transmittance);
    }
  }
  const float all[k::kSlotSize] = {color.x, color.y,  color.z,  0,        sums.m0, sums.mx,
                                   sums.mw, sums.mxx, sums.mxw, sums.mww, 0,       0};
  std::copy(all, all + k::kSlotSize, slot);
}

}  // namespace

void BlendTilePlainly(const kernels::BlendParams<float>& params) {
  Pixel pixels[kPixels];
  for (int64_t place = params.list.tile_begin[0]; place < params.list.tile_begin[1]; ++place) {
    const Splat splat(params, place);
    for (int y = 0; y < params.height; ++y) {
      for (int x = 0; x < params.width; ++x) {
        Pixel& pixel = pixels[y * math::kTileSize + x];
        const Vec2<float> d = splat.From(x, y);
        const float raw = math::SplatAlpha(splat.shape, d.x, d.y);
        if (!math::IsDrawn(raw, pixel.transmittance)) continue;
        const float alpha = math::ClampAlpha(raw);
        pixel.color = pixel.color + (alpha * pixel.transmittance) * splat.color;
        pixel.transmittance = math::TransmittanceBehind(alpha, pixel.transmittance);
      }
    }
  }
  for (int y = 0; y < params.height; ++y) {
    for (int x = 0; x < params.width; ++x) {
      const Pixel& pixel = pixels[y * math::kTileSize + x];
      const int64_t at = int64_t(y) * params.width + x;
      const float light[3] = {pixel.color.x, pixel.color.y, pixel.color.z};
      for (int c = 0; c < 3; ++c) params.out.image[3 * at + c] = light[c] + pixel.transmittance * params.background[c];
      params.out.alpha[at] = 1 - pixel.transmittance;
    }
  }
}

void BlendTileBackwardPlainly(const kernels::BlendBackwardParams<float>& params) {
  const k::BlendParams<float>& forward = params.forward;
  PixelOfBackward pixels[kPixels];
  for (int y = 0; y < forward.height; ++y) {
    for (int x = 0; x < forward.width; ++x) {
      PixelOfBackward& pixel = pixels[y * math::kTileSize + x];
      const int64_t at = 3 * (int64_t(y) * forward.width + x);
      const float *grad = params.grad.image + at, *final = forward.out.image + at;
      pixel.grad = {grad[0], grad[1], grad[2], 0, 0};
      pixel.loss_behind = math::LossOfPixel<false>(pixel.grad, Vec3<float>{final[0], final[1], final[2]}, 0.0f, 0.0f);
    }
  }
  for (int64_t place = forward.list.tile_begin[0]; place < forward.list.tile_begin[1]; ++place) {
    float* slot = params.slots + int64_t(k::kSlotSize) * forward.list.entries[place].slot;
    ReplayPlainly(Splat(forward, place), forward.width, forward.height, pixels, slot);
  }
}

}  // namespace splat::bench
