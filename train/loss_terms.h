// Terms stand between the image and its photo: they change the image before it is compared, such as the exposure of
// each photo, or add to the loss, such as a penalty on depth. A step without terms does nothing here.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/kernel_context.h"
#include "rasterizer/torch/libtorch.h"
#include "train/target.h"

namespace splat::train {

// These are the numbers that a term has learned about the photos, and the moments of its optimizer. They are a part of
// the training's state, and their memory outlives the term. The term gives the shapes; rows are indexed by
// Target::view, or by what photos have in common.
struct PhotoParameters {
  torch::Tensor values, first, second;  // [rows, ...] float, on the backend's device
  std::vector<int64_t> steps;           // updates of each row
};
using ParametersByName = std::map<std::string, PhotoParameters>;  // by the name that the term gives them

// The arrays of a view, on the device and in the order of its stages; those that the term's traits do not ask for are
// null. H and W are the target's.
struct TermFrame {
  const Target* target = nullptr;
  const float* image = nullptr;    // [H, W, 3] the render, or what the terms before have made of it
  const float* depth = nullptr;    // [H, W] PixelsView::depth
  float* changed_image = nullptr;  // [H, W, 3] written by Forward
  double* loss = nullptr;          // [1] written by Forward: what the term adds to the loss
  float* grad_image = nullptr;     // [H, W, 3] see Backward
  float* grad_depth = nullptr;     // [H, W] added to by Backward
};

struct LossTermTraits {
  bool changes_image = false, adds_loss = false, uses_depth = false;
};

// A term's calls for a view: Forward, Backward, both again where the view is repeated (TrainStep::Run), then, once the
// model has taken the view's gradient, Update. They queue their work as all stages do. Memory from the context's
// scratch stays until the next view.
class LossTerm {
 public:
  virtual ~LossTerm() = default;
  virtual LossTermTraits traits() const = 0;
  virtual void Forward(const KernelContext& context, const TermFrame& frame) = 0;
  // frame.grad_image comes as dL/d(changed image) and leaves as dL/d(image), with what the term's own loss adds. The
  // gradient of the term's parameters is left for Update; nothing that lasts is changed yet.
  virtual void Backward(const KernelContext& context, const TermFrame& frame) = 0;
  // Moves the term's parameters, but not by a gradient that is not usable (train/kernels/update/adam_math.h).
  virtual void Update(const KernelContext& context, const TermFrame& frame) = 0;
};

// The terms of a training, in the order in which they change the image.
class LossTerms {
 public:
  LossTerms() = default;
  explicit LossTerms(std::vector<std::unique_ptr<LossTerm>> terms);

  bool uses_depth() const;
  // How many terms add to the loss.
  int64_t loss_count() const;

  // `rendered` has target, image and, if it is used, depth. `losses` [loss_count()] lies on the device and is
  // overwritten. Returns the image to be compared, [H, W, 3]. The target stays until Update.
  const float* Forward(const KernelContext& context, const TermFrame& rendered, double* losses);
  // Turns the gradient of the compared image into that of the rendered one, in place, and adds to that of depth.
  void Backward(const KernelContext& context, float* grad_image, float* grad_depth);
  void Update(const KernelContext& context);

 private:
  std::vector<std::unique_ptr<LossTerm>> terms_;
  std::vector<TermFrame> frames_;  // one for each term: of the last Forward
};

}  // namespace splat::train
