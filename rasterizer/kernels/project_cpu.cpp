// Project and ProjectBackward on the CPU: a loop over splats around the maths of one splat.
#include <algorithm>

#include "core/check.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/math/blend.h"
#include "rasterizer/math/project_splat.h"

namespace splat::kernels {
namespace {

constexpr int64_t kChunk = 1024;  // splats a task

template <typename T>
math::StoredSplat<T> LoadSplat(const SplatsView<T>& s, int64_t i) {
  math::StoredSplat<T> splat;
  splat.mean = {s.means[3 * i], s.means[3 * i + 1], s.means[3 * i + 2]};
  splat.log_scale = {s.log_scales[3 * i], s.log_scales[3 * i + 1], s.log_scales[3 * i + 2]};
  splat.quat = {s.quats[4 * i], s.quats[4 * i + 1], s.quats[4 * i + 2], s.quats[4 * i + 3]};
  splat.opacity_logit = s.opacity_logits[i];
  splat.sh_dc = s.sh_dc + 3 * i;
  splat.sh_rest = s.sh_rest ? s.sh_rest + 3 * int64_t(s.sh_rest_count) * i : nullptr;
  return splat;
}

template <typename T>
math::ProjectLimits LimitsOf(const ProjectParams<T>& params) {
  const int degree = params.options.sh_degree;
  SPLAT_CHECK(degree >= 0 && degree <= math::kMaxShDegree && math::ShRestCount(degree) <= params.splats.sh_rest_count,
              "sh_degree ", degree, ": must be 0 to ", math::kMaxShDegree, " and at most what the model stores (",
              params.splats.sh_rest_count, " coefficients per channel beyond the first)");
  return {params.options.near, params.options.far, params.options.sh_degree};
}

template <typename T>
int32_t CountTiles(const math::ProjectedSplat<T>& splat, const math::TileGrid& grid) {
  const math::TileEllipse<T> ellipse{splat.mean, splat.conic, splat.half};
  const math::TileSpan rows = math::TileRowsOf(ellipse, grid);
  int32_t tiles = 0;
  for (int row = rows.begin; row < rows.end; ++row) {
    const math::TileSpan span = math::TileSpanOfRow(ellipse, grid, row);
    tiles += span.end - span.begin;
  }
  return tiles;
}

template <typename T>
void StoreProjected(const ProjectedView<T>& out, int64_t i, const math::ProjectedSplat<T>& splat, int32_t tiles) {
  const math::ProjectedSplat<T> s = tiles > 0 ? splat : math::ProjectedSplat<T>{};
  out.means_px[2 * i] = s.mean.x;
  out.means_px[2 * i + 1] = s.mean.y;
  out.conics[3 * i] = s.conic.xx;
  out.conics[3 * i + 1] = s.conic.xy;
  out.conics[3 * i + 2] = s.conic.yy;
  out.half_extents_px[2 * i] = s.half.x;
  out.half_extents_px[2 * i + 1] = s.half.y;
  out.opacities[i] = s.opacity;
  out.colors[3 * i] = s.color.x;
  out.colors[3 * i + 1] = s.color.y;
  out.colors[3 * i + 2] = s.color.z;
  out.depths[i] = s.depth;
  out.tile_counts[i] = tiles;
}

// Sum of a splat's slots, in slot order.
template <typename T>
void SumSlots(const T* slots, int64_t begin, int64_t end, T sum[kSlotSize]) {
  std::fill(sum, sum + kSlotSize, T(0));
  for (int64_t slot = begin; slot < end; ++slot) {
    for (int k = 0; k < kSlotSize; ++k) sum[k] += slots[slot * kSlotSize + k];
  }
}

template <typename T>
math::ProjectedSplatGrad<T> GradFromSlots(const ProjectedView<T>& projected, int64_t i, const T sum[kSlotSize]) {
  const math::BlendSplat<T> splat{{projected.means_px[2 * i], projected.means_px[2 * i + 1]},
                                  {projected.conics[3 * i], projected.conics[3 * i + 1], projected.conics[3 * i + 2]},
                                  projected.opacities[i]};
  const T* m = sum + kSlotMoments;
  const math::BlendSplatGrad<T> g = math::MomentsToGrad(splat, {m[0], m[1], m[2], m[3], m[4], m[5]});
  return {g.mean, g.conic, g.opacity, {sum[kSlotColor], sum[kSlotColor + 1], sum[kSlotColor + 2]}, sum[kSlotDepth]};
}

template <typename T>
void ClearGrad(const SplatsGradView<T>& grad, int64_t i, int sh_rest_count) {
  std::fill_n(grad.means + 3 * i, 3, T(0));
  std::fill_n(grad.log_scales + 3 * i, 3, T(0));
  std::fill_n(grad.quats + 4 * i, 4, T(0));
  grad.opacity_logits[i] = T(0);
  std::fill_n(grad.sh_dc + 3 * i, 3, T(0));
  if (sh_rest_count > 0) std::fill_n(grad.sh_rest + 3 * int64_t(sh_rest_count) * i, 3 * sh_rest_count, T(0));
}

template <typename T>
void StoreGrad(const SplatsGradView<T>& grad, int64_t i, const math::StoredSplatGrad<T>& g) {
  grad.means[3 * i] = g.mean.x;
  grad.means[3 * i + 1] = g.mean.y;
  grad.means[3 * i + 2] = g.mean.z;
  grad.log_scales[3 * i] = g.log_scale.x;
  grad.log_scales[3 * i + 1] = g.log_scale.y;
  grad.log_scales[3 * i + 2] = g.log_scale.z;
  grad.quats[4 * i] = g.quat.w;
  grad.quats[4 * i + 1] = g.quat.x;
  grad.quats[4 * i + 2] = g.quat.y;
  grad.quats[4 * i + 3] = g.quat.z;
  grad.opacity_logits[i] = g.opacity_logit;
}

template <typename T>
void StoreStats(const ScreenStatsView<T>& stats, int64_t i, const Vec2<T>& grad_mean, const T sum[kSlotSize]) {
  if (stats.grad_mean_px) {
    stats.grad_mean_px[2 * i] = grad_mean.x;
    stats.grad_mean_px[2 * i + 1] = grad_mean.y;
  }
  if (stats.abs_mean_px) {
    stats.abs_mean_px[2 * i] = sum[kSlotAbsMean];
    stats.abs_mean_px[2 * i + 1] = sum[kSlotAbsMean + 1];
  }
}

}  // namespace

template <typename T>
void Project(const KernelContext& context, const ProjectParams<T>& params) {
  const math::PinholeCamera<T> camera = math::MakePinholeCamera<T>(params.camera);
  const math::TileGrid grid = math::TileGridOf(params.camera.width, params.camera.height);
  const math::ProjectLimits limits = LimitsOf(params);
  ParallelFor(*context.executor, params.splats.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const math::ProjectedSplat<T> splat = math::ProjectSplat(camera, limits, LoadSplat(params.splats, i));
      StoreProjected(params.out, i, splat, splat.visible ? CountTiles(splat, grid) : 0);
    }
  });
}

