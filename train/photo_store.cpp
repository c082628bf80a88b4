#include "train/photo_store.h"

#include <algorithm>

#include "data/image_io.h"

namespace splat::train {
namespace {

Camera CameraAt(const Camera& camera, int downscale) {
  if (downscale <= 1) return camera;
  return ResizedCamera(camera, std::max(1, camera.width / downscale), std::max(1, camera.height / downscale));
}

}  // namespace

PhotoStore::PhotoStore(const data::Dataset& dataset, data::ViewLoader& loader, const Backend& backend,
                       int64_t budget_bytes)
    : dataset_(dataset),
      loader_(loader),
      device_(backend.device),
      keeps_(backend.is_device),
      budget_bytes_(budget_bytes) {}

TrainPhoto PhotoStore::Get(int view, int downscale) {
  const Camera camera = CameraAt(dataset_.views[size_t(view)].camera, downscale);
  if (downscale != downscale_) {  // each resolution is trained on in one stretch
    kept_.clear();
    kept_bytes_ = 0;
    downscale_ = downscale;
  }
  if (const auto found = kept_.find(view); found != kept_.end()) return {camera, found->second};

  last_ = loader_.Get(view);
  if (downscale > 1) last_ = std::make_shared<Image8>(data::ResizeImage(*last_, camera.width, camera.height));
  // The tensor only looks at the picture, which `last_` keeps.
  const torch::Tensor host =
      torch::from_blob(const_cast<uint8_t*>(last_->pixels.data()), {camera.height, camera.width, 3}, torch::kUInt8);
  if (!keeps_) return {camera, host};
  const torch::Tensor pixels = host.to(device_, /*non_blocking=*/false, /*copy=*/true);
  if (kept_bytes_ + pixels.numel() <= budget_bytes_) {
    kept_[view] = pixels;
    kept_bytes_ += pixels.numel();
  }
  return {camera, pixels};
}

}  // namespace splat::train
