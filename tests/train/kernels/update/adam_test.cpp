#include "train/kernels/update/adam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "train/kernels/update/adam_math.h"

namespace splat::train {
namespace {

using ::testing::Each;

constexpr double kFloatSteps = 1e-5;  // relative, over a few hundred updates in float
constexpr int64_t kSize = 40001;      // several chunks and a rest that fills no vector

struct Group {
  std::vector<float> value, grad, first, second;

  explicit Group(int64_t size)
      : value(size_t(size), 1.0f), grad(value.size()), first(value.size()), second(value.size()) {}

  AdamParams Params(int64_t step, double learning_rate) {
    AdamParams params;
    params.size = int64_t(value.size());
    params.value = value.data();
    params.grad = grad.data();
    params.first = first.data();
    params.second = second.data();
    params.learning_rate = learning_rate;
    params.step = step;
    return params;
  }
  void Step(int64_t step, double learning_rate) {
    SerialExecutor executor;
    AdamStep(executor, Params(step, learning_rate));
  }
};

TEST(AdamStepTest, FirstStepMovesByTheLearningRateAgainstTheSign) {
  Group group(3);
  group.grad = {5.0f, -1e-3f, 0.0f};
  group.Step(1, 0.125);
  EXPECT_FLOAT_EQ(group.value[0], 0.875f);
  EXPECT_FLOAT_EQ(group.value[1], 1.125f);
  EXPECT_EQ(group.value[2], 1.0f);
}

TEST(AdamStepTest, AgreesWithThePaperInDouble) {
  Group group(kSize);
  std::vector<double> value(kSize, 1.0), first(kSize), second(kSize);
  Random random(7);
  for (int step = 1; step <= 200; ++step) {
    const double rate = 0.01 * std::pow(0.99, step);
    for (int64_t i = 0; i < kSize; i += 97) {
      const double g = group.grad[i] = float(random.Normal() * std::pow(10.0, double(i % 9) - 6));
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.999 * second[i] + 0.001 * g * g;
      const double first_hat = first[i] / (1 - std::pow(0.9, step)),
                   second_hat = second[i] / (1 - std::pow(0.999, step));
      value[i] -= rate * first_hat / (std::sqrt(second_hat) + 1e-15);
    }
    group.Step(step, rate);
  }
  for (int64_t i = 0; i < kSize; ++i) ASSERT_NEAR(group.value[i], value[i], kFloatSteps) << i;
}

TEST(AdamStepTest, GivesTheSameBitsAtAnyNumberOfThreads) {
  Group one(kSize), many(kSize);
  Random random(3);
  for (int64_t i = 0; i < kSize; ++i) one.grad[i] = many.grad[i] = float(random.Normal());
  ThreadPool pool(5);
  for (int step = 1; step <= 5; ++step) {
    one.Step(step, 0.01);
    AdamStep(pool, many.Params(step, 0.01));
  }
  EXPECT_EQ(one.value, many.value);
  EXPECT_EQ(one.second, many.second);
}

TEST(AdamStepTest, GradientsThatAreNotFiniteOrOverflowCountAsZero) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Group group(5), zero(5);
  for (int step = 1; step <= 3; ++step) {
    group.grad = zero.grad = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
    if (step == 2) {
      group.grad = {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN(), 1e30f, 0.0f};
      zero.grad = {0, 0, 0, 0, 0};
    }
    group.Step(step, 0.01);
    zero.Step(step, 0.01);
  }
  EXPECT_EQ(group.value, zero.value);
  EXPECT_EQ(group.first, zero.first);
}

TEST(AdamStepTest, AllOrNoneLeavesEverythingWhereOneGradientIsNotUsable) {
  Group group(5);
  group.grad = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
  group.Step(1, 0.01);
  const Group before = group;
  group.grad[3] = std::numeric_limits<float>::quiet_NaN();
  double unusable_step = 0;
  AdamParams params = group.Params(2, 0.01);
  params.all_or_none = true;
  params.last_unusable_step = &unusable_step;
  SerialExecutor executor;
  AdamStep(executor, params);
  EXPECT_EQ(group.value, before.value);
  EXPECT_EQ(group.first, before.first);
  EXPECT_EQ(group.second, before.second);
  EXPECT_EQ(unusable_step, 2);
  group.grad[3] = 0.5f;
  AdamStep(executor, params);
  EXPECT_NE(group.value, before.value);
}

TEST(AdamStepTest, TheLargestUsableGradientDoesNotOverflow) {
  Group group(1);
  for (int step = 1; step <= 2000; ++step) {
    group.grad = {float(kLargestGradient)};
    group.Step(step, 1e-3);
  }
  EXPECT_TRUE(std::isfinite(group.second[0]));
  EXPECT_NEAR(group.value[0], 1 - 2.0, 1e-3);  // every step is one learning rate
}

TEST(AdamStepTest, MomentsOfUnseenSplatsEndAtZeroAndAreNeverDenormal) {
  Group group(4);
  group.grad = {1.0f, -1e-5f, 1e-12f, 1e-25f};
  group.Step(1, 0.01);
  group.grad = {0, 0, 0, 0};
  for (int step = 2; step <= 1500; ++step) {
    group.Step(step, 0.01);
    for (float moment : group.first) ASSERT_NE(std::fpclassify(moment), FP_SUBNORMAL) << step;
    for (float moment : group.second) ASSERT_NE(std::fpclassify(moment), FP_SUBNORMAL) << step;
  }
  EXPECT_THAT(group.first, Each(0.0f));
}

// Where the second moment is flushed the first must be too small to matter: no step may exceed the learning rate.
TEST(AdamStepTest, TinyGradientsNeverMoveMoreThanTheLearningRate) {
  for (double size = 1e-30; size < 1e-5; size *= 1.7) {
    Group group(1);
    group.grad = {float(size)};
    group.Step(1, 0.01);
    ASSERT_LE(1 - group.value[0], 0.0100001f) << size;
  }
}

TEST(AdamStepTest, EmptyGroupIsFineAndBrokenOnesAreRefused) {
  SerialExecutor executor;
  AdamStep(executor, AdamParams());
  Group group(2);
  AdamParams params = group.Params(0, 0.1);
  EXPECT_THROW(AdamStep(executor, params), Error);
  params = group.Params(1, 0.1);
  params.grad = nullptr;
  EXPECT_THROW(AdamStep(executor, params), Error);
  params = group.Params(1, 0.1);
  params.beta2 = 1;
  EXPECT_THROW(AdamStep(executor, params), Error);
}

}  // namespace
}  // namespace splat::train
