// The loss of every backend against the CPU's in double.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "tests/support/train_backends.h"
#include "train/kernels/loss/photometric_loss_math.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train {
namespace {

using splat::testing::DeviceArray;
using splat::testing::TrainBackend;
using splat::testing::TrainCall;

// SSIM in float: the variance is a difference of windowed means, which carry a float's rounding 6e-8 of values up to 1
// a few times over, divided by at least C2 = 9e-4. Its mean over an image is better than that.
constexpr double kFloatSsim = 2e-4, kFloatMean = 2e-5;
// The gradient of one value, times the number of values: the same error divided by C2 once more, as far as windows
// without contrast are rare.
constexpr double kFloatGradient = 0.02;

struct Size {
  int width, height;
};
constexpr Size kSizes[] = {{1, 1}, {17, 1}, {1, 17}, {5, 3}, {16, 16}, {33, 31}, {133, 237}, {4097, 33}};

// An image and its target: noise on a gradient, the two correlated.
struct Pair {
  int width, height, channels;
  std::vector<float> image;
  std::vector<uint8_t> target;
  std::vector<uint8_t> weights;  // [H, W]; empty: none

  Pair(Size size, int c) : width(size.width), height(size.height), channels(c) {
    image.resize(size_t(width) * size_t(height) * size_t(c));
    target.resize(image.size());
    Random random(uint64_t(width) * 1000 + uint64_t(height));
    for (size_t i = 0; i < image.size(); ++i) {
      const double slope = double(i) / double(image.size());
      target[i] = uint8_t(255 * (0.6 * slope + 0.4 * random.Uniform()));
      image[i] = float(0.7 * target[i] / 255.0 + 0.3 * random.Uniform() + 0.00041);  // no kink of |x - y| nearby
    }
  }
};

// A pair of which a third of the pixels is left out and a third is kept.
Pair MaskedPair(Size size, int channels) {
  Pair pair(size, channels);
  Random random(3);
  for (int pixel = 0; pixel < size.width * size.height; ++pixel) {
    const uint64_t kind = random.Below(3);
    pair.weights.push_back(kind == 0 ? 0 : kind == 1 ? 255 : uint8_t(random.Below(256)));
  }
  return pair;
}

struct Result {
  LossSums sums;
  std::vector<float> grad;  // empty if not wanted
};

Result LossOn(const TrainBackend& backend, const Pair& pair, double ssim_weight, bool with_grad = true) {
  const DeviceArray<float> image(*backend.device, pair.image);
  const DeviceArray<uint8_t> target(*backend.device, pair.target);
  const DeviceArray<uint8_t> weights(*backend.device, pair.weights);
  const std::vector<float> poison(with_grad ? pair.image.size() : 0, std::numeric_limits<float>::quiet_NaN());
  const DeviceArray<float> grad(*backend.device, poison);
  const DeviceArray<LossSums> sums(*backend.device, 1);
  {
    const TrainCall call(backend);
    LossParams params = {pair.width, pair.height, pair.channels, image.data(), target.data(), ssim_weight, grad.data()};
    if (!pair.weights.empty()) params.weights = weights.data();
    backend.kernels->loss(call.context, params, sums.data());
  }
  return {sums.Get()[0], grad.Get()};
}

struct Expected {
  LossValue value;
  std::vector<double> grad;
};

Expected LossInDouble(const Pair& pair, double ssim_weight) {
  const std::vector<double> image(pair.image.begin(), pair.image.end());
  Expected expected;
  expected.grad.resize(image.size());
  SerialExecutor executor;
  LossWorkspaceOf<double> workspace;
  LossParamsOf<double> params = {pair.width,         pair.height, pair.channels,       image.data(),
                                 pair.target.data(), ssim_weight, expected.grad.data()};
  if (!pair.weights.empty()) params.weights = pair.weights.data();
  expected.value = PhotometricLoss<double>(executor, params, workspace);
  return expected;
}

class LossDeviceTest : public ::testing::TestWithParam<TrainBackend> {};
SPLAT_INSTANTIATE_ON_TRAIN_BACKENDS(LossDeviceTest);

void ExpectAgrees(const Result& result, const Expected& expected, const Pair& pair) {
  const double mean_tolerance = pair.image.size() < 100 ? kFloatSsim : kFloatMean;
  EXPECT_NEAR(result.sums.ssim, expected.value.ssim, mean_tolerance);
  EXPECT_NEAR(result.sums.l1, expected.value.l1, kFloatMean);
  ASSERT_EQ(result.grad.size(), expected.grad.size());
  const double values = double(expected.grad.size());
  for (size_t i = 0; i < expected.grad.size(); ++i) {
    ASSERT_NEAR(result.grad[i] * values, expected.grad[i] * values, kFloatGradient) << i;
  }
}

TEST_P(LossDeviceTest, AgreesWithTheLossInDouble) {
  for (const Size size : kSizes) {
    SCOPED_TRACE(StrCat(size.width, " x ", size.height));
    const Pair pair(size, 3);
    ExpectAgrees(LossOn(GetParam(), pair, 0.5), LossInDouble(pair, 0.5), pair);
  }
}

TEST_P(LossDeviceTest, TakesOneToFourChannels) {
  for (int channels = 1; channels <= kMaxLossChannels; ++channels) {
    SCOPED_TRACE(channels);
    const Pair pair({37, 29}, channels);
    ExpectAgrees(LossOn(GetParam(), pair, 0.2), LossInDouble(pair, 0.2), pair);
  }
}

TEST_P(LossDeviceTest, AgreesWithTheLossInDoubleUnderAMask) {
  for (const Size size : kSizes) {
    SCOPED_TRACE(StrCat(size.width, " x ", size.height));
    const Pair pair = MaskedPair(size, 3);
    ExpectAgrees(LossOn(GetParam(), pair, 0.5), LossInDouble(pair, 0.5), pair);
  }
  for (int channels = 1; channels <= kMaxLossChannels; ++channels) {
    const Pair pair = MaskedPair({37, 29}, channels);
    ExpectAgrees(LossOn(GetParam(), pair, 0.2), LossInDouble(pair, 0.2), pair);
  }
}

TEST_P(LossDeviceTest, FullWeightsChangeNoBit) {
  Pair pair({70, 45}, 3);
  const Result plain = LossOn(GetParam(), pair, 0.2);
  pair.weights.assign(70 * 45, 255);
  const Result weighted = LossOn(GetParam(), pair, 0.2);
  EXPECT_EQ(weighted.sums.l1, plain.sums.l1);
  EXPECT_EQ(weighted.sums.ssim, plain.sums.ssim);
  EXPECT_EQ(weighted.grad, plain.grad);
}

TEST_P(LossDeviceTest, WhatIsLeftOutHasNoGradientAndMayBeAnything) {
  const Pair pair = MaskedPair({70, 45}, 3);
  Pair other = pair;
  for (size_t i = 0; i < pair.image.size(); ++i) {
    if (pair.weights[i / 3] == 0) other.image[i] = 5;
  }
  const Result result = LossOn(GetParam(), pair, 0.2), changed = LossOn(GetParam(), other, 0.2);
  EXPECT_EQ(result.sums.l1, changed.sums.l1);
  EXPECT_EQ(result.sums.ssim, changed.sums.ssim);
  EXPECT_EQ(result.grad, changed.grad);
  for (size_t i = 0; i < pair.image.size(); ++i) {
    if (pair.weights[i / 3] == 0) {
      ASSERT_EQ(result.grad[i], 0.0f) << i;
    }
  }
}

TEST_P(LossDeviceTest, OneFormulaJoinsTheParts) {
  const Pair pair({37, 29}, 3);
  const LossSums sums = LossOn(GetParam(), pair, 0.2).sums;
  EXPECT_NEAR(LossOfMeans(sums.l1, sums.ssim, 0.2), LossInDouble(pair, 0.2).value.loss, kFloatMean);
}

TEST_P(LossDeviceTest, EqualImagesGiveExactlyOneAndNoGradient) {
  for (const Size size : {Size{1, 1}, Size{17, 1}, Size{70, 45}}) {
    Pair pair(size, 3);
    for (size_t i = 0; i < pair.image.size(); ++i) pair.image[i] = TargetValue<float>(pair.target[i]);
    const Result result = LossOn(GetParam(), pair, 0.2);
    EXPECT_EQ(result.sums.ssim, 1.0);
    EXPECT_EQ(result.sums.l1, 0.0);
    for (const float g : result.grad) ASSERT_EQ(g, 0.0f);
  }
}

TEST_P(LossDeviceTest, SumsDoNotDependOnWhetherAGradientIsWanted) {
  const Pair pair({70, 45}, 3);
  const LossSums with = LossOn(GetParam(), pair, 0.2).sums, without = LossOn(GetParam(), pair, 0.2, false).sums;
  EXPECT_EQ(with.l1, without.l1);
  EXPECT_EQ(with.ssim, without.ssim);
}

// Also: in whatever order the threads of the emulated GPU run.
TEST_P(LossDeviceTest, GivesTheSameBitsAgain) {
  const Pair pair({133, 50}, 3);
  TrainBackend natural = GetParam();
  natural.order_seed = 0;
  const Result result = LossOn(GetParam(), pair, 0.2), again = LossOn(natural, pair, 0.2);
  EXPECT_EQ(result.sums.l1, again.sums.l1);
  EXPECT_EQ(result.sums.ssim, again.sums.ssim);
  EXPECT_EQ(result.grad, again.grad);
}

TEST_P(LossDeviceTest, ANanStaysWithinItsWindow) {
  Pair pair({40, 40}, 3);
  pair.image[3 * (20 * 40 + 20) + 1] = std::numeric_limits<float>::quiet_NaN();
  const Result result = LossOn(GetParam(), pair, 0.2);
  EXPECT_TRUE(std::isnan(result.sums.ssim));
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 40; ++x) {
      const bool reached = std::abs(x - 20) <= 2 * kSsimRadius && std::abs(y - 20) <= 2 * kSsimRadius;
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(std::isnan(result.grad[size_t(3 * (40 * y + x) + c)]), reached && c == 1) << x << ", " << y;
      }
    }
  }
}

TEST_P(LossDeviceTest, RefusesWhatItCannotCompare) {
  const Pair pair({8, 8}, 3);
  EXPECT_THROW(LossOn(GetParam(), pair, 1.5), Error);
  EXPECT_THROW(LossOn(GetParam(), pair, std::numeric_limits<double>::quiet_NaN()), Error);
  Pair five = pair;
  five.channels = 5;
  EXPECT_THROW(LossOn(GetParam(), five, 0.2), Error);
  Pair none = pair;
  none.width = 0;
  EXPECT_THROW(LossOn(GetParam(), none, 0.2), Error);
}

}  // namespace
}  // namespace splat::train
