// One step of the gradient of blending on a GPU, for both families of BlendBackward (docs/math.md, section 7): what a
// pixel brings along, and how a drawn splat moves it on.
#pragma once

#include "rasterizer/kernels/blend/blend_cuda.cuh"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

using PixelGrad = math::PixelGrad<float>;

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
__device__ inline float LossOfFinalPixel(const PixelGrad& g, const PixelsView<float>& pixels, int64_t pixel) {
  const float* image = pixels.image + 3 * pixel;
  const float depth = pixels.depth ? pixels.depth[pixel] : 0;
  return math::LossOfPixel<true>(g, {image[0], image[1], image[2]}, pixels.alpha[pixel], depth);
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
  const float loss = math::LossOfSplat<kMaps>(g, {light.x, light.y, light.z}, light.w);
  s.behind = math::LossBehind(s.behind, weight, loss);
  const float share = s.behind * gpu::ReciprocalFast(1.0f - alpha);
  const float v = math::LogAlphaGrad(raw, math::AlphaGradOfShare(s.t, loss, share));
  s.t = math::TransmittanceBehind(alpha, s.t);
  return {weight, v};
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