template <typename T>
void ProjectBackward(const KernelContext& context, const ProjectBackwardParams<T>& params) {
  const ProjectParams<T>& forward = params.forward;
  const math::PinholeCamera<T> camera = math::MakePinholeCamera<T>(forward.camera);
  const math::ProjectLimits limits = LimitsOf(forward);
  const int rest = forward.splats.sh_rest_count;
  ParallelFor(*context.executor, forward.splats.count, kChunk, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T sum[kSlotSize];
      SumSlots(params.slots, params.slot_begin[i], params.slot_begin[i + 1], sum);
      ClearGrad(params.grad, i, rest);
      if (forward.out.tile_counts[i] == 0) {
        StoreStats(params.stats, i, Vec2<T>{T(0), T(0)}, sum);
        continue;
      }
      const math::ProjectedSplatGrad<T> grad = GradFromSlots(forward.out, i, sum);
      T* grad_rest = rest > 0 ? params.grad.sh_rest + 3 * int64_t(rest) * i : nullptr;
      StoreGrad(params.grad, i,
                math::ProjectSplatBackward(camera, limits, LoadSplat(forward.splats, i), grad,
                                           params.grad.sh_dc + 3 * i, grad_rest));
      StoreStats(params.stats, i, grad.mean, sum);
    }
  });
}

template void Project<float>(const KernelContext&, const ProjectParams<float>&);
template void Project<double>(const KernelContext&, const ProjectParams<double>&);
template void ProjectBackward<float>(const KernelContext&, const ProjectBackwardParams<float>&);
template void ProjectBackward<double>(const KernelContext&, const ProjectBackwardParams<double>&);

}  // namespace splat::kernels
