// One step of the gradient of blending on a card, for both families of BlendBackward (docs/math.md, section 7): what a
// pixel brings along, and how a drawn splat moves it on.
#pragma once

#include "rasterizer/kernels/blend_cuda.cuh"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

// dL/d of the picture at one pixel.
struct PixelGrad {
  float red, green, blue;
  float alpha, depth;
};

__device__ inline PixelGrad LoadPixelGrad(const PixelsGradView<float>& grad, int64_t pixel) {
  PixelGrad g{};
  g.red = grad.image[3 * pixel];
  g.green = grad.image[3 * pixel + 1];
  g.blue = grad.image[3 * pixel + 2];
  if (grad.alpha) g.alpha = grad.alpha[pixel];
  if (grad.depth) g.depth = grad.depth[pixel];
  return g;
}

// gradient . final pixel
__device__ inline float LossOfPixel(const PixelGrad& g, const PixelsView<float>& pixels, int64_t pixel) {
  const float* image = pixels.image + 3 * pixel;
  float loss = g.red * image[0] + g.green * image[1] + g.blue * image[2];
  loss += g.alpha * pixels.alpha[pixel];
  loss += g.depth * pixels.depth[pixel];
  return loss;
}

// Where a pixel stands between two splats: transmittance; gradient . (final pixel - composited so far).
struct ReplayState {
  float t, behind;
};

// A splat's part at one pixel: the weight of its light, and alpha dL/dalpha, 0 where alpha is clamped.
struct ReplayedSplat {
  float weight, v;
};

// Moves the pixel behind the splat, which is drawn. light: colour; depth. kMaps: whether alpha and depth have
// gradients; without, theirs are 0.
template <bool kMaps>
__device__ inline ReplayedSplat ReplaySplat(const float4& light, float log2_alpha, const PixelGrad& g, ReplayState& s) {
  const float raw = gpu::Exp2Fast(log2_alpha), alpha = math::ClampAlpha(raw), weight = alpha * s.t;
  float loss_color = kMaps ? MultiplyAdd(light.z, g.blue, MultiplyAdd(light.w, g.depth, g.alpha)) : light.z * g.blue;
  loss_color = MultiplyAdd(light.x, g.red, MultiplyAdd(light.y, g.green, loss_color));
  s.behind = MultiplyAdd(-weight, loss_color, s.behind);
  const float share = s.behind * gpu::ReciprocalFast(1.0f - alpha);
  const float full = raw * math::AlphaGradOfShare(s.t, loss_color, share);
  s.t = math::TransmittanceBehind(alpha, s.t);
  return {weight, raw < float(math::kMaxAlpha) ? full : 0.0f};
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
