// Tests talk to the emulated GPU through this header. Unlike cuda_emulation.h this defines no name of CUDA's.
#pragma once

#include <cstdint>
#include <set>
#include <string>

namespace splat::emulation {

// In which order the threads of a block, and the blocks of a grid, take their turns. Seed 0: ascending. Another seed:
// shuffled anew at every turn, and whole warps left behind at random; a result that depends on it lacks a barrier.
struct Order {
  uint64_t seed = 0;
};

// Sets the order of later launches of this thread until the object is destroyed.
class ScopedOrder {
 public:
  explicit ScopedOrder(Order order);
  ~ScopedOrder();
  ScopedOrder(const ScopedOrder&) = delete;
  ScopedOrder& operator=(const ScopedOrder&) = delete;

 private:
  Order before_;
};

// Names of the kernels that this process has launched, without template arguments.
const std::set<std::string>& LaunchedKernels();

}  // namespace splat::emulation
