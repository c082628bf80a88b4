#include "scene/splat_cloud.h"

#include <algorithm>
#include <cmath>

#include "scene/usable_splat.h"

namespace splat {
namespace {

constexpr float kSmallestLogScale = -20;  // stands for a size of 0: 2e-9 units

// Opacities of exactly 0 and 1, and flat splats, have infinite logits and logarithms.
void ReplaceInfinities(SplatCloud& cloud) {
  for (float& logit : cloud.opacity_logits) {
    if (std::isinf(logit)) logit = std::copysign(kLargestLogit, logit);
  }
  for (float& log_scale : cloud.log_scales) {
    if (std::isinf(log_scale) && log_scale < 0) log_scale = kSmallestLogScale;
  }
}

// Moves row `from` of an array of rows to row `to`, which is not behind it.
void MoveRow(std::vector<float>& values, int64_t columns, int64_t from, int64_t to) {
  std::copy_n(values.begin() + from * columns, columns, values.begin() + to * columns);
}

}  // namespace

SplatCloud::SplatCloud(int64_t count, int sh_degree) : sh_rest_count(math::ShRestCount(sh_degree)) {
  for (int array = 0; array < kSplatArrays; ++array) {
    (*this)[array].resize(size_t(count) * size_t(WidthOf(array, sh_rest_count)));
  }
}

SplatCloudView SplatCloud::View() const {
  SplatCloudView view;
  view.count = count();
  view.sh_rest_count = sh_rest_count;
  view.traits = traits;
  for (int array = 0; array < kSplatArrays; ++array) view[array] = (*this)[array].data();
  return view;
}

void LeaveOutUnusable(SplatCloud& cloud) {
  ReplaceInfinities(cloud);
  const SplatCloudView view = cloud.View();
  int64_t kept = 0;
  for (int64_t row = 0; row < view.count; ++row) {
    if (!IsUsable(view, view.sh_rest_count, row)) continue;
    for (int array = 0; array < kSplatArrays; ++array) {
      MoveRow(cloud[array], WidthOf(array, cloud.sh_rest_count), row, kept);
    }
    float* quat = cloud.quats.data() + 4 * kept;
    const double factor = UnitFactor(quat);
    for (int i = 0; i < 4; ++i) quat[i] = float(quat[i] * factor);
    ++kept;
  }
  cloud.left_out += view.count - kept;
  for (int array = 0; array < kSplatArrays; ++array) {
    cloud[array].resize(size_t(kept) * size_t(WidthOf(array, cloud.sh_rest_count)));
  }
}

}  // namespace splat
