#include "train/kernels/color/color_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/random.h"
#include "tests/support/gradient_check.h"

namespace splat::train {
namespace {

using splat::testing::DualGradient;
using splat::testing::GradientsMatch;
using splat::testing::kDualTolerance;
using splat::testing::VectorAt;

constexpr double kSameFormula = 1e-12;  // double: rounding only

constexpr int kParameters = kPhotoColorNumbers + kCameraColorNumbers;

// Numbers of a photo and, behind them, of its camera: latents of up to 1.5, a lens that darkens by up to a half.
std::vector<double> SomeParameters(uint64_t seed) {
  Random random(seed);
  std::vector<double> parameters = {random.Uniform() - 0.5};
  while (int(parameters.size()) < kPhotoColorNumbers) parameters.push_back(3 * random.Uniform() - 1.5);
  while (int(parameters.size()) < kParameters) {
    for (int axis = 0; axis < 2; ++axis) parameters.push_back(0.1 * random.Uniform() - 0.05);
    for (int k = 0; k < 3; ++k) parameters.push_back(-0.6 * random.Uniform());
  }
  return parameters;
}
template <typename T>
ViewColor<T> ViewOf(const std::vector<T>& parameters) {
  return ViewColorOf<T>(parameters.data(), parameters.data() + kPhotoColorNumbers);
}
const std::vector<double> kIdentity(kParameters, 0);

Vec3<double> SomeColor(Random& random) {
  return {0.05 + 0.6 * random.Uniform(), 0.05 + 0.6 * random.Uniform(), 0.05 + 0.6 * random.Uniform()};
}
Vec2<double> SomePosition(Random& random) {
  return {random.Uniform() - 0.5, random.Uniform() - 0.5};
}
void ExpectNear(const Vec3<double>& actual, const Vec3<double>& expected, double tolerance) {
  EXPECT_NEAR(actual.x, expected.x, tolerance);
  EXPECT_NEAR(actual.y, expected.y, tolerance);
  EXPECT_NEAR(actual.z, expected.z, tolerance);
}

TEST(PhotoPixel, ChangesNothingAtTheIdentity) {
  Random random(1);
  const ViewColor<double> view = ViewOf(kIdentity);
  for (int i = 0; i < 20; ++i) {
    const Vec3<double> color = SomeColor(random);
    ExpectNear(PhotoPixel(view, SomePosition(random), color), color, kSameFormula);
  }
  const Vec3<double> black = PhotoPixel(view, {0.2, 0.1}, {0, 0, 0});
  EXPECT_EQ(black.x + black.y + black.z, 0);
}

TEST(PhotoPixel, AStopIsAFactorOfTwo) {
  std::vector<double> parameters = kIdentity;
  parameters[0] = -1;
  ExpectNear(PhotoPixel(ViewOf(parameters), {0.2, 0.1}, {0.4, 0.2, 0.9}), {0.2, 0.1, 0.45}, kSameFormula);
  parameters[0] = 1;
  ExpectNear(PhotoPixel(ViewOf(parameters), {0.2, 0.1}, {0.4, 0.2, 0.9}), {0.8, 0.4, 1}, kSameFormula);
}

TEST(PhotoPixel, ALensDarkensItsChannelByItsPolynomial) {
  std::vector<double> parameters = kIdentity;
  double* green = parameters.data() + kPhotoColorNumbers + kChannelLensNumbers;
  green[0] = 0.1;
  green[2] = -0.3;
  green[3] = -0.2;
  green[4] = -0.1;
  const double r2 = 0.3 * 0.3 + 0.2 * 0.2;
  const double factor = 1 - 0.3 * r2 - 0.2 * r2 * r2 - 0.1 * r2 * r2 * r2;
  ExpectNear(PhotoPixel(ViewOf(parameters), {0.4, 0.2}, {0.4, 0.5, 0.6}), {0.4, 0.5 * factor, 0.6}, kSameFormula);
  green[2] = 5;
  ExpectNear(PhotoPixel(ViewOf(parameters), {0.4, 0.2}, {0.4, 0.5, 0.6}), {0.4, 0.5, 0.6}, kSameFormula);
  green[2] = -50;
  ExpectNear(PhotoPixel(ViewOf(parameters), {0.4, 0.2}, {0.4, 0.5, 0.6}), {0.4, 0, 0.6}, kSameFormula);
}

TEST(LensPosition, HasTheMiddleAsOriginAndTheLongerSideAsUnit) {
  const LensFrame<double> frame = LensFrameOf<double>(40, 20);
  const Vec2<double> corner = LensPosition(frame, 0.0, 0.0), middle = LensPosition(frame, 19.5, 9.5);
  EXPECT_NEAR(corner.x, -0.5 + 0.5 / 40, kSameFormula);
  EXPECT_NEAR(corner.y, -0.25 + 0.5 / 40, kSameFormula);
  EXPECT_NEAR(middle.x, 0, kSameFormula);
  EXPECT_NEAR(middle.y, 0, kSameFormula);
}

Vec3<double> PureControl(int control) {
  const Vec3<double> colors[kControlColors] = {
      {0, 0, 0.6}, {0.6, 0, 0}, {0, 0.6, 0}, {0.2, 0.2, 0.2}};  // of equal intensity
  return colors[control];
}

// The four colours that define the homography, and that it keeps the sum of the channels.
TEST(ChromaticityMix, TakesEachControlColourToItsOffset) {
  const std::vector<double> parameters = SomeParameters(3);
  Vec2<double> offsets[kControlColors];
  ChromaticityOffsets(parameters.data(), offsets);
  std::vector<double> no_lens = kIdentity;
  std::copy(parameters.begin() + 1, parameters.begin() + kPhotoColorNumbers, no_lens.begin() + 1);
  for (int control = 0; control < kControlColors; ++control) {
    const Vec3<double> from = PureControl(control);
    const Vec3<double> to = PhotoPixel(ViewOf(no_lens), {0, 0}, from);
    EXPECT_NEAR(to.x + to.y + to.z, 0.6, kSameFormula);
    EXPECT_NEAR(to.x / 0.6, from.x / 0.6 + offsets[control].x, kSameFormula);
    EXPECT_NEAR(to.y / 0.6, from.y / 0.6 + offsets[control].y, kSameFormula);
  }
}

TEST(ChromaticityMix, KeepsTheIntensityOfEveryColour) {
  Random random(4);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    std::vector<double> parameters = SomeParameters(seed);
    parameters[0] = 0;
    std::fill(parameters.begin() + kPhotoColorNumbers, parameters.end(), 0);
    const Vec3<double> from = {0.3 + 0.1 * random.Uniform(), 0.3 + 0.1 * random.Uniform(), 0.35};
    const Vec3<double> to = PhotoPixel(ViewOf(parameters), {0, 0}, from);
    EXPECT_NEAR(to.x + to.y + to.z, from.x + from.y + from.z, kSameFormula);
  }
}

// PPISP's own way (section 12 of docs/math.md): the null vector of skew(t_grey) T, in red, green and intensity.
TEST(ChromaticityMix, IsTheHomographyAsPublished) {
  const std::vector<double> parameters = SomeParameters(5);
  Vec2<double> o[kControlColors];
  ChromaticityOffsets(parameters.data(), o);
  const double third = 1.0 / 3;
  const Vec3<double> blue = {o[0].x, o[0].y, 1}, red = {1 + o[1].x, o[1].y, 1}, green = {o[2].x, 1 + o[2].y, 1},
                     grey = {third + o[3].x, third + o[3].y, 1};
  // Rows of skew(grey) T: component i of grey x column.
  const Vec3<double> b = Cross(grey, blue), r = Cross(grey, red), g = Cross(grey, green);
  const Vec3<double> first = {b.x, r.x, g.x}, second = {b.y, r.y, g.y};
  const Vec3<double> weights = Cross(first, second);
  const auto published = [&](const Vec3<double>& color) {
    const double intensity = color.x + color.y + color.z;
    // S^-1 (r, g, intensity), then T diag(weights).
    const Vec3<double> moved = (weights.x * (intensity - color.x - color.y)) * blue + (weights.y * color.x) * red +
                               (weights.z * color.y) * green;
    const double scale = intensity / moved.z;
    return Vec3<double>{scale * moved.x, scale * moved.y, intensity - scale * moved.x - scale * moved.y};
  };
  std::vector<double> no_lens = kIdentity;
  std::copy(parameters.begin() + 1, parameters.begin() + kPhotoColorNumbers, no_lens.begin() + 1);
  Random random(6);
  for (int i = 0; i < 10; ++i) {
    const Vec3<double> color = SomeColor(random);
    ExpectNear(PhotoPixel(ViewOf(no_lens), {0.3, 0.2}, color), published(color), kSameFormula);
  }
}

// A weighted sum of the pixel's channels, by dual numbers and by the gradient. The colours are `brightness` times those
// of SomeColor.
void ExpectAgreesWithDualNumbers(double brightness) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const Vec3<double> weights = {random.Uniform() - 0.5, random.Uniform() - 0.5, random.Uniform() - 0.5};
    const Vec2<double> position = SomePosition(random);
    std::vector<double> x = SomeParameters(seed);
    const Vec3<double> color = brightness * SomeColor(random);
    x.insert(x.end(), {color.x, color.y, color.z});
    const auto loss = [&](const auto& values) {
      using T = std::decay_t<decltype(values[0])>;
      const Vec3<T> pixel =
          PhotoPixel(ViewOf(values), Vec2<T>{T(position.x), T(position.y)}, VectorAt(values, kParameters));
      return T(weights.x) * pixel.x + T(weights.y) * pixel.y + T(weights.z) * pixel.z;
    };
    double sums[kViewColorNumbers], grad[kParameters];
    const Vec3<double> grad_color = PhotoPixelBackward(ViewOf(x), position, color, weights, sums);
    const double* camera = x.data() + kPhotoColorNumbers;
    ViewColorBackward(x.data(), camera, sums, grad, grad + kPhotoColorNumbers);
    std::vector<double> actual(grad, grad + kParameters);
    const double none[kViewColorNumbers] = {};
    double unused[kPhotoColorNumbers], penalties[kCameraColorNumbers];
    ViewColorBackward(x.data(), camera, none, unused, penalties);
    for (int i = 0; i < kCameraColorNumbers; ++i) actual[size_t(kPhotoColorNumbers + i)] -= penalties[i];
    actual.insert(actual.end(), {grad_color.x, grad_color.y, grad_color.z});
    EXPECT_TRUE(GradientsMatch(actual, DualGradient(loss, x), kDualTolerance));
  }
}

