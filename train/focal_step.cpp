#include "train/focal_step.h"

#include <algorithm>
#include <cmath>

namespace splat::train {
namespace {

// Changes that move the edges of an image by so much are held firmly; chosen by measurement.
constexpr double kIdleChange_px = 0.1;
// A share of the curvature by the focal length that is added to that by the scene's growth, which is small where
// cameras look away from each other.
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

// The numbers of the motion alone: of the gradient, of the matrix's row of the focal length, and of the matrix times a
// motion.
Twist MotionGradient(const PoseLoss& loss) {
  Twist gradient;
  std::copy_n(loss.gradient.begin(), gradient.size(), gradient.begin());
  return gradient;
}
Twist FocalRow(const PoseLoss& loss) {
  Twist row;
  std::copy_n(loss.matrix[kFocalNumber].begin(), row.size(), row.begin());
  return row;
}
Twist Times(const PoseLoss& loss, const Twist& motion) {
  Twist product{};
  for (size_t i = 0; i < motion.size(); ++i) {
    for (size_t j = 0; j < motion.size(); ++j) product[i] += loss.matrix[std::max(i, j)][std::min(i, j)] * motion[j];
  }
  return product;
}

bool IsFinite(const FocalLoss& loss) {
  return std::isfinite(loss.gradient[0] + loss.gradient[1] + loss.matrix[0][0] + loss.matrix[1][0] + loss.matrix[1][1] +
                       loss.of_images);
}

}  // namespace

FocalLoss FocalLossAt(const Rigid3& camera_from_world, const PoseLoss& photo, const PoseLoss& points) {
  const Twist growth = MotionOfGrowth(camera_from_world);
  FocalLoss loss;
  loss.of_images = photo.matrix[kFocalNumber][kFocalNumber];
  loss.gradient = {photo.gradient[kFocalNumber] + points.gradient[kFocalNumber], Dot(MotionGradient(photo), growth)};
  loss.matrix[0][0] = loss.of_images + points.matrix[kFocalNumber][kFocalNumber];
  loss.matrix[1][0] = Dot(FocalRow(photo), growth);
  loss.matrix[1][1] = Dot(Times(photo, growth), growth);
  return loss;
}

void EliminatePose(const MotionEquations& equations, const Rigid3& camera_from_world, const PoseLoss& photo,
                   const PoseLoss& points, double scene, FocalLoss& loss) {
  PoseLoss both = photo;
  Add(points, both);
  std::array<Twist, 2> columns = {FocalRow(both), Times(photo, MotionOfGrowth(camera_from_world))};
  for (Twist& column : columns) {
    for (size_t i = 0; i < column.size(); ++i) column[i] *= MotionUnit(i, scene);
  }
  Twist own_step = equations.downhill;
  std::array<Twist, 2> response = columns;
  if (!SolvePositiveDefinite(equations.matrix, own_step)) return;
  for (Twist& column : response) SolvePositiveDefinite(equations.matrix, column);
  for (size_t i = 0; i < 2; ++i) {
    loss.gradient[i] += Dot(columns[i], own_step);
    for (size_t j = 0; j <= i; ++j) loss.matrix[i][j] -= Dot(columns[i], response[j]);
  }
}

void Add(const FocalLoss& photo, LensFocal& lens) {
  if (!IsFinite(photo) || !(photo.of_images > 0)) return;
  for (size_t i = 0; i < 2; ++i) {
    lens.loss.gradient[i] += photo.gradient[i];
    for (size_t j = 0; j <= i; ++j) lens.loss.matrix[i][j] += photo.matrix[i][j];
  }
  lens.loss.of_images += photo.of_images;
  ++lens.photos;
}

double MoveFocal(LensFocal& lens, double share, double side) {
  const FocalLoss loss = lens.loss;
  lens.loss = {};
  lens.photos = 0;
  const double response = loss.matrix[1][0] / (loss.matrix[1][1] / share + kGrowthDamping * loss.of_images);
  const double known = loss.matrix[0][0] - response * loss.matrix[1][0];
  if (!(known > 0)) return 0;
  const double idle = 2 * kIdleChange_px / side;
  const double prior = known * std::min(1.0, idle * idle / (lens.change * lens.change));
  const double gradient = loss.gradient[0] - response * loss.gradient[1] + prior * lens.change;
  const double step = std::clamp(-kStepShare * gradient / (known + prior), -kMostFocalStep, kMostFocalStep);
  const double before = lens.change;
  lens.change = std::clamp(before + step, -kMostFocalChange, kMostFocalChange);
  return -response * (lens.change - before);
}

}  // namespace splat::train
