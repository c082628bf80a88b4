#include "train/loss_terms.h"

#include <algorithm>

namespace splat::train {

LossTerms::LossTerms(std::vector<std::unique_ptr<LossTerm>> terms) : terms_(std::move(terms)), frames_(terms_.size()) {}

bool LossTerms::uses_depth() const {
  return std::any_of(terms_.begin(), terms_.end(), [](const auto& term) { return term->traits().uses_depth; });
}

int64_t LossTerms::loss_count() const {
  return std::count_if(terms_.begin(), terms_.end(), [](const auto& term) { return term->traits().adds_loss; });
}

const float* LossTerms::Forward(const KernelContext& context, const TermFrame& rendered, double* losses) {
  const Camera& camera = rendered.target->camera;
  const float* image = rendered.image;
  for (size_t i = 0; i < terms_.size(); ++i) {
    const LossTermTraits traits = terms_[i]->traits();
    TermFrame& frame = frames_[i];
    frame = {rendered.target, image};
    if (traits.uses_depth) frame.depth = rendered.depth;
    if (traits.changes_image) {
      frame.changed_image = context.scratch->AllocateArray<float>(int64_t(3) * camera.width * camera.height);
      image = frame.changed_image;
    }
    if (traits.adds_loss) frame.loss = losses++;
    terms_[i]->Forward(context, frame);
  }
  return image;
}

void LossTerms::Backward(const KernelContext& context, float* grad_image, float* grad_depth) {
  for (size_t i = terms_.size(); i-- > 0;) {
    frames_[i].grad_image = grad_image;
    if (frames_[i].depth) frames_[i].grad_depth = grad_depth;
    terms_[i]->Backward(context, frames_[i]);
  }
}

void LossTerms::Update(const KernelContext& context) {
  for (size_t i = 0; i < terms_.size(); ++i) terms_[i]->Update(context, frames_[i]);
}

}  // namespace splat::train
