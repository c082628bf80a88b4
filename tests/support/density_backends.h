// This header has the stages of densification of every backend that this machine can run (CPU, emulated GPU, and the
// GPU if there is one), and a fixture that calls them.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/emulated_gpu.h"
#include "tests/support/test_device.h"
#include "train/kernels/train_kernels.h"

namespace splat::testing {

// Fates as the stages have them.
inline std::vector<uint8_t> Bytes(const std::vector<train::SplatFate>& fates) {
  std::vector<uint8_t> bytes;
  bytes.reserve(fates.size());
  for (const train::SplatFate fate : fates) bytes.push_back(uint8_t(fate));
  return bytes;
}

struct DensityBackend {
  std::string name;
  const train::DensityStages* stages;
  std::shared_ptr<TestDevice> device;
  int threads;
  uint64_t order_seed;
  bool bits_of_host;  // exp, log and cos are the host's
};

inline std::vector<DensityBackend> DensityBackends() {
  const train::DensityStages* emulated = &train::emulated::DeviceKernels().density;
  std::vector<DensityBackend> backends;
  for (const int threads : {1, 3}) {
    backends.push_back({"Cpu" + std::to_string(threads), &train::CpuKernels().density, HostDevice(), threads, 0, true});
  }
  for (const uint64_t seed : {0, 1, 2}) {
    backends.push_back({"EmulatedOrder" + std::to_string(seed), emulated, HostDevice(), 1, seed, true});
  }
  auto gpu = CudaDevice();
  const train::TrainKernels* cuda = train::CudaKernels().kernels;
  if (gpu && cuda) backends.push_back({"Cuda", &cuda->density, gpu, 1, 0, false});
  return backends;
}

// Splats on a device, of degree 1: usable ones that densification tells apart by opacity and scale, and what a test
// changes of them before it asks for the view.
class DensitySplats {
 public:
  DensitySplats(const std::vector<float>& opacity_logits, const std::vector<float>& log_scales)
      : count_(int64_t(opacity_logits.size())) {
    for (int array = 0; array < kSplatArrays; ++array) {
      host[array].assign(size_t(count_ * WidthOf(array, kRestCount)), 0.5f);
    }
    host.opacity_logits = opacity_logits;
    host.log_scales = log_scales;
  }
  // Valid as long as this lives.
  kernels::SplatsView<float> View(TestDevice& device) {
    kernels::SplatsView<float> view;
    view.count = count_;
    view.sh_rest_count = kRestCount;
    for (int array = 0; array < kSplatArrays; ++array) {
      arrays_.push_back(std::make_unique<DeviceArray<float>>(device, host[array]));
      view[array] = arrays_.back()->data();
    }
    return view;
  }

  static constexpr int kRestCount = math::ShRestCount(1);
  SplatArraysOf<std::vector<float>> host;

 private:
  int64_t count_;
  std::vector<std::unique_ptr<DeviceArray<float>>> arrays_;
};

constexpr int64_t kManySplats = 5003;  // several blocks, the last one not full

class DensityBackendTest : public ::testing::TestWithParam<DensityBackend> {
 protected:
  DensityBackendTest() : pool_(GetParam().threads), order_({GetParam().order_seed}), scratch_(*GetParam().device) {
    context_.executor = &pool_;
    context_.scratch = &scratch_;
  }
  const train::DensityStages& Stages() const { return *GetParam().stages; }
  template <typename T>
  DeviceArray<T> Array(const std::vector<T>& values) const {
    return DeviceArray<T>(*GetParam().device, values);
  }

  KernelContext context_;

 private:
  ThreadPool pool_;
  emulation::ScopedOrder order_;
  TestScratch scratch_;
};

}  // namespace splat::testing

// Runs the TEST_Ps of `suite`, a DensityBackendTest, on every backend.
#define SPLAT_INSTANTIATE_ON_DENSITY_BACKENDS(suite)                                            \
  INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::ValuesIn(::splat::testing::DensityBackends()), \
                           [](const auto& instance) { return instance.param.name; })
