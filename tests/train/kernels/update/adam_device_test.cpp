// Adam of every backend against the CPU's, bit for bit.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "tests/support/train_backends.h"

namespace splat::train {
namespace {

using splat::testing::DeviceArray;
using splat::testing::TestDevice;
using splat::testing::TrainBackend;
using splat::testing::TrainCall;

constexpr int64_t kSizes[] = {0, 1, 3, 4, 255, 256, 1023, 1024, 1031, 5000};

struct Numbers {
  std::vector<float> value, first, second;

  explicit Numbers(int64_t size) : value(size_t(size)), first(value.size()), second(value.size()) {
    Random random(uint64_t(size) + 1);
    for (float& v : value) v = float(random.Normal());
  }
};

// Gradients of all sizes, some of them not usable.
std::vector<float> Gradients(size_t size, int step) {
  Random random(static_cast<uint64_t>(step));
  std::vector<float> grad(size);
  for (size_t i = 0; i < size; ++i) grad[i] = float(random.Normal() * std::pow(10.0, double(i % 40) - 30));
  for (size_t i = size_t(step); i < size; i += 11) grad[i] = 0;
  if (size > 100) {
    grad[40] = std::numeric_limits<float>::quiet_NaN();
    grad[41] = std::numeric_limits<float>::infinity();
    grad[42] = 1e30f;
  }
  return grad;
}

AdamParams ParamsOf(int step) {
  AdamParams params;
  params.learning_rate = 0.01 / step;
  params.step = step;
  return params;
}

// Puts the same numbers on a device, `offset` floats behind an aligned address.
struct DeviceNumbers {
  int64_t size, offset;
  DeviceArray<float> value, first, second;

