#include "train/photo_store.h"

#include <algorithm>
#include <vector>

#include "core/check.h"
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

std::shared_ptr<const data::ViewImage> PhotoStore::Load(int view, int downscale) {
  std::shared_ptr<const data::ViewImage> photo = loader_.Get(view);
  const Camera camera = CameraAt(dataset_.views[size_t(view)].camera, downscale);
  if (downscale > 1) photo = std::make_shared<data::ViewImage>(data::ResizeView(*photo, camera.width, camera.height));
  return photo;
}

void PhotoStore::BeginUpload(const KernelContext& context, const data::ViewImage& photo, int view, int downscale) {
  Upload& upload = uploads_[1 - in_use_];
  upload.view = -1;
  upload.weighted = !photo.weights.pixels.empty();
  if (upload.weighted) {
    std::vector<uint8_t> both = photo.image.pixels;
    both.insert(both.end(), photo.weights.pixels.begin(), photo.weights.pixels.end());
    upload.bytes->Begin(context, both.data(), both.size());
  } else {
    upload.bytes->Begin(context, photo.image.pixels.data(), photo.image.pixels.size());
  }
  upload.view = view;
  upload.downscale = downscale;
}

PhotoStore::Photo PhotoStore::OnDevice(int view, const Camera& camera, int downscale) {
  const StageScope scope(device_);
  // Everything that uses the photo of the last Get has been queued by now.
  uploads_[in_use_].bytes->Release(scope.context());
  Upload& upload = uploads_[1 - in_use_];
  if (upload.view != view || upload.downscale != downscale) {
    BeginUpload(scope.context(), *Load(view, downscale), view, downscale);
  }
  in_use_ = 1 - in_use_;
  upload.view = -1;  // its bytes are given out once
  torch::Tensor bytes = upload.bytes->Finish(scope.context());
  const bool kept = kept_bytes_ + bytes.numel() <= budget_bytes_;
  if (kept) {
    kept_bytes_ += bytes.numel();
    bytes = bytes.clone();
  }
  const int64_t pixels = int64_t(camera.width) * camera.height;
  Photo photo;
  photo.pixels = bytes.narrow(0, 0, 3 * pixels).view({camera.height, camera.width, 3});
  if (upload.weighted) photo.weights = bytes.narrow(0, 3 * pixels, pixels).view({camera.height, camera.width});
  if (kept) kept_[view] = photo;
  return photo;
}

Target PhotoStore::Get(int view, int downscale) {
  const Camera camera = CameraAt(dataset_.views[size_t(view)].camera, downscale);
  if (downscale != downscale_) {  // each resolution is trained on in one stretch
    kept_.clear();
    kept_bytes_ = 0;
    downscale_ = downscale;
  }
  if (is_device_) {
    const auto found = kept_.find(view);
    const Photo photo = found != kept_.end() ? found->second : OnDevice(view, camera, downscale);
    return {camera, photo.pixels, view, photo.weights};
  }
  last_ = Load(view, downscale);
  // The tensors only look at the image and the weights, which `last_` keeps.
  const auto look = [](const Image8& image, torch::IntArrayRef shape) {
    if (image.pixels.empty()) return torch::Tensor();
    return torch::from_blob(const_cast<uint8_t*>(image.pixels.data()), shape, torch::kUInt8);
  };
  return {camera, look(last_->image, {camera.height, camera.width, 3}), view,
          look(last_->weights, {camera.height, camera.width})};
}

void PhotoStore::Prefetch(int view, int downscale) {
  if (!is_device_ || Holds(view, downscale)) return;
  std::shared_ptr<const data::ViewImage> photo;
  try {
    photo = Load(view, downscale);
  } catch (const Error&) {
    return;  // Get meets it again, where it can be told which photo is left out
  }
  const StageScope scope(device_);
  BeginUpload(scope.context(), *photo, view, downscale);
}

void PhotoStore::Drop(const std::vector<int>& views) {
  for (const int view : views) {
    const auto found = kept_.find(view);
    if (found != kept_.end()) {
      const Photo& photo = found->second;
      kept_bytes_ -= photo.pixels.numel() + (photo.weights.defined() ? photo.weights.numel() : 0);
      kept_.erase(found);
    }
    for (Upload& upload : uploads_) {
      if (upload.view == view) upload.view = -1;
    }
  }
}

}  // namespace splat::train
