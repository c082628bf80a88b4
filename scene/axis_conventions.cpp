#include "scene/axis_conventions.h"

namespace splat {

void SwapRdfAndRub(SplatCloud& cloud) {
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    float* mean = cloud.means.data() + 3 * splat;
    float* quat = cloud.quats.data() + 4 * splat;
    float* rest = cloud.sh_rest.data() + int64_t(cloud.sh_rest_count) * kChannels * splat;
    for (float* value : {mean + 1, mean + 2, quat + 2, quat + 3}) *value = -*value;
    for (int i = 0; i < cloud.sh_rest_count * kChannels; ++i) rest[i] *= kTurnedShSigns[i / kChannels];
  }
}

}  // namespace splat
