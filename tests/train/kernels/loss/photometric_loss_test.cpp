#include "train/kernels/loss/photometric_loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/check.h"
#include "core/random.h"
#include "train/kernels/loss/ssim_math.h"

namespace splat::train {
namespace {

constexpr double kSameFormula = 1e-12;        // double: rounding only
constexpr double kFloatAgainstDouble = 2e-5;  // SSIM and loss in float: rounding of the windowed means, divided by C2
constexpr double kDifferenceStep = 1e-5;
constexpr double kDifferenceTolerance =
    1e-9;  // central differences: h^2 times the third derivative, over the pixel count

// Sizes below, at and above the window and a tile, odd and even.
struct Size {
  int width, height;
};
class ImageSizes : public ::testing::TestWithParam<Size> {};
INSTANTIATE_TEST_SUITE_P(All, ImageSizes,
                         ::testing::Values(Size{1, 1}, Size{5, 3}, Size{11, 11}, Size{64, 64}, Size{133, 237}),
                         [](const auto& size) {
                           return std::to_string(size.param.width) + "x" + std::to_string(size.param.height);
                         });

// An image and its target: noise on a gradient, the two correlated.
template <typename T>
struct Pair {
  int width, height, channels;
  std::vector<T> image;
  std::vector<uint8_t> target;
  std::vector<uint8_t> weights;  // [H, W]; empty: none

