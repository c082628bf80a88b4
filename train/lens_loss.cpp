#include "train/lens_loss.h"

#include <algorithm>
#include <cmath>

namespace splat::train {
namespace {

// A share of the curvature by the focal length that is added to that by the scene's growth; chosen by measurement.
constexpr double kGrowthDamping = 0.1;

// The derivatives of the motion that shows a growing scene: the camera approaches the origin, which it sees at its
// translation.
Twist MotionOfGrowth(const Rigid3& camera_from_world) {
  return MakeTwist(-camera_from_world.translation, {0, 0, 0});
}

double Dot(const Twist& a, const Twist& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// The numbers of the motion alone: of the gradient, of the matrix's row of another number, and of the matrix times a
// motion.
Twist MotionGradient(const PoseLoss& loss) {
  Twist gradient;
  std::copy_n(loss.gradient.begin(), gradient.size(), gradient.begin());
  return gradient;
}
Twist MotionRow(const PoseLoss& loss, size_t number) {
  Twist row;
  std::copy_n(loss.matrix[number].begin(), row.size(), row.begin());
  return row;
}
Twist Times(const PoseLoss& loss, const Twist& motion) {
  Twist product{};
  for (size_t i = 0; i < motion.size(); ++i) {
    for (size_t j = 0; j < motion.size(); ++j) product[i] += loss.matrix[std::max(i, j)][std::min(i, j)] * motion[j];
  }
  return product;
}

bool IsFinite(const LensLoss& loss) {
  double sum = loss.of_images;
  for (size_t i = 0; i < kLensNumbers; ++i) {
    sum += loss.gradient[i];
    for (size_t j = 0; j <= i; ++j) sum += loss.matrix[i][j];
  }
  return std::isfinite(sum);
}

}  // namespace

LensLoss LensLossAt(const Rigid3& camera_from_world, const PoseLoss& photo, const PoseLoss& points) {
  const Twist growth = MotionOfGrowth(camera_from_world);
  LensLoss loss;
  loss.of_images = photo.matrix[kFocalNumber][kFocalNumber];
  for (size_t i = 0; i < kGrowthOfLens; ++i) {
    const size_t number = kFocalNumber + i;
    loss.gradient[i] = photo.gradient[number] + points.gradient[number];
    for (size_t j = 0; j <= i; ++j) {
      loss.matrix[i][j] = photo.matrix[number][kFocalNumber + j] + points.matrix[number][kFocalNumber + j];
    }
    loss.matrix[kGrowthOfLens][i] = Dot(MotionRow(photo, number), growth);
  }
  loss.gradient[kGrowthOfLens] = Dot(MotionGradient(photo), growth);
  loss.matrix[kGrowthOfLens][kGrowthOfLens] = Dot(Times(photo, growth), growth);
  return loss;
}

void EliminatePose(const MotionEquations& equations, const Rigid3& camera_from_world, const PoseLoss& photo,
                   const PoseLoss& points, double scene, LensLoss& loss) {
  PoseLoss both = photo;
  Add(points, both);
  std::array<Twist, kLensNumbers> columns = {MotionRow(both, kFocalNumber), MotionRow(both, kRadialNumber),
                                             Times(photo, MotionOfGrowth(camera_from_world))};
  for (Twist& column : columns) {
    for (size_t i = 0; i < column.size(); ++i) column[i] *= MotionUnit(i, scene);
  }
  Twist own_step = equations.downhill;
  std::array<Twist, kLensNumbers> response = columns;
  if (!SolvePositiveDefinite(equations.matrix, own_step)) return;
  for (Twist& column : response) SolvePositiveDefinite(equations.matrix, column);
  for (size_t i = 0; i < kLensNumbers; ++i) {
    loss.gradient[i] += Dot(columns[i], own_step);
    for (size_t j = 0; j <= i; ++j) loss.matrix[i][j] -= Dot(columns[i], response[j]);
  }
}

bool Add(const LensLoss& photo, LensLoss& sum) {
  if (!IsFinite(photo) || !(photo.of_images > 0)) return false;
  for (size_t i = 0; i < kLensNumbers; ++i) {
    sum.gradient[i] += photo.gradient[i];
    for (size_t j = 0; j <= i; ++j) sum.matrix[i][j] += photo.matrix[i][j];
  }
  sum.of_images += photo.of_images;
  return true;
}

double GrowthCurvature(const LensLoss& loss, double share) {
  return loss.matrix[kGrowthOfLens][kGrowthOfLens] / share + kGrowthDamping * loss.of_images;
}

}  // namespace splat::train
