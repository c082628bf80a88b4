#include "bench/tile_scene.h"

#include <cmath>

#include "core/random.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/math/blend.h"

namespace splat::bench {
namespace {

constexpr float kOpacity = 0.04f;

}  // namespace

TileScene::TileScene(double sigma_px)
    : records_(size_t(kernels::kRecordSize) * kSplats),
      slots_(size_t(kernels::kSlotSize) * kSplats),
      entries_(kSplats),
      image_{},
      grad_{},
      alpha_{} {
  Random random(1);
  const float variance = float(sigma_px * sigma_px);
  const SymMat2<float> covariance = {variance, 0, variance};
  for (int i = 0; i < kSplats; ++i) {
    math::ProjectedSplat<float> splat{};
    splat.visible = true;
    splat.mean = {float(math::kTileSize * random.Uniform()), float(math::kTileSize * random.Uniform())};
    splat.conic = math::Conic(covariance, variance * variance);
    splat.half = math::HalfExtents(covariance, math::ReachOf(kOpacity));
    splat.opacity = kOpacity;
    splat.color = {float(random.Uniform()), float(random.Uniform()), float(random.Uniform())};
    splat.depth = float(i);
    kernels::StoreRecord(splat, records_.data() + size_t(kernels::kRecordSize) * size_t(i));
    entries_[size_t(i)] = {i, i};
  }
  for (float& value : grad_) value = float(1e-6 * random.Normal());
  forward_.width = forward_.height = math::kTileSize;
  forward_.projected.records = records_.data();
  forward_.list = {kSplats, nullptr, tile_begin_.data(), entries_.data()};
  forward_.out = {image_.data(), alpha_.data(), nullptr};
  backward_.forward = forward_;
  backward_.grad.image = grad_.data();
  backward_.slots = slots_.data();
  backward_.abs_mean = false;
}

double TileScene::DrawnShare() const {
  int64_t drawn = 0;
  for (int i = 0; i < kSplats; ++i) {
    const math::BlendSplat<float> splat =
        kernels::BlendSplatOf(records_.data() + size_t(kernels::kRecordSize) * size_t(i));
    for (int p = 0; p < math::kTilePixels; ++p) {
      const float x = float(p % math::kTileSize) + 0.5f, y = float(p / math::kTileSize) + 0.5f;
      drawn += math::IsDrawn(math::SplatAlpha(splat, splat.mean.x - x, splat.mean.y - y), 1.0f) ? 1 : 0;
    }
  }
  return double(drawn) / (double(kSplats) * math::kTilePixels);
}

}  // namespace splat::bench
