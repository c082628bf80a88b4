// This header computes the place of a splat along a Morton curve through the box of all splats; sorted by it,
// neighbours lie side by side in memory. The CPU and the device share one definition.
#pragma once

#include <cstdint>

#include "core/host_device.h"
#include "core/morton.h"
#include "core/vec.h"

namespace splat::train {

// Each axis of the box has 2^kMortonAxisBits equal cells.
constexpr int kMortonAxisBits = 10;
constexpr int kMortonKeyBits = 3 * kMortonAxisBits + 1;
constexpr uint32_t kMortonLast = uint32_t(1) << (kMortonKeyBits - 1);  // of points with NaN: behind all codes

struct MortonBox {
  Vec3<float> low;
  Vec3<float> cells_per_unit;  // 0 along an axis without extent: everything is in its cell 0
};

inline MortonBox MortonBoxOf(const Vec3<float>& low, const Vec3<float>& high) {
  constexpr float kCells = float(1 << kMortonAxisBits);
  const auto density = [](float extent) { return extent > 0 ? kCells / extent : 0.0f; };
  return {low, {density(high.x - low.x), density(high.y - low.y), density(high.z - low.z)}};
}

// Points outside are counted to the nearest cell.
SPLAT_HD inline uint32_t MortonCell(float value, float low, float cells_per_unit) {
  constexpr uint32_t kLastCell = (uint32_t(1) << kMortonAxisBits) - 1;
  const float cell = (value - low) * cells_per_unit;
  if (!(cell > 0)) return 0;
  return cell < float(kLastCell) ? uint32_t(cell) : kLastCell;
}

SPLAT_HD inline uint32_t MortonKey(const MortonBox& box, const Vec3<float>& point) {
  if (!(point.x == point.x && point.y == point.y && point.z == point.z)) return kMortonLast;
  return uint32_t(MortonCode(MortonCell(point.x, box.low.x, box.cells_per_unit.x),
                             MortonCell(point.y, box.low.y, box.cells_per_unit.y),
                             MortonCell(point.z, box.low.z, box.cells_per_unit.z)));
}

}  // namespace splat::train
