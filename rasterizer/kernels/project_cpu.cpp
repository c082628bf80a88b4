// Project and ProjectBackward on the CPU: a loop over splats around the maths of one splat.
#include <algorithm>

#include "core/check.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"

namespace splat::kernels {
namespace {

constexpr int64_t kChunk = 1024;  // splats a task

template <typename T>
math::ProjectLimits LimitsOf(const ProjectParams<T>& params) {
  CheckShDegree(params.options.sh_degree, params.splats.sh_rest_count);
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
  StoreRecord(tiles > 0 ? splat : math::ProjectedSplat<T>{}, out.records + kRecordSize * i);
  out.tile_counts[i] = tiles;
}

// Sum of a splat's slots, in slot order.
template <typename T>
void SumSlots(const T* slots, int64_t begin, int64_t end, T* sum) {
  std::fill(sum, sum + kSlotSize, T(0));
  for (int64_t slot = begin; slot < end; ++slot) {
    for (int k = 0; k < kSlotSize; ++k) sum[k] += slots[slot * kSlotSize + k];
  }
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

}  // namespace

void CheckShDegree(int degree, int sh_rest_count) {
  SPLAT_CHECK(degree >= 0 && degree <= math::kMaxShDegree && math::ShRestCount(degree) <= sh_rest_count, "sh_degree ",
              degree, ": must be 0 to ", math::kMaxShDegree, " and at most what the model stores (", sh_rest_count,
              " coefficients per channel beyond the first)");
}

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
      const math::ProjectedSplatGrad<T> grad = GradFromSlots(forward.out.records + kRecordSize * i, sum);
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
