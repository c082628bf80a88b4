#include "rasterizer/at_executor.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace splat {

void AtExecutor::Run(int64_t count, const std::function<void(int64_t)>& task) {
  const int64_t workers = std::min<int64_t>(count, Threads());
  if (workers <= 1) {
    for (int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  std::atomic<int64_t> next{0};
  // One range per worker; each takes tasks until none is left. at::parallel_for rethrows the first exception.
  at::parallel_for(0, workers, 1, [&](int64_t begin, int64_t end) {
    for (int64_t worker = begin; worker < end; ++worker) {
      for (int64_t i = next++; i < count; i = next++) task(i);
    }
  });
}

int AtExecutor::Threads() const {
  return at::in_parallel_region() ? 1 : at::get_num_threads();
}

void UseThreads(int threads) {
  const int all = std::max(1, int(std::thread::hardware_concurrency()));
  at::set_num_threads(threads > 0 ? threads : all);
}

}  // namespace splat
