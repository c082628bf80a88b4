// The kernels around the maths of one splat share this code: the constant part of a view, and the sums over a splat's
// slots.
#pragma once

#include "core/gpu.cuh"
#include "rasterizer/kernels/blend/warp_reduce.cuh"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"

namespace splat::kernels {
namespace SPLAT_GPU_NAMESPACE {

// A view as the kernels take it, by value.
struct DeviceView {
  math::PinholeCamera<float> camera;
  math::ProjectLimits limits;
  math::TileGrid grid;
};

// Throws as Project does.
inline DeviceView MakeDeviceView(const ProjectParams<float>& params) {
  CheckShDegree(params.options.sh_degree, params.splats.sh_rest_count);
  return {math::MakePinholeCamera<float>(params.camera),
          {params.options.near, params.options.far, params.options.sh_degree, params.options.antialiasing},
          math::TileGridOf(params.camera.width, params.camera.height)};
}

// The view for a degree known at compile time, so that the harmonics' basis stays in registers; and for an antialiasing
// mode, so that a scene without a factor pays nothing for it.
template <int kDegree, Antialiasing kMode>
__device__ inline DeviceView Specialized(const DeviceView& view) {
  DeviceView out = view;
  out.limits.sh_degree = kDegree;
  out.limits.antialiasing = kMode;
  return out;
}

// The slots of all splats, as ProjectBackwardParams has them.
struct Slots {
  const int32_t* begin;
  const float* values;
};

constexpr int kSlotsOfOneLane = 8;

// Adds up each lane's slots [begin, end) into sum [kSlotSize], in an order that depends on the range only: few slots by
// their own lane, many by the whole warp. Every lane of the warp calls it.
__device__ inline void SumSlotsOfWarp(const float* slots, int begin, int end, float (&sum)[kSlotSize]) {
  for (int k = 0; k < kSlotSize; ++k) sum[k] = 0;
  const bool many = end - begin > kSlotsOfOneLane;
  if (!many) {
    for (int slot = begin; slot < end; ++slot) {
      for (int k = 0; k < kSlotSize; ++k) sum[k] += slots[int64_t(slot) * kSlotSize + k];
    }
  }
  for (unsigned left = gpu::Ballot(many); left != 0; left &= left - 1) {
    const int lane = gpu::LowestBit(left);
    const int last = gpu::Shuffle(end, lane);
    float part[kReducedValues] = {};
    for (int slot = gpu::Shuffle(begin, lane) + gpu::LaneIndex(); slot < last; slot += gpu::kWarpSize) {
      for (int k = 0; k < kSlotSize; ++k) part[k] += slots[int64_t(slot) * kSlotSize + k];
    }
    const float total = WarpTransposedSum(part);
    for (int k = 0; k < kSlotSize; ++k) {
      const float of_k = gpu::Shuffle(total, 2 * k);
      if (gpu::LaneIndex() == lane) sum[k] = of_k;
    }
  }
}

}  // namespace SPLAT_GPU_NAMESPACE
}  // namespace splat::kernels
