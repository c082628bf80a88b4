// This is the one place where the tensors of a scene meet the plain arrays of scene files.
#pragma once

#include <string>

#include "rasterizer/torch/splat_model.h"
#include "scene/splat_cloud.h"

namespace splat {

// The model as contiguous floats on the CPU, for exporters. Tensors that are so already are shared, not copied.
class HostModel {
 public:
  explicit HostModel(const SplatModel& model);  // throws splat::Error as CheckModel does
  SplatCloudView View() const;                  // valid as long as this object

 private:
  SplatModel model_;
};

// A model whose tensors take over the cloud's arrays without copying them; on the CPU, without gradients.
SplatModel ModelOf(SplatCloud cloud);

}  // namespace splat
