// This header reads and writes the arrays of views.h, one splat at a time, for every backend.
#pragma once

#include "core/host_device.h"
#include "rasterizer/kernels/views.h"
#include "rasterizer/math/blend.h"
#include "rasterizer/math/project_splat.h"
#include "rasterizer/math/tiles.h"

namespace splat::kernels {

template <typename T>
SPLAT_HD inline math::StoredSplat<T> LoadSplat(const SplatsView<T>& s, int64_t i) {
  math::StoredSplat<T> splat;
  splat.mean = {s.means[3 * i], s.means[3 * i + 1], s.means[3 * i + 2]};
  splat.log_scale = {s.log_scales[3 * i], s.log_scales[3 * i + 1], s.log_scales[3 * i + 2]};
  splat.quat = {s.quats[4 * i], s.quats[4 * i + 1], s.quats[4 * i + 2], s.quats[4 * i + 3]};
  splat.opacity_logit = s.opacity_logits[i];
  splat.sh_dc = s.sh_dc + 3 * i;
  splat.sh_rest = s.sh_rest ? s.sh_rest + 3 * int64_t(s.sh_rest_count) * i : nullptr;
  return splat;
}

// `record` [kRecordSize] of a visible splat.
template <typename T>
SPLAT_HD inline void StoreRecord(const math::ProjectedSplat<T>& splat, T* record) {
  record[kRecordMean] = splat.mean.x;
  record[kRecordMean + 1] = splat.mean.y;
  record[kRecordConic] = splat.conic.xx;
  record[kRecordConic + 1] = splat.conic.xy;
  record[kRecordConic + 2] = splat.conic.yy;
  record[kRecordOpacity] = splat.opacity;
  record[kRecordColor] = splat.color.x;
  record[kRecordColor + 1] = splat.color.y;
  record[kRecordColor + 2] = splat.color.z;
  record[kRecordDepth] = splat.depth;
  record[kRecordHalf] = splat.half.x;
  record[kRecordHalf + 1] = splat.half.y;
}

template <typename T>
SPLAT_HD inline math::ProjectedSplat<T> ProjectedSplatOf(const T* record) {
  math::ProjectedSplat<T> splat;
  splat.visible = record[kRecordDepth] > T(0);
  splat.mean = {record[kRecordMean], record[kRecordMean + 1]};
  splat.conic = {record[kRecordConic], record[kRecordConic + 1], record[kRecordConic + 2]};
  splat.half = {record[kRecordHalf], record[kRecordHalf + 1]};
  splat.opacity = record[kRecordOpacity];
  splat.color = {record[kRecordColor], record[kRecordColor + 1], record[kRecordColor + 2]};
  splat.depth = record[kRecordDepth];
  return splat;
}

template <typename T>
SPLAT_HD inline math::BlendSplat<T> BlendSplatOf(const T* record) {
  return {{record[kRecordMean], record[kRecordMean + 1]},
          {record[kRecordConic], record[kRecordConic + 1], record[kRecordConic + 2]},
          record[kRecordOpacity]};
}

template <typename T>
SPLAT_HD inline math::TileEllipse<T> EllipseOf(const T* record) {
  return {{record[kRecordMean], record[kRecordMean + 1]},
          {record[kRecordConic], record[kRecordConic + 1], record[kRecordConic + 2]},
          {record[kRecordHalf], record[kRecordHalf + 1]}};
}

// Gradient of a projected splat from the sums over its slots [kSlotSize].
template <typename T>
SPLAT_HD inline math::ProjectedSplatGrad<T> GradFromSlots(const T* record, const T* sum) {
  const T* m = sum + kSlotMoments;
  const math::BlendSplat<T> splat = BlendSplatOf(record);
  const math::ShearedConic<T> conic = math::ShearedConicOf(splat, record[kRecordHalf]);
  const math::BlendSplatGrad<T> g = math::MomentsToGrad<T>(conic, splat.opacity, {m[0], m[1], m[2], m[3], m[4], m[5]});
  return {g.mean, g.conic, g.opacity, {sum[kSlotColor], sum[kSlotColor + 1], sum[kSlotColor + 2]}, sum[kSlotDepth]};
}

// Writes the geometry's part of a splat's gradient; the colours' is written where it is computed.
template <typename T>
SPLAT_HD inline void StoreGrad(const SplatsGradView<T>& grad, int64_t i, const math::StoredSplatGrad<T>& g) {
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
SPLAT_HD inline void StoreStats(const ScreenStatsView<T>& stats, int64_t i, const Vec2<T>& grad_mean, const T* sum) {
  if (stats.grad_mean_px) {
    stats.grad_mean_px[2 * i] = grad_mean.x;
    stats.grad_mean_px[2 * i + 1] = grad_mean.y;
  }
  if (stats.abs_mean_px) {
    stats.abs_mean_px[2 * i] = sum[kSlotAbsMean];
    stats.abs_mean_px[2 * i + 1] = sum[kSlotAbsMean + 1];
  }
}

}  // namespace splat::kernels
