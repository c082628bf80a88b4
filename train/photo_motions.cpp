#include "train/photo_motions.h"

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

}  // namespace splat::train
