#include "train/kernels/update/adam.h"

#include <algorithm>
#include <atomic>

#include "core/check.h"
#include "core/multiversion.h"
#include "train/kernels/update/adam_math.h"

namespace splat::train {
namespace {

constexpr int64_t kChunk = 1 << 14;  // numbers per task: 256 KiB of the four arrays

// Returns whether all gradients were usable.
inline bool UpdateLoop(const AdamFactors<float>& f, int64_t size, float* __restrict value, const float* __restrict grad,
                       float* __restrict first, float* __restrict second) {
  int32_t unusable = 0;
  for (int64_t i = 0; i < size; ++i) {
    unusable |= IsUsableGradient(grad[i]) ? 0 : 1;
    const AdamMoments<float> m = AdamMomentsAfter(f, {first[i], second[i]}, grad[i]);
    first[i] = m.first;
    second[i] = m.second;
    value[i] = AdamValueAfter(f, value[i], m);
  }
  return unusable == 0;
}

SPLAT_MULTIVERSION bool Update(const AdamFactors<float>& factors, const AdamParams& params, int64_t begin,
                               int64_t end) {
  return UpdateLoop(factors, end - begin, params.value + begin, params.grad + begin, params.first + begin,
                    params.second + begin);
}

}  // namespace

void CheckAdamParams(const AdamParams& params) {
  SPLAT_CHECK(params.step >= 1, "AdamStep: step = ", params.step, ": must be at least 1");
  SPLAT_CHECK(params.beta1 >= 0 && params.beta1 < 1 && params.beta2 >= 0 && params.beta2 < 1,
              "AdamStep: beta1 = ", params.beta1, ", beta2 = ", params.beta2, ": must be at least 0 and below 1");
  SPLAT_CHECK(params.size == 0 || (params.value && params.grad && params.first && params.second),
              "AdamStep: value, grad, first and second must be given");
}

AdamFactors<float> AdamFactorsOf(const AdamParams& params) {
  return AdamFactorsOf<float>(params.learning_rate, params.beta1, params.beta2, params.epsilon, params.step);
}

void AdamStep(Executor& executor, const AdamParams& params) {
  CheckAdamParams(params);
  if (params.all_or_none && !std::all_of(params.grad, params.grad + params.size, IsUsableGradient<float>)) {
    return UnusableFlagOf(params).Raise();
  }
  const AdamFactors<float> factors = AdamFactorsOf(params);
  std::atomic<bool> all_usable{true};
  ParallelFor(executor, params.size, kChunk, [&](int64_t begin, int64_t end) {
    if (!Update(factors, params, begin, end)) all_usable = false;
  });
  if (!all_usable) UnusableFlagOf(params).Raise();
}

}  // namespace splat::train
