// LibTorch's own thread pool as an Executor: no second pool competes for the cores. at::set_num_threads decides its
// size.
#pragma once

#include "core/parallel.h"

namespace splat {

class AtExecutor : public Executor {
 public:
  void Run(int64_t count, const std::function<void(int64_t)>& task) override;
  int Threads() const override;
};

// Sets the size of LibTorch's pool for the whole process; 0: every core that the process may run on (LibTorch's own
// default counts physical cores only, and so leaves half of a small virtual machine idle).
void UseThreads(int threads);

}  // namespace splat
