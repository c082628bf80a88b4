#include "rasterizer/torch/process_executor.h"

#include <ATen/Parallel.h>

#include <memory>

#include "core/machine_limits.h"

namespace splat {
namespace {

std::unique_ptr<ThreadPool>& Pool() {
  static std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(UsableCores());
  return pool;
}

InstructionSet& Chosen() {
  static InstructionSet set = BestInstructionSet();
  return set;
}

}  // namespace

Executor& ProcessExecutor() {
  return *Pool();
}

void UseThreads(int threads) {
  const int wanted = threads > 0 ? threads : UsableCores();
  if (Pool()->Threads() != wanted) Pool() = std::make_unique<ThreadPool>(wanted);
  at::set_num_threads(1);
}

InstructionSet ProcessInstructionSet() {
  return Chosen();
}

void UseInstructionSet(InstructionSet set) {
  Chosen() = set;
}

}  // namespace splat
