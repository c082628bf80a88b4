// A build without CUDA.
#include "tests/support/test_device.h"

namespace splat::testing {

std::shared_ptr<TestDevice> CudaDevice() {
  return nullptr;
}

}  // namespace splat::testing
