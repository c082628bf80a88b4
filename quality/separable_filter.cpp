#include "quality/separable_filter.h"

#include <algorithm>

#include "core/check.h"

namespace splat::quality {
namespace {

// Adds weight x in[0, count) to out.
void AddScaled(float weight, const float* in, int count, float* out) {
  for (int x = 0; x < count; ++x) out[x] += weight * in[x];
}

ImageF PaddedByEdges(const ImageF& plane, int left, int top) {
  ImageF padded(plane.width + 2 * left, plane.height + 2 * top, 1);
  for (int y = 0; y < padded.height; ++y) {
    const float* row = plane.At(0, std::clamp(y - top, 0, plane.height - 1));
    float* out = padded.At(0, y);
    std::fill_n(out, left, row[0]);
    std::copy_n(row, plane.width, out + left);
    std::fill_n(out + left + plane.width, left, row[plane.width - 1]);
  }
  return padded;
}

}  // namespace

ImageF FilteredInside(const ImageF& plane, const SeparableKernel& kernel) {
  const int across = int(kernel.across.size()), down = int(kernel.down.size());
  SPLAT_CHECK(plane.channels == 1 && plane.width >= across && plane.height >= down, "a plane of ", plane.width, " x ",
              plane.height, " is filtered with a kernel of ", across, " x ", down);
  ImageF rows(plane.width - across + 1, plane.height, 1);
  for (int y = 0; y < rows.height; ++y) {
    for (int tap = 0; tap < across; ++tap) {
      AddScaled(kernel.across[size_t(tap)], plane.At(tap, y), rows.width, rows.At(0, y));
    }
  }
  ImageF filtered(rows.width, plane.height - down + 1, 1);
  for (int y = 0; y < filtered.height; ++y) {
    for (int tap = 0; tap < down; ++tap) {
      AddScaled(kernel.down[size_t(tap)], rows.At(0, y + tap), rows.width, filtered.At(0, y));
    }
  }
  return filtered;
}

ImageF FilteredToEdges(const ImageF& plane, const SeparableKernel& kernel) {
  return FilteredInside(PaddedByEdges(plane, int(kernel.across.size()) / 2, int(kernel.down.size()) / 2), kernel);
}

}  // namespace splat::quality
