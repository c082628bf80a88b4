#include "core/parallel.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace splat {

namespace {

thread_local bool inside_task = false;  // of any pool

// While an object of this class lives, its thread takes numbers too small for a normal exponent as 0 and makes none:
// they cost a hundred cycles each on some processors.
class NoDenormals {
 public:
#if defined(__x86_64__)
  NoDenormals() : before_(_mm_getcsr()) {
    _mm_setcsr(before_ | _MM_FLUSH_ZERO_ON | kDenormalsAreZero);
  }
  ~NoDenormals() {
    _mm_setcsr(before_);
  }

 private:
  static constexpr unsigned kDenormalsAreZero = 0x40;
  unsigned before_;
#elif defined(__aarch64__)
  NoDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" : : "r"(before_ | kFlushToZero));
  }
  ~NoDenormals() {
    asm volatile("msr fpcr, %0" : : "r"(before_));
  }

 private:
  static constexpr uint64_t kFlushToZero = uint64_t(1) << 24;
  uint64_t before_;
#endif
};

}  // namespace

struct ThreadPool::State {
  std::mutex run_mutex;  // one Run at a time
  std::mutex mutex;
  std::condition_variable wake, done;
  const std::function<void(int64_t)>* task = nullptr;
  std::atomic<int64_t> next{0};
  int64_t count = 0;
  int64_t generation = 0;
  int busy = 0;
  bool stop = false;
  std::exception_ptr error;
  std::vector<std::thread> workers;

  void Drain() {
    const NoDenormals no_denormals;
    inside_task = true;
    for (int64_t i = next++; i < count; i = next++) {
      try {
        (*task)(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!error) error = std::current_exception();
      }
    }
    inside_task = false;
  }

  void Work() {
    int64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return stop || generation != seen; });
      if (stop) return;
      seen = generation;
      lock.unlock();
      Drain();
      lock.lock();
      if (--busy == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  for (int i = 1; i < threads; ++i) state_->workers.emplace_back([this] { state_->Work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (auto& worker : state_->workers) worker.join();
}

int ThreadPool::Threads() const {
  return int(state_->workers.size()) + 1;
}

void ThreadPool::Run(int64_t count, const std::function<void(int64_t)>& task) {
  if (inside_task || count <= 1 || state_->workers.empty()) {
    const NoDenormals no_denormals;
    SerialExecutor().Run(count, task);
    return;
  }
  State& state = *state_;
  const std::lock_guard<std::mutex> one_run(state.run_mutex);
  {
    const std::lock_guard<std::mutex> lock(state.mutex);
    state.task = &task;
    state.count = count;
    state.next = 0;
    state.error = nullptr;
    state.busy = int(state.workers.size());
    ++state.generation;
  }
  state.wake.notify_all();
  state.Drain();
  std::unique_lock<std::mutex> lock(state.mutex);
  state.done.wait(lock, [&] { return state.busy == 0; });
  if (state.error) std::rethrow_exception(state.error);
}

}  // namespace splat