TEST(PhotoPixelBackward, AgreesWithDualNumbers) {
  ExpectAgreesWithDualNumbers(1);
}

// Below kSmallestIntensity the intensity of the mixed colour no longer divides.
TEST(PhotoPixelBackward, AgreesWithDualNumbersWhereAPixelIsNearlyBlack) {
  ExpectAgreesWithDualNumbers(0.2 * kSmallestIntensity);
  ExpectAgreesWithDualNumbers(2e-3 * kSmallestIntensity);
}

TEST(ViewColorBackward, KeepsTheVignettingPlausibleByItsPenalties) {
  const auto penalty = [](const auto& camera) {
    using T = std::decay_t<decltype(camera[0])>;
    T sum = T(0);
    for (int c = 0; c < 3; ++c) {
      const T* lens = camera.data() + c * kChannelLensNumbers;
      sum += T(kLensCenterWeight / 3) * (lens[0] * lens[0] + lens[1] * lens[1]);
      for (int k = 2; k < kChannelLensNumbers; ++k) {
        if (lens[k] > T(0)) sum += T(kLensPositiveWeight / 9) * lens[k];
      }
    }
    for (int n = 0; n < kChannelLensNumbers; ++n) {
      const T values[3] = {camera[n], camera[kChannelLensNumbers + n], camera[2 * kChannelLensNumbers + n]};
      const T mean = (values[0] + values[1] + values[2]) / T(3);
      for (const T& value : values) {
        sum += T(kLensChannelWeight / (3 * kChannelLensNumbers)) * ((value - mean) * (value - mean));
      }
    }
    return sum;
  };
  Random random(9);
  std::vector<double> camera(kCameraColorNumbers);
  for (double& number : camera) number = random.Uniform() - 0.5;
  const double none[kViewColorNumbers] = {};
  double grad_photo[kPhotoColorNumbers];
  std::vector<double> grad(kCameraColorNumbers);
  ViewColorBackward(kIdentity.data(), camera.data(), none, grad_photo, grad.data());
  EXPECT_TRUE(GradientsMatch(grad, DualGradient(penalty, camera), kDualTolerance));
}

