#include "rasterizer/torch/host_upload.h"

#include <cstring>

#include "rasterizer/torch/torch_device.h"

namespace splat {

HostUpload::HostUpload(const torch::Device& device)
    : device_(device),
      backend_(BackendOf(device)),
      stream_(backend_.copies.make_stream(), backend_.copies.destroy_stream),
      copied_(backend_),
      released_(backend_) {}

HostUpload::~HostUpload() {
  try {
    copied_.WaitOnHost();
  } catch (const std::exception&) {
    // A GPU that has failed copies nothing any more.
  }
}

void HostUpload::Reserve(const KernelContext& context, size_t bytes) {
  if (on_device_.defined() && on_device_.numel() >= int64_t(bytes)) return;
  const auto options = torch::TensorOptions(torch::kUInt8);
  host_ = on_device_ = torch::Tensor();
  host_ = torch::empty({int64_t(bytes)}, options.pinned_memory(device_.is_cuda()));
  on_device_ = torch::empty({int64_t(bytes)}, options.device(device_));
  Release(context);  // and the new block may have been in use by what is queued already
}

void HostUpload::Begin(const KernelContext& context, const void* from, size_t bytes) {
  copied_.WaitOnHost();
  Reserve(context, bytes);
  bytes_ = int64_t(bytes);
  std::memcpy(host_.data_ptr(), from, bytes);
  released_.WaitOnStream(stream_.get());
  backend_.copies.queue(stream_.get(), on_device_.data_ptr(), host_.data_ptr(), bytes);
  copied_.Record(stream_.get());
}

torch::Tensor HostUpload::Finish(const KernelContext& context) {
  copied_.WaitOnStream(context.stream);
  return on_device_.narrow(0, 0, bytes_);
}

}  // namespace splat
