// The training photos on the backend's device, at the resolution of the step. On a card they are kept there as 8-bit
// pictures for as long as they fit; in the process's memory ViewLoader's own cache serves.
#pragma once

#include <map>
#include <memory>

#include "core/camera.h"
#include "core/image.h"
#include "data/dataset.h"
#include "data/view_loader.h"
#include "rasterizer/libtorch.h"
#include "train/backend.h"

namespace splat::train {

struct TrainPhoto {
  Camera camera;         // for this resolution
  torch::Tensor pixels;  // [H, W, 3] uint8, on the device; valid until the next Get
};

class PhotoStore {
 public:
  // budget_bytes: of the device's memory for photos; unused where the photos stay in the process's memory.
  PhotoStore(const data::Dataset& dataset, data::ViewLoader& loader, const Backend& backend, int64_t budget_bytes);

  // The photo at 1 / downscale of its size. Throws splat::Error for a photo that cannot be read.
  TrainPhoto Get(int view, int downscale);
  // Whether Get needs no file.
  bool Holds(int view, int downscale) const { return downscale == downscale_ && kept_.count(view) > 0; }

 private:
  const data::Dataset& dataset_;
  data::ViewLoader& loader_;
  torch::Device device_;
  bool keeps_;
  int64_t budget_bytes_, kept_bytes_ = 0;
  int downscale_ = 0;
  std::map<int, torch::Tensor> kept_;  // at downscale_, on the device
  std::shared_ptr<const Image8> last_;
};

}  // namespace splat::train