TEST(SaturatedBackward, LetsThroughOnlyWhatPushesASaturatedValueDown) {
  EXPECT_EQ(SaturatedBackward(0.9, -2.0), -2);
  EXPECT_EQ(SaturatedBackward(0.9, 2.0), 2);
  EXPECT_EQ(SaturatedBackward(1.1, 2.0), 2) << "a step against it makes the value smaller";
  EXPECT_EQ(SaturatedBackward(1.1, -2.0), 0);
  EXPECT_EQ(HeldInUnitBackward(1.1, -2.0), 0);
  EXPECT_EQ(HeldInUnitBackward(1.0, -2.0), -2) << "where there is no vignetting, some can begin";
  EXPECT_EQ(HeldInUnitBackward(-0.1, 2.0), 0);
  EXPECT_EQ(HeldInUnitBackward(-0.1, -2.0), -2);
}

TEST(Saturated, KeepsWhatIsNotANumber) {
  EXPECT_TRUE(std::isnan(Saturated(std::numeric_limits<double>::quiet_NaN())));
}

// Offsets that turn the colours inside out: nothing becomes infinite.
TEST(PhotoPixel, StaysFiniteForAnyNumbers) {
  Random random(11);
  for (int i = 0; i < 200; ++i) {
    std::vector<double> parameters(kParameters);
    for (double& number : parameters) number = 60 * random.Uniform() - 30;
    parameters[0] /= 3;
    const Vec3<double> color = SomeColor(random);
    double sums[kViewColorNumbers];
    const Vec3<double> pixel = PhotoPixel(ViewOf(parameters), {0.3, 0.2}, color);
    const Vec3<double> grad = PhotoPixelBackward(ViewOf(parameters), {0.3, 0.2}, color, {1, 1, 1}, sums);
    EXPECT_TRUE(std::isfinite(pixel.x + pixel.y + pixel.z));
    EXPECT_TRUE(std::isfinite(grad.x + grad.y + grad.z));
  }
}

}  // namespace
}  // namespace splat::train
