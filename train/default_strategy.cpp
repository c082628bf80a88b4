// Adaptive density control after Kerbl et al. 2023, section 5: splats with a large screen-space gradient are cloned if
// small and split if large; nearly transparent and very large ones are removed; opacity is reset now and then.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "rasterizer/math/activation.h"
#include "train/density_ops.h"
#include "train/schedule.h"
#include "train/strategy.h"

namespace splat::train {
namespace {

class DefaultStrategy : public Strategy {
 public:
  DefaultStrategy(const DensityConfig& config, int steps, int64_t max_gaussians)
      : config_(config), schedule_(config, steps), max_gaussians_(max_gaussians) {}

  void Observe(const StepContext& context) override;
  bool Update(const StepContext& context) override;

 private:
  std::vector<SplatFate> Decide(const StepContext& context) const;
  void LimitGrowth(std::vector<SplatFate>& fates) const;
  double MeanGradient(size_t splat) const { return seen_[splat] > 0 ? gradient_[splat] / seen_[splat] : 0; }

  DensityConfig config_;
  DensitySchedule schedule_;
  int64_t max_gaussians_;
  bool opacity_was_reset_ = false;
  std::vector<float> gradient_;  // [N] sum over observed views of |dL/d(mean in normalised device coordinates)|
  std::vector<int32_t> seen_;    // [N] views in which the splat was visible
};

void DefaultStrategy::Observe(const StepContext& context) {
  if (!schedule_.Collects(context.step)) return;
  const size_t count = size_t(context.model->count());
  gradient_.resize(count, 0);
  seen_.resize(count, 0);
  const torch::Tensor& tensor = config_.absolute_gradient ? context.stats->abs_mean_px : context.stats->grad_mean_px;
  const float* grad = tensor.data_ptr<float>();
  const bool* visible = context.stats->visible.data_ptr<bool>();
  const float half_width = 0.5f * float(context.width), half_height = 0.5f * float(context.height);
  for (size_t i = 0; i < count; ++i) {
    if (!visible[i]) continue;
    gradient_[i] += std::hypot(grad[2 * i] * half_width, grad[2 * i + 1] * half_height);
    ++seen_[i];
  }
}

std::vector<SplatFate> DefaultStrategy::Decide(const StepContext& context) const {
  const size_t count = size_t(context.model->count());
  const float* logits = context.model->opacity_logits.data_ptr<float>();
  const float* scales = context.model->log_scales.data_ptr<float>();
  const double prune_logit = math::Logit(config_.prune_opacity);
  const double split_log_scale = std::log(config_.split_scale * context.extent);
  const double prune_log_scale = std::log(config_.prune_scale * context.extent);
  std::vector<SplatFate> fates(count, SplatFate::kKeep);
  for (size_t i = 0; i < count; ++i) {
    const float largest = std::max({scales[3 * i], scales[3 * i + 1], scales[3 * i + 2]});
    const bool too_large = opacity_was_reset_ && largest > prune_log_scale;
    // Phrased so that NaN is removed.
    if (!(logits[i] >= prune_logit) || !(largest < 50) || too_large) {
      fates[i] = SplatFate::kRemove;
    } else if (i < seen_.size() && MeanGradient(i) >= config_.grad_threshold) {
      fates[i] = largest > split_log_scale ? SplatFate::kSplit : SplatFate::kClone;
    }
  }
  return fates;
}

// Takes back the growth with the smallest gradients until the limit is kept.
void DefaultStrategy::LimitGrowth(std::vector<SplatFate>& fates) const {
  std::vector<size_t> growing;
  int64_t after = 0;
  for (size_t i = 0; i < fates.size(); ++i) {
    after += fates[i] == SplatFate::kRemove ? 0 : 1;
    if (fates[i] == SplatFate::kClone || fates[i] == SplatFate::kSplit) growing.push_back(i);
  }
  const int64_t room = std::max<int64_t>(0, max_gaussians_ - after);
  if (int64_t(growing.size()) <= room) return;
  std::stable_sort(growing.begin(), growing.end(),
                   [&](size_t a, size_t b) { return MeanGradient(a) > MeanGradient(b); });
  for (size_t k = size_t(room); k < growing.size(); ++k) fates[growing[k]] = SplatFate::kKeep;
}

bool DefaultStrategy::Update(const StepContext& context) {
  bool changed = false;
  if (schedule_.Refines(context.step)) {
    std::vector<SplatFate> fates = Decide(context);
    LimitGrowth(fates);
    // Removing every splat would end the training for good: then nothing is removed.
    if (std::any_of(fates.begin(), fates.end(), [](SplatFate fate) { return fate != SplatFate::kRemove; })) {
      ApplyFates(*context.model, *context.optimizer, fates, *context.random);
      changed = true;
    }
    gradient_.assign(size_t(context.model->count()), 0);
    seen_.assign(size_t(context.model->count()), 0);
  }
  if (schedule_.ResetsOpacity(context.step)) {
    ResetOpacity(*context.model, *context.optimizer, config_.reset_opacity);
    opacity_was_reset_ = true;
  }
  return changed;
}

}  // namespace

std::unique_ptr<Strategy> MakeDefaultStrategy(const DensityConfig& config, int steps, int64_t max_gaussians) {
  return std::make_unique<DefaultStrategy>(config, steps, max_gaussians);
}

}  // namespace splat::train
