#include "train/density_ops.h"

#include <cmath>

#include "core/check.h"
#include "core/quaternion.h"
#include "rasterizer/math/activation.h"

namespace splat::train {
namespace {

constexpr int kOpacityTensor = 3;  // place of opacity_logits in SplatModel::Tensors()

// Moves a freshly copied splat to a point drawn from its own Gaussian and shrinks it.
void DrawChild(SplatModel& model, int64_t row, Random& random) {
  float* mean = model.means.data_ptr<float>() + 3 * row;
  float* log_scale = model.log_scales.data_ptr<float>() + 3 * row;
  const float* q = model.quats.data_ptr<float>() + 4 * row;
  const Mat3<double> rotation = RotationMatrix(Quaternion<double>{q[0], q[1], q[2], q[3]});
  const double x = std::exp(double(log_scale[0])) * random.Normal();
  const double y = std::exp(double(log_scale[1])) * random.Normal();
  const double z = std::exp(double(log_scale[2])) * random.Normal();
  const Vec3<double> offset = rotation * Vec3<double>{x, y, z};
  mean[0] += float(offset.x);
  mean[1] += float(offset.y);
  mean[2] += float(offset.z);
  for (int k = 0; k < 3; ++k) log_scale[k] -= float(std::log(kSplitShrink));
}

}  // namespace

void ApplyFates(SplatModel& model, ModelOptimizer& optimizer, const std::vector<SplatFate>& fates, Random& random) {
  SPLAT_CHECK(int64_t(fates.size()) == model.count(), "fates: ", fates.size(), " for ", model.count(), " splats");
  std::vector<int64_t> rows, clones, parents;
  for (int64_t i = 0; i < model.count(); ++i) {
    const SplatFate fate = fates[size_t(i)];
    if (fate == SplatFate::kKeep || fate == SplatFate::kClone) rows.push_back(i);
    if (fate == SplatFate::kClone) clones.push_back(i);
    if (fate == SplatFate::kSplit) parents.push_back(i);
  }
  const int64_t kept = int64_t(rows.size());
  rows.insert(rows.end(), clones.begin(), clones.end());
  const int64_t first_child = int64_t(rows.size());
  for (const int64_t parent : parents) rows.insert(rows.end(), 2, parent);

  const torch::Tensor row_tensor = torch::tensor(rows, torch::kInt64);
  torch::Tensor fresh = torch::zeros({int64_t(rows.size())}, torch::kBool);
  fresh.slice(0, kept).fill_(true);
  model = SelectRows(model, row_tensor);
  optimizer.SelectRows(row_tensor, fresh);
  for (int64_t row = first_child; row < model.count(); ++row) DrawChild(model, row, random);
  SetRequiresGrad(model, true);
}

void ResetOpacity(SplatModel& model, ModelOptimizer& optimizer, double opacity) {
  const torch::NoGradGuard no_grad;
  model.opacity_logits.clamp_(c10::nullopt, float(math::Logit(opacity)));
  optimizer.ResetMoments(kOpacityTensor);
}

}  // namespace splat::train
