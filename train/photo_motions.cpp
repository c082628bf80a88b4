#include "train/photo_motions.h"

#include "core/check.h"
#include "train/pose_loss.h"

namespace splat::train {

torch::Tensor PoseLossOn(const torch::Device& device) {
  return torch::zeros({kPoseLossNumbers}, torch::TensorOptions(torch::kFloat64).device(device));
}

PhotoMotions PhotoMotions::Clone() const {
  PhotoMotions clone = *this;
  if (loss.defined()) clone.loss = loss.clone();
  return clone;
}

std::vector<double> PhotoMotions::FocalChanges() const {
  std::vector<double> changes;
  for (const LensFocal& lens : lenses) changes.push_back(lens.change);
  return changes;
}

std::vector<double> PhotoMotions::DistortionChanges() const {
  std::vector<double> changes;
  for (const LensDistortion& lens : distortions) changes.push_back(lens.change);
  return changes;
}

void CheckMotionCount(const char* option, const std::string& value, size_t actual, size_t expected, const char* what) {
  SPLAT_CHECK(actual == expected, option, " ", value, ": the training that goes on has ", actual, " ", what, ", not ",
              expected, "; go on with the photos and the option that it began with, or begin anew");
}

}  // namespace splat::train