  Pair(int w, int h, int c = 3) : width(w), height(h), channels(c), image(size_t(w) * h * c), target(image.size()) {
    Random random(uint64_t(w) * 1000 + h);
    for (size_t i = 0; i < image.size(); ++i) {
      const double slope = double(i) / double(image.size());
      target[i] = uint8_t(255 * (0.6 * slope + 0.4 * random.Uniform()));
      image[i] = T(float(0.7 * target[i] / 255.0 + 0.3 * random.Uniform() + 0.00041));  // no kink of |x - y| nearby
    }
  }
  LossParamsOf<T> Params(double ssim_weight, T* grad = nullptr) const {
    return {width,         height,      channels, image.data(),
            target.data(), ssim_weight, grad,     weights.empty() ? nullptr : weights.data()};
  }
  T Target(size_t i) const { return T(target[i]) / T(255); }
};

template <typename T>
LossValue Loss(const LossParamsOf<T>& params, int threads = 1) {
  ThreadPool pool(threads);
  LossWorkspaceOf<T> workspace;
  return PhotometricLoss(pool, params, workspace);
}

// Weights of a mask with soft borders: a third is left out, a third is kept, and there is something in between.
std::vector<uint8_t> SomeWeights(int width, int height) {
  std::vector<uint8_t> weights(size_t(width) * size_t(height));
  Random random(3);
  for (uint8_t& weight : weights) {
    const uint64_t kind = random.Below(3);
    weight = kind == 0 ? 0 : kind == 1 ? 255 : uint8_t(random.Below(256));
  }
  return weights;
}

// Independent of the code under test: all 121 taps at each pixel, in double, with the textbook's five statistics.
double NaiveSsim(const Pair<double>& pair) {
  double window[11][11], sum = 0;
  for (int v = 0; v < 11; ++v) {
    for (int u = 0; u < 11; ++u) {
      window[v][u] = std::exp(-((u - 5) * (u - 5) + (v - 5) * (v - 5)) / 4.5);
      sum += window[v][u];
    }
  }
  double total = 0;
  for (int y = 0; y < pair.height; ++y) {
    for (int x = 0; x < pair.width; ++x) {
      for (int c = 0; c < pair.channels; ++c) {
        double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
        for (int v = -5; v <= 5; ++v) {
          for (int u = -5; u <= 5; ++u) {
            if (x + u < 0 || x + u >= pair.width || y + v < 0 || y + v >= pair.height) continue;
            const size_t i = (size_t(y + v) * pair.width + (x + u)) * pair.channels + c;
            const double share = pair.weights.empty() ? 1 : pair.weights[i / size_t(pair.channels)] / 255.0;
            const double w = window[v + 5][u + 5] / sum, a = share * pair.image[i], b = share * pair.target[i] / 255.0;
            mx += w * a;
            my += w * b;
            xx += w * a * a;
            yy += w * b * b;
            xy += w * a * b;
          }
        }
        const double c1 = 1e-4, c2 = 9e-4;
        const double ssim = (2 * mx * my + c1) * (2 * (xy - mx * my) + c2) /
                            ((mx * mx + my * my + c1) * ((xx - mx * mx) + (yy - my * my) + c2));
        const double weight = pair.weights.empty() ? 1 : pair.weights[size_t(y) * pair.width + x] / 255.0;
        total += 1 - weight * (1 - ssim);
      }
    }
  }
  return total / double(pair.image.size());
}

double NaiveL1(const Pair<double>& pair) {
  double total = 0;
  for (size_t i = 0; i < pair.image.size(); ++i) {
    const double weight = pair.weights.empty() ? 1 : pair.weights[i / size_t(pair.channels)] / 255.0;
    total += weight * std::abs(pair.image[i] - pair.target[i] / 255.0);
  }
  return total / double(pair.image.size());
}

TEST(SsimMathTest, ClosedFormForWindowsOfOneValue) {
  const double a = 0.2, b = 0.7;
  const auto factors = SsimFactorsOf<double>({a, b, a * a + b * b, a * b});
  EXPECT_NEAR(Ssim(factors), (2 * a * b + kSsimC1) / (a * a + b * b + kSsimC1), kSameFormula);
}

TEST(SsimMathTest, PartialsAgreeWithDifferencesOfTheFormula) {
  const SsimStatistics<double> s = {0.4, 0.55, 0.6, 0.27};
  const auto value = [](SsimStatistics<double> at) { return Ssim(SsimFactorsOf(at)); };
  const auto difference = [&](double SsimStatistics<double>::*member) {
    SsimStatistics<double> above = s, below = s;
    above.*member += kDifferenceStep;
    below.*member -= kDifferenceStep;
    return (value(above) - value(below)) / (2 * kDifferenceStep);
  };
  constexpr double kTolerance = 1e-6;  // third derivatives are of the order of 1 / variance^3, here 1e4
  const SsimPartials<double> p = SsimBackward(s, SsimFactorsOf(s));
  EXPECT_NEAR(p.x, difference(&SsimStatistics<double>::x), kTolerance);
  EXPECT_NEAR(p.squares, difference(&SsimStatistics<double>::squares), kTolerance);
  EXPECT_NEAR(p.xy, difference(&SsimStatistics<double>::xy), kTolerance);
}

TEST_P(ImageSizes, AgreesWithAllTapsSummedOneByOne) {
  Pair<double> pair(GetParam().width, GetParam().height);
  for (const bool masked : {false, true}) {
    if (masked) pair.weights = SomeWeights(pair.width, pair.height);
    const LossValue value = Loss(pair.Params(0.2));
    const double ssim = NaiveSsim(pair), l1 = NaiveL1(pair);
    EXPECT_NEAR(value.ssim, ssim, kSameFormula);
    EXPECT_NEAR(value.l1, l1, kSameFormula);
    EXPECT_NEAR(value.loss, 0.8 * l1 + 0.2 * (1 - ssim), kSameFormula);
  }
}

TEST_P(ImageSizes, FloatAgreesWithDouble) {
  const Pair<double> pair(GetParam().width, GetParam().height);
  const Pair<float> single(GetParam().width, GetParam().height);
  std::vector<double> grad(pair.image.size());
  std::vector<float> grad_single(pair.image.size());
  const LossValue expected = Loss(pair.Params(0.5, grad.data()));
  const LossValue value = Loss(single.Params(0.5, grad_single.data()));
  EXPECT_NEAR(value.ssim, expected.ssim, kFloatAgainstDouble);
  EXPECT_NEAR(value.l1, expected.l1, kFloatAgainstDouble);
  const double values = double(grad.size());
  for (size_t i = 0; i < grad.size(); ++i) {
    ASSERT_NEAR(grad_single[i] * values, grad[i] * values, 1e3 * kFloatAgainstDouble) << i;  // per value: up to 1 / C2
  }
}

TEST_P(ImageSizes, EqualImagesGiveExactlyOneAndNoGradient) {
  Pair<float> pair(GetParam().width, GetParam().height);
  for (size_t i = 0; i < pair.image.size(); ++i) pair.image[i] = pair.Target(i);
  std::vector<float> grad(pair.image.size(), 7.0f);
  const LossValue value = Loss(pair.Params(0.2, grad.data()));
  EXPECT_EQ(value.ssim, 1.0);
  EXPECT_EQ(value.l1, 0.0);
  EXPECT_EQ(value.loss, 0.0);
  for (float g : grad) ASSERT_EQ(g, 0.0f);
}

TEST_P(ImageSizes, GivesTheSameBitsAtAnyNumberOfThreadsAndWithOldScratch) {
  const Pair<float> pair(GetParam().width, GetParam().height);
  std::vector<float> first(pair.image.size()), second(pair.image.size());
  const LossValue serial = Loss(pair.Params(0.2, first.data()), 1);
  ThreadPool pool(5);
  PhotometricLossWorkspace used;
  const Pair<float> other(150, 90);
  std::vector<float> other_grad(other.image.size());
  PhotometricLoss(pool, other.Params(0.9, other_grad.data()), used);
  const LossValue parallel = PhotometricLoss(pool, pair.Params(0.2, second.data()), used);
  EXPECT_EQ(serial.loss, parallel.loss);
  EXPECT_EQ(serial.l1, parallel.l1);
  EXPECT_EQ(serial.ssim, parallel.ssim);
  EXPECT_EQ(first, second);
}

TEST_P(ImageSizes, ValueDoesNotDependOnWhetherAGradientIsWanted) {
  const Pair<float> pair(GetParam().width, GetParam().height);
  std::vector<float> grad(pair.image.size());
  const LossValue with = Loss(pair.Params(0.2, grad.data())), without = Loss(pair.Params(0.2));
  EXPECT_EQ(with.loss, without.loss);
  EXPECT_EQ(with.ssim, without.ssim);
}

// Far from the edges a window of one value is constant: SSIM has only its luminance factor.
TEST(PhotometricLossTest, ConstantImagesHaveTheClosedFormInTheMiddle) {
  Pair<double> pair(31, 31);
  const double b = 153 / 255.0;
  pair.target.assign(pair.target.size(), 153);
  // The padding makes the value at pixel (x, y) depend on the share of the window inside the image: m = a p, E[xx] =
  // a^2 p.
  double expected = 0;
  const double a = 0.4;
  pair.image.assign(pair.image.size(), a);
  double weights[11], sum = 0;
  for (int k = 0; k < 11; ++k) sum += weights[k] = std::exp(-(k - 5) * (k - 5) / 4.5);
  const auto inside = [&](int at) {
    double share = 0;
    for (int k = -5; k <= 5; ++k) share += at + k >= 0 && at + k < 31 ? weights[k + 5] / sum : 0;
    return share;
  };
  for (int y = 0; y < 31; ++y) {
    for (int x = 0; x < 31; ++x) {
      const double p = inside(x) * inside(y), spread = p - p * p;
      expected += (2 * a * b * p * p + kSsimC1) / ((a * a + b * b) * p * p + kSsimC1) * (2 * a * b * spread + kSsimC2) /
                  ((a * a + b * b) * spread + kSsimC2);
    }
  }
  const LossValue value = Loss(pair.Params(0.25));
  EXPECT_NEAR(value.ssim, expected / (31 * 31), kSameFormula);
  EXPECT_NEAR(value.l1, 0.2, kSameFormula);
}

void ExpectGradientOfDifferences(Pair<double> pair, double ssim_weight) {
  std::vector<double> grad(pair.image.size());
  Loss(pair.Params(ssim_weight, grad.data()));
  for (size_t i = 0; i < pair.image.size(); ++i) {
    const double kept = pair.image[i];
    pair.image[i] = kept + kDifferenceStep;
    const double above = Loss(pair.Params(ssim_weight)).loss;
    pair.image[i] = kept - kDifferenceStep;
    const double below = Loss(pair.Params(ssim_weight)).loss;
    pair.image[i] = kept;
    const double scale = std::max(1.0, std::abs(grad[i]));
    ASSERT_NEAR(grad[i], (above - below) / (2 * kDifferenceStep), 100 * kDifferenceTolerance * scale)
        << pair.width << "x" << pair.height << " w " << ssim_weight << " value " << i;
  }
}

TEST(PhotometricLossTest, GradientAgreesWithCentralDifferences) {
  for (const Size size : {Size{1, 1}, Size{5, 3}, Size{11, 11}, Size{17, 14}}) {
    for (const double weight : {0.0, 0.2, 1.0}) {
      Pair<double> pair(size.width, size.height);
      ExpectGradientOfDifferences(pair, weight);
      pair.weights = SomeWeights(size.width, size.height);
      ExpectGradientOfDifferences(pair, weight);
    }
  }
}

TEST_P(ImageSizes, FullWeightsChangeNoBit) {
  Pair<float> pair(GetParam().width, GetParam().height);
  std::vector<float> grad(pair.image.size()), weighted_grad(pair.image.size(), 7.0f);
  const LossValue value = Loss(pair.Params(0.2, grad.data()));
  pair.weights.assign(size_t(pair.width) * size_t(pair.height), 255);
  const LossValue weighted = Loss(pair.Params(0.2, weighted_grad.data()));
  EXPECT_EQ(weighted.l1, value.l1);
  EXPECT_EQ(weighted.ssim, value.ssim);
  EXPECT_EQ(weighted_grad, grad);
}

TEST_P(ImageSizes, AMaskOverEverythingLeavesNoLossAndNoGradient) {
  Pair<float> pair(GetParam().width, GetParam().height);
  pair.weights.assign(size_t(pair.width) * size_t(pair.height), 0);
  std::vector<float> grad(pair.image.size(), 7.0f);
  EXPECT_EQ(Loss(pair.Params(0.2, grad.data())).loss, 0.0);
  for (const float g : grad) ASSERT_EQ(g, 0.0f);
}

// An image with a border around it that is left out.
TEST(PhotometricLossTest, AMaskedBorderIsACroppedImage) {
  constexpr int kLeft = 9, kTop = 4;
  Pair<double> whole(90, 80), part(70, 67);
  whole.weights.assign(size_t(whole.width) * size_t(whole.height), 0);
  const auto place = [&](size_t i) {
    const size_t pixel = i / 3, x = pixel % size_t(part.width) + kLeft, y = pixel / size_t(part.width) + kTop;
    return 3 * (y * size_t(whole.width) + x) + i % 3;
  };
  for (size_t i = 0; i < part.image.size(); ++i) {
    part.image[i] = whole.image[place(i)];
    part.target[i] = whole.target[place(i)];
    whole.weights[place(i) / 3] = 255;
  }
  std::vector<double> whole_grad(whole.image.size()), part_grad(part.image.size());
  const LossValue of_whole = Loss(whole.Params(0.3, whole_grad.data()));
  const LossValue of_part = Loss(part.Params(0.3, part_grad.data()));
  const double share = double(part.image.size()) / double(whole.image.size());
  EXPECT_NEAR(of_whole.l1, share * of_part.l1, kSameFormula);
  EXPECT_NEAR(1 - of_whole.ssim, share * (1 - of_part.ssim), kSameFormula);
  for (size_t i = 0; i < part_grad.size(); ++i) {
    ASSERT_NEAR(whole_grad[place(i)], share * part_grad[i], kSameFormula) << i;
    whole_grad[place(i)] = 0;
  }
  for (const double g : whole_grad) ASSERT_EQ(g, 0.0) << "outside of what is kept";
}

TEST(PhotometricLossTest, WhatIsLeftOutMayBeAnything) {
  Pair<float> pair(75, 70);
  pair.weights = SomeWeights(pair.width, pair.height);
  Pair<float> other = pair;
  for (size_t i = 0; i < pair.image.size(); ++i) {
    if (pair.weights[i / 3] > 0) continue;
    other.image[i] = 5;
    other.target[i] = uint8_t(255 - pair.target[i]);
  }
  std::vector<float> grad(pair.image.size()), other_grad(pair.image.size());
  EXPECT_EQ(Loss(pair.Params(0.2, grad.data())).loss, Loss(other.Params(0.2, other_grad.data())).loss);
  EXPECT_EQ(grad, other_grad);
}

// A tile border must not show: the gradient of an image across several tiles, at values around the borders.
TEST(PhotometricLossTest, GradientAgreesWithCentralDifferencesAcrossTiles) {
  Pair<double> pair(140, 135);
  std::vector<double> grad(pair.image.size());
  Loss(pair.Params(0.6, grad.data()));
  for (int y : {0, 58, 63, 64, 69, 128, 134}) {
    for (int x : {0, 59, 63, 64, 127, 128, 139}) {
      const size_t i = (size_t(y) * 140 + x) * 3 + size_t(x + y) % 3;
      const double kept = pair.image[i];
      pair.image[i] = kept + kDifferenceStep;
      const double above = Loss(pair.Params(0.6)).loss;
      pair.image[i] = kept - kDifferenceStep;
      const double below = Loss(pair.Params(0.6)).loss;
      pair.image[i] = kept;
      ASSERT_NEAR(grad[i], (above - below) / (2 * kDifferenceStep), kDifferenceTolerance) << x << ", " << y;
    }
  }
}

TEST(PhotometricLossTest, ChannelsAreIndependent) {
  const Pair<double> colour(37, 29, 3);
  double sum = 0;
  for (int c = 0; c < 3; ++c) {
    Pair<double> grey(37, 29, 1);
    for (size_t i = 0; i < grey.image.size(); ++i) {
      grey.image[i] = colour.image[3 * i + size_t(c)];
      grey.target[i] = colour.target[3 * i + size_t(c)];
    }
    sum += Loss(grey.Params(0.2)).ssim / 3;
  }
  EXPECT_NEAR(Loss(colour.Params(0.2)).ssim, sum, kSameFormula);
}

TEST(PhotometricLossTest, SsimRisesAsTheImageNearsItsTarget) {
  const Pair<double> start(60, 40);
  double last = -1;
  for (double part : {0.0, 0.5, 0.9}) {
    Pair<double> pair = start;
    for (size_t i = 0; i < pair.image.size(); ++i) pair.image[i] += part * (pair.Target(i) - pair.image[i]);
    const double ssim = Loss(pair.Params(1)).ssim;
    EXPECT_GT(ssim, last);
    last = ssim;
  }
  EXPECT_GT(last, 0.95);
}

TEST(PhotometricLossTest, RefusesWhatItCannotCompare) {
  const Pair<float> pair(8, 8);
  LossParams params = pair.Params(0.2);
  params.width = 0;
  EXPECT_THROW(Loss(params), Error);
  params = pair.Params(1.5);
  EXPECT_THROW(Loss(params), Error);
  params = pair.Params(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(Loss(params), Error);
  params = pair.Params(0.2);
  params.image = nullptr;
  EXPECT_THROW(Loss(params), Error);
  params = pair.Params(0.2);
  params.channels = 5;
  EXPECT_THROW(Loss(params), Error);
}

}  // namespace
}  // namespace splat::train
