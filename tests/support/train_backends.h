// This header lists the kernels of every backend that this machine can run, each with its memory and, for the emulated
// GPU, the order of its threads. The emulated GPU's kernels give the CPU's bits only where the tests say so.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/emulated_gpu.h"
#include "tests/support/test_device.h"
#include "train/kernels/train_kernels.h"

namespace splat::testing {

struct TrainBackend {
  std::string name;
  const train::TrainKernels* kernels;
  std::shared_ptr<TestDevice> device;
  uint64_t order_seed = 0;  // of the emulation: 0: natural order
  bool on_gpu = false;      // a real one
};

inline void PrintTo(const TrainBackend& backend, std::ostream* out) {
  *out << backend.name;
}

// The CPU, the emulated GPU in natural and in two shuffled orders, and the GPU if there is one.
inline std::vector<TrainBackend> TrainBackends() {
  std::vector<TrainBackend> backends = {{"Cpu", &train::CpuKernels(), HostDevice()}};
  for (const uint64_t seed : {0, 1, 2}) {
    const std::string name = seed == 0 ? "EmulatedCuda" : "EmulatedCudaShuffled" + std::to_string(seed);
    backends.push_back({name, &train::emulated::DeviceKernels(), HostDevice(), seed});
  }
  const train::TrainKernels* cuda = train::CudaKernels().kernels;
  if (std::shared_ptr<TestDevice> gpu = CudaDevice(); gpu && cuda) backends.push_back({"Cuda", cuda, gpu, 0, true});
  return backends;
}

// What lives as long as one call of a stage.
struct TrainCall {
  TestScratch scratch;
  emulation::ScopedOrder order;
  ThreadPool executor{2};
  KernelContext context;

  explicit TrainCall(const TrainBackend& backend) : scratch(*backend.device), order({backend.order_seed}) {
    context.executor = &executor;
    context.scratch = &scratch;
  }
};

}  // namespace splat::testing

// Runs the TEST_Ps of `suite` (a TestWithParam<TrainBackend>) on every usable backend.
#define SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(suite)                                            \
  INSTANTIATE_TEST_SUITE_P(On, suite, ::testing::ValuesIn(::splat::testing::TrainBackends()), \
                           [](const auto& instance) { return instance.param.name; })
