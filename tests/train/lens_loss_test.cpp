// The loss of a lens's photos: what it is with the poses as they are, and with poses that follow.
#include "train/lens_loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/random.h"

namespace splat::train {
namespace {

constexpr double kScene = 4;

const Rigid3 kPose = {Identity3<double>(), {0.2, -0.1, 4}};

// A loss with a positive definite matrix and any gradient.
PoseLoss RandomLoss(Random& random) {
  PoseLoss loss;
  double root[kCameraNumbers][kCameraNumbers];
  for (auto& row : root) {
    for (double& x : row) x = random.Normal();
  }
  for (size_t i = 0; i < kCameraNumbers; ++i) {
    loss.gradient[i] = 0.01 * random.Normal();
    for (size_t j = 0; j <= i; ++j) {
      for (size_t k = 0; k < kCameraNumbers; ++k) loss.matrix[i][j] += root[i][k] * root[j][k];
    }
  }
  return loss;
}

double ValueOf(const PoseLoss& loss, const std::array<double, kCameraNumbers>& x) {
  double value = 0;
  for (size_t i = 0; i < kCameraNumbers; ++i) {
    value += loss.gradient[i] * x[i];
    for (size_t j = 0; j < kCameraNumbers; ++j) {
      value += 0.5 * loss.matrix[std::max(i, j)][std::min(i, j)] * x[i] * x[j];
    }
  }
  return value;
}

// The numbers of a lens: focal length, distortion, growth.
using LensChange = std::array<double, kLensNumbers>;

double ValueOf(const LensLoss& loss, const LensChange& x) {
  double value = 0;
  for (size_t i = 0; i < kLensNumbers; ++i) {
    value += loss.gradient[i] * x[i];
    for (size_t j = 0; j < kLensNumbers; ++j) {
      value += 0.5 * loss.matrix[std::max(i, j)][std::min(i, j)] * x[i] * x[j];
    }
  }
  return value;
}

// A scene that grows by e is seen as by a camera moved by -e t.
std::array<double, kCameraNumbers> Numbers(const Twist& motion, const LensChange& change) {
  const Vec3<double>& t = kPose.translation;
  const double growth = change[kGrowthOfLens];
  return {motion[0] - growth * t.x, motion[1] - growth * t.y, motion[2] - growth * t.z, motion[3], motion[4], motion[5],
          change[kFocalOfLens],     change[kRadialOfLens]};
}

// What the points see: they do not grow.
LensChange WithoutGrowth(LensChange change) {
  change[kGrowthOfLens] = 0;
  return change;
}

const LensChange kChanges[] = {{0.01, 0, 0}, {0, -0.02, 0}, {0, 0, 0.02}, {-0.03, 0.02, 0.01}};

TEST(LensLossAt, IsTheLossWithThePoseAsItIs) {
  Random random(1);
  const PoseLoss photo = RandomLoss(random), points = RandomLoss(random);
  const LensLoss loss = LensLossAt(kPose, photo, points);
  EXPECT_EQ(loss.of_images, photo.matrix[6][6]);
  for (const LensChange& change : kChanges) {
    const double expected = ValueOf(photo, Numbers({}, change)) + ValueOf(points, Numbers({}, WithoutGrowth(change)));
    EXPECT_NEAR(ValueOf(loss, change), expected, 1e-12);
  }
}

// What is left when the pose follows: the least of the loss over the pose's motion, which its prior holds, up to what
// does not depend on the lens.
TEST(EliminatePose, LeavesTheLeastLossOverThePose) {
  constexpr double kPrior = 0.1;
  Random random(2);
  const PoseLoss photo = RandomLoss(random), points = RandomLoss(random);
  const Twist motion = {0.01, -0.02, 0.03, 0.001, 0.002, -0.001};
  const MotionEquations equations = EquationsOf(motion, photo, points, kScene, kPrior);
  LensLoss loss = LensLossAt(kPose, photo, points);
  EliminatePose(equations, kPose, photo, points, kScene, loss);
  double mean = 0;  // of the photo's curvature, of which the prior is a share
  for (size_t i = 0; i < 6; ++i) mean += std::pow(MotionUnit(i, kScene), 2) * photo.matrix[i][i] / 6;
  const auto least = [&](const LensChange& change) {
    // By coordinate descent, which needs no solver.
    Twist x{};
    const auto value = [&](const Twist& at) {
      double sum = ValueOf(photo, Numbers(at, change)) + ValueOf(points, Numbers(at, WithoutGrowth(change)));
      for (size_t i = 0; i < 6; ++i) {
        sum += 0.5 * kPrior * mean * std::pow((motion[i] + at[i]) / MotionUnit(i, kScene), 2);
      }
      return sum;
    };
    for (int sweep = 0; sweep < 4000; ++sweep) {
      for (size_t i = 0; i < 6; ++i) {
        constexpr double kStep = 1e-3;
        Twist there = x, back = x;
        there[i] += kStep;
        back[i] -= kStep;
        const double slope = (value(there) - value(back)) / (2 * kStep);
        x[i] -= slope * kStep * kStep / (value(there) - 2 * value(x) + value(back));
      }
    }
    return value(x);
  };
  const double at_zero = least({});
  for (const LensChange& change : kChanges) {
    EXPECT_NEAR(ValueOf(loss, change), least(change) - at_zero, 1e-7);
  }
}

TEST(AddLensLoss, LeavesOutWhatIsNotFiniteOrTellsNothing) {
  LensLoss usable, sum;
  usable.of_images = 1;
  usable.gradient = {1, 2, 3};
  EXPECT_TRUE(Add(usable, sum));
  EXPECT_FALSE(Add(LensLoss(), sum)) << "an image that is flat";
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    LensLoss photo = usable;
    photo.gradient[kGrowthOfLens] = bad;
    EXPECT_FALSE(Add(photo, sum));
    photo = usable;
    photo.matrix[kGrowthOfLens][kRadialOfLens] = bad;
    EXPECT_FALSE(Add(photo, sum));
  }
  EXPECT_EQ(sum.gradient, usable.gradient);
  EXPECT_EQ(sum.of_images, 1);
}

// Where other lenses look at the scene, too, it grows less with one of them.
TEST(GrowthCurvature, IsThatOfAllPhotosOfTheTraining) {
  LensLoss loss;
  loss.of_images = 2;
  loss.matrix[kGrowthOfLens][kGrowthOfLens] = 3;
  EXPECT_DOUBLE_EQ(GrowthCurvature(loss, 1), 3 + 0.1 * 2);
  EXPECT_DOUBLE_EQ(GrowthCurvature(loss, 0.1), 30 + 0.1 * 2);
}

}  // namespace
}  // namespace splat::train
