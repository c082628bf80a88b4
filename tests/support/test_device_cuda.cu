// The GPU's memory for tests (only in a build with CUDA).
#include <cuda_runtime.h>

#include "core/check.h"
#include "tests/support/test_device.h"

namespace splat::testing {
namespace {

void Check(cudaError_t status) {
  SPLAT_CHECK(status == cudaSuccess, "CUDA: ", cudaGetErrorString(status));
}

class CudaMemory : public TestDevice {
 public:
  void* Allocate(size_t bytes) override {
    void* block = nullptr;
    Check(cudaMalloc(&block, bytes > 0 ? bytes : 1));
    Check(cudaMemset(block, 0xff, bytes > 0 ? bytes : 1));
    return block;
  }
  void Free(void* block) override { cudaFree(block); }
  void Upload(void* device, const void* host, size_t bytes) override {
    Check(cudaMemcpy(device, host, bytes, cudaMemcpyHostToDevice));
  }
  void Download(void* host, const void* device, size_t bytes) override {
    Check(cudaMemcpy(host, device, bytes, cudaMemcpyDeviceToHost));
  }
};

}  // namespace

std::shared_ptr<TestDevice> CudaDevice() {
  int gpus = 0;
  if (cudaGetDeviceCount(&gpus) != cudaSuccess || gpus == 0) {
    cudaGetLastError();
    return nullptr;
  }
  return std::make_shared<CudaMemory>();
}

}  // namespace splat::testing
