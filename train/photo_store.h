// The store keeps the training photos on the backend's device, at the resolution of the step. On a GPU they are kept
// there as 8-bit images for as long as they fit, and the others are copied while the step before is computed; in the
// process's memory ViewLoader's own cache serves.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "core/image.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "rasterizer/torch/host_upload.h"
#include "train/target.h"
#include "train/training_backend.h"

namespace splat::train {

class PhotoStore {
 public:
  // `budget_bytes` is the share of the device's memory for photos that stay; at 0 none does. It is not used where the
  // photos stay in the process's memory.
  PhotoStore(const data::Dataset& dataset, data::ViewLoader& loader, const Backend& backend, int64_t budget_bytes);

  // Returns the photo at 1 / downscale of its size, valid until the next Get. Throws splat::Error for a photo that
  // cannot be read.
  Target Get(int view, int downscale);
  // Begins to bring a photo to the device for the next Get. It is called after all work on the last one has been
  // queued. The caller may still ask for another view or size. A photo that cannot be read is not an error yet.
  void Prefetch(int view, int downscale);
  // Forgets these photos, also one that is under way; that of the last Get stays valid.
  void Drop(const std::vector<int>& views);
  // Whether Get needs no file.
  bool Holds(int view, int downscale) const { return downscale == downscale_ && kept_.count(view) > 0; }

 private:
  // On the device.
  struct Photo {
    torch::Tensor pixels;   // [H, W, 3] uint8
    torch::Tensor weights;  // [H, W] uint8; undefined: all count in full
  };
  // Which photo a turn's upload holds: its pixels, then its weights if it has any.
  struct Upload {
    std::unique_ptr<HostUpload> bytes;
    int view = -1, downscale = 0;
    bool weighted = false;
  };
  std::shared_ptr<const data::ViewImage> Load(int view, int downscale);
  // Begins the copy to the device with the upload whose turn is next.
  void BeginUpload(const KernelContext& context, const data::ViewImage& photo, int view, int downscale);
  Photo OnDevice(int view, const Camera& camera, int downscale);

  const data::Dataset& dataset_;
  data::ViewLoader& loader_;
  torch::Device device_;
  bool is_device_;
  int64_t budget_bytes_, kept_bytes_ = 0;
  int downscale_ = 0;
  std::map<int, Photo> kept_;      // at downscale_, on the device
  std::array<Upload, 2> uploads_;  // they take turns: of the photo in use and of the next one
  size_t in_use_ = 0;              // of uploads_
  std::shared_ptr<const data::ViewImage> last_;
};

}  // namespace splat::train