  DeviceNumbers(TestDevice& device, const Numbers& numbers, int64_t by)
      : size(int64_t(numbers.value.size())),
        offset(by),
        value(device, Shifted(numbers.value)),
        first(device, Shifted(numbers.first)),
        second(device, Shifted(numbers.second)) {}
  std::vector<float> Shifted(const std::vector<float>& values) const {
    std::vector<float> shifted(size_t(offset), 0.0f);
    shifted.insert(shifted.end(), values.begin(), values.end());
    return shifted;
  }
  std::vector<float> Get(const DeviceArray<float>& array) const {
    const std::vector<float> all = array.Get();
    return {all.begin() + offset, all.end()};
  }
  void Step(const TrainBackend& backend, const std::vector<float>& gradients, int step,
            double* last_unusable_step = nullptr, bool all_or_none = false) {
    const DeviceArray<float> grad(*backend.device, Shifted(gradients));
    AdamParams params = ParamsOf(step);
    params.size = size;
    params.value = value.data() + offset;
    params.grad = grad.data() + offset;
    params.first = first.data() + offset;
    params.second = second.data() + offset;
    params.last_unusable_step = last_unusable_step;
    params.all_or_none = all_or_none;
    const TrainCall call(backend);
    backend.kernels->update.adam(call.context, params);
  }
};

class AdamDeviceTest : public ::testing::TestWithParam<TrainBackend> {};
SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(AdamDeviceTest);

TEST_P(AdamDeviceTest, GivesTheBitsOfTheCpuAtEverySizeAndAlignment) {
  for (const int64_t size : kSizes) {
    for (const int64_t offset : {0, 1, 4}) {
      SCOPED_TRACE(StrCat(size, " numbers, offset ", offset));
      Numbers expected(size);
      DeviceNumbers numbers(*GetParam().device, expected, offset);
      SerialExecutor executor;
      for (int step = 1; step <= 3; ++step) {
        const std::vector<float> grad = Gradients(expected.value.size(), step);
        AdamParams params = ParamsOf(step);
        params.size = size;
        params.value = expected.value.data();
        params.grad = grad.data();
        params.first = expected.first.data();
        params.second = expected.second.data();
        AdamStep(executor, params);
        numbers.Step(GetParam(), grad, step);
      }
      EXPECT_EQ(numbers.Get(numbers.value), expected.value);
      EXPECT_EQ(numbers.Get(numbers.first), expected.first);
      EXPECT_EQ(numbers.Get(numbers.second), expected.second);
    }
  }
}

TEST_P(AdamDeviceTest, MomentsOfUnseenSplatsEndAtZeroAndAreNeverDenormal) {
  const Numbers start(4);
  DeviceNumbers numbers(*GetParam().device, start, 0);
  numbers.Step(GetParam(), {1.0f, -1e-5f, 1e-12f, 1e-25f}, 1);
  for (int step = 2; step <= 900; ++step) numbers.Step(GetParam(), {0, 0, 0, 0}, step);
  for (const float moment : numbers.Get(numbers.first)) EXPECT_EQ(moment, 0.0f);
  for (const float moment : numbers.Get(numbers.second)) EXPECT_NE(std::fpclassify(moment), FP_SUBNORMAL);
}

TEST_P(AdamDeviceTest, AllOrNoneLeavesEverythingWhereOneGradientIsNotUsable) {
  for (const int64_t size : {1, 9, 15}) {
    for (const int64_t offset : {0, 1}) {
      SCOPED_TRACE(StrCat(size, " numbers, offset ", offset));
      DeviceNumbers numbers(*GetParam().device, Numbers(size), offset);
      std::vector<float> gradients(size_t(size), 0.5f);
      numbers.Step(GetParam(), gradients, 1, nullptr, true);
      const std::vector<float> value = numbers.Get(numbers.value), first = numbers.Get(numbers.first),
                               second = numbers.Get(numbers.second);
      const DeviceArray<double> flag(*GetParam().device, std::vector<double>{0});
      gradients.back() = std::numeric_limits<float>::infinity();
      numbers.Step(GetParam(), gradients, 2, flag.data(), true);
      EXPECT_EQ(numbers.Get(numbers.value), value);
      EXPECT_EQ(numbers.Get(numbers.first), first);
      EXPECT_EQ(numbers.Get(numbers.second), second);
      EXPECT_EQ(flag.Get()[0], 2);
      gradients.back() = 0.5f;
      numbers.Step(GetParam(), gradients, 2, nullptr, true);
      EXPECT_NE(numbers.Get(numbers.value), value);
    }
  }
}

TEST_P(AdamDeviceTest, SaysInWhichStepAGradientWasNotUsable) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();
  for (const int64_t size : kSizes) {
    if (size == 0) continue;
    DeviceNumbers numbers(*GetParam().device, Numbers(size), 0);
    const DeviceArray<double> flag(*GetParam().device, std::vector<double>{0});
    std::vector<float> gradients(size_t(size), 1e17f);
    int step = 0;
    for (const size_t place : {size_t(0), size_t(size / 2), size_t(size - 1)}) {
      for (const float bad : {kNan, kInfinity, -kInfinity, -2e18f}) {
        gradients[place] = bad;
        numbers.Step(GetParam(), gradients, ++step, flag.data());
        EXPECT_EQ(flag.Get()[0], step) << bad << " at " << place << " of " << size;
        gradients[place] = 0;
        numbers.Step(GetParam(), gradients, ++step, flag.data());
        EXPECT_EQ(flag.Get()[0], step - 1) << "a usable step at " << place << " of " << size;
      }
    }
    for (const float value : numbers.Get(numbers.value)) EXPECT_TRUE(std::isfinite(value));
  }
}

TEST_P(AdamDeviceTest, RefusesBrokenParameters) {
  const TrainCall call(GetParam());
  AdamParams params;
  GetParam().kernels->update.adam(call.context, params);  // no numbers at all
  params.step = 0;
  EXPECT_THROW(GetParam().kernels->update.adam(call.context, params), Error);
  params.step = 1;
  params.size = 2;
  EXPECT_THROW(GetParam().kernels->update.adam(call.context, params), Error);
}

}  // namespace
}  // namespace splat::train
