#include "train/photo_store.h"

#include <algorithm>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "rasterizer/torch/torch_device.h"

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
      is_device_(backend.is_device),
      budget_bytes_(budget_bytes) {
  if (!is_device_) return;
  const StageScope scope(device_);
  for (Upload& upload : uploads_) upload.bytes = std::make_unique<HostUpload>(device_);
}

std::shared_ptr<const Image8> PhotoStore::Load(int view, int downscale) {
  std::shared_ptr<const Image8> image = loader_.Get(view);
  const Camera camera = CameraAt(dataset_.views[size_t(view)].camera, downscale);
  if (downscale > 1) image = std::make_shared<Image8>(data::ResizeImage(*image, camera.width, camera.height));
  return image;
}

void PhotoStore::BeginUpload(const KernelContext& context, const Image8& image, int view, int downscale) {
  Upload& upload = uploads_[1 - in_use_];
  upload.view = -1;
  upload.bytes->Begin(context, image.pixels.data(), image.pixels.size());
  upload.view = view;
  upload.downscale = downscale;
}

torch::Tensor PhotoStore::OnDevice(int view, const Camera& camera, int downscale) {
  const StageScope scope(device_);
  // Everything that uses the photo of the last Get has been queued by now.
  uploads_[in_use_].bytes->Release(scope.context());
  Upload& upload = uploads_[1 - in_use_];
  if (upload.view != view || upload.downscale != downscale) {
    BeginUpload(scope.context(), *Load(view, downscale), view, downscale);
  }
  in_use_ = 1 - in_use_;
  upload.view = -1;  // its bytes are given out once
  torch::Tensor pixels = upload.bytes->Finish(scope.context()).view({camera.height, camera.width, 3});
  if (kept_bytes_ + pixels.numel() > budget_bytes_) return pixels;
  kept_bytes_ += pixels.numel();
  return kept_[view] = pixels.clone();
}

Target PhotoStore::Get(int view, int downscale) {
  const Camera camera = CameraAt(dataset_.views[size_t(view)].camera, downscale);
  if (downscale != downscale_) {  // each resolution is trained on in one stretch
    kept_.clear();
    kept_bytes_ = 0;
    downscale_ = downscale;
  }
  if (const auto found = kept_.find(view); found != kept_.end()) return {camera, found->second, view};
  if (is_device_) return {camera, OnDevice(view, camera, downscale), view};
  last_ = Load(view, downscale);
  // The tensor only looks at the image, which `last_` keeps.
  const torch::Tensor pixels =
      torch::from_blob(const_cast<uint8_t*>(last_->pixels.data()), {camera.height, camera.width, 3}, torch::kUInt8);
  return {camera, pixels, view};
}

void PhotoStore::Prefetch(int view, int downscale) {
  if (!is_device_ || Holds(view, downscale)) return;
  std::shared_ptr<const Image8> image;
  try {
    image = Load(view, downscale);
  } catch (const Error&) {
    return;  // Get meets it again, where it can be told which photo is left out
  }
  const StageScope scope(device_);
  BeginUpload(scope.context(), *image, view, downscale);
}

}  // namespace splat::train
