// The result of these parallel loops never depends on the number of threads: the range is cut into chunks of a fixed
// size, each chunk is one task, and only the assignment of tasks to threads varies.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>

namespace splat {

// Runs independent tasks. Above the boundary with LibTorch there is one pool for the process
// (rasterizer/torch/process_executor.h); below it, and in tests, a ThreadPool or a SerialExecutor is passed in.
class Executor {
 public:
  virtual ~Executor() = default;

  // Calls task(0) ... task(count - 1), each once, in any order and possibly at the same time; returns when all are
  // done. Rethrows the first exception of a task. Not reentrant from within a task.
  virtual void Run(int64_t count, const std::function<void(int64_t)>& task) = 0;

  // Returns the number of tasks that may run at the same time, at least 1. It is a hint for scratch sizes, on which
  // results must not depend.
  virtual int Threads() const = 0;
};

class SerialExecutor : public Executor {
 public:
  void Run(int64_t count, const std::function<void(int64_t)>& task) override {
    for (int64_t i = 0; i < count; ++i) task(i);
  }
  int Threads() const override { return 1; }
};

// A persistent pool of `threads` threads (the caller is one of them). They sleep while there is nothing to do. A call
// from within a task runs its tasks in place; calls from several threads wait for each other. Tasks run with denormal
// numbers switched off, on every thread alike.
class ThreadPool : public Executor {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void Run(int64_t count, const std::function<void(int64_t)>& task) override;
  int Threads() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Calls body(begin, end) for consecutive chunks [begin, end) of [0, size), each of `chunk` elements but the last.
template <typename Body>
void ParallelFor(Executor& executor, int64_t size, int64_t chunk, const Body& body) {
  const int64_t tasks = (size + chunk - 1) / chunk;
  executor.Run(tasks, [&](int64_t task) { body(task * chunk, std::min(size, (task + 1) * chunk)); });
}

}  // namespace splat
