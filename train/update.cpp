#include "train/update.h"

#include <algorithm>

#include "core/check.h"
#include "core/room_to_grow.h"

namespace splat::train {
namespace {

class FusedUpdate : public Update {
 public:
  explicit FusedUpdate(const Backend& backend) : backend_(backend) {}

  void Add(const KernelContext&, const ViewGradient&) override {
    SPLAT_CHECK(false, "the fused update takes one view a step; the reduced one takes several");
  }

  void Finish(const KernelContext& context, const ViewGradient& view, const ModelStep& step) override {
    BackwardAdamParams params =
        step.optimizer->BeginStep(*step.model, step.rates, view.backward.forward.options.sh_degree);
    params.backward = view.backward;
    params.density = view.density;
    params.penalty = step.penalty;
    params.last_unusable_step = step.last_unusable_step;
    backend_.update.backward_and_adam(context, params);
  }

 private:
  Backend backend_;
};

// Where each group's gradients begin in one array, and where the last ones end. Each begins at a multiple of four
// numbers, for the sake of kernels that read as many at once.
struct GradientPlaces {
  int64_t begin[kSplatArrays + 1] = {};

  GradientPlaces(int64_t splats, int sh_rest_count) {
    for (int group = 0; group < kSplatArrays; ++group) {
      const int64_t size = splats * WidthOf(group, sh_rest_count);
      begin[group + 1] = begin[group] + (size + 3) / 4 * 4;
    }
  }
  int64_t size() const { return begin[kSplatArrays]; }
  kernels::SplatsGradView<float> View(float* array) const {
    kernels::SplatsGradView<float> view;
    for (int group = 0; group < kSplatArrays; ++group) view[group] = array + begin[group];
    return view;
  }
};

// Memory that is kept from step to step, and grows.
class GrownArray {
 public:
  // The first `size` numbers, of which those that were never written are 0.
  torch::Tensor Get(int64_t size, const torch::Device& device) {
    if (!block_.defined() || block_.size(0) < size) {
      block_ = torch::Tensor();
      block_ = torch::zeros({WithRoomToGrow(size)}, torch::TensorOptions(torch::kFloat32).device(device));
    }
    return block_.narrow(0, 0, size);
  }

 private:
  torch::Tensor block_;
};

class ReducedUpdate : public Update {
 public:
  ReducedUpdate(const Backend& backend, SumOverRanks sum) : backend_(backend), sum_over_ranks_(std::move(sum)) {}

  void Add(const KernelContext& context, const ViewGradient& view) override;
  void Finish(const KernelContext& context, const ViewGradient& view, const ModelStep& step) override;

 private:
  void AddStatistics(const KernelContext& context, const ViewGradient& view,
                     const kernels::ScreenStatsView<float>& stats);

  Backend backend_;
  SumOverRanks sum_over_ranks_;
  GrownArray sums_, of_view_, screen_;
  torch::Tensor gradients_;  // of the views so far
  int views_ = 0;            // so far
  int sh_degree_ = 0;        // the highest of them
};

void ReducedUpdate::AddStatistics(const KernelContext& context, const ViewGradient& view,
                                  const kernels::ScreenStatsView<float>& stats) {
  DensityStatsParams params;
  params.density = view.density;
  params.count = view.backward.forward.splats.count;
  params.tile_counts = view.backward.forward.out.tile_counts;
  params.grad_mean_px = view.density.absolute ? stats.abs_mean_px : stats.grad_mean_px;
  backend_.update.add_density_stats(context, params);
}

void ReducedUpdate::Add(const KernelContext& context, const ViewGradient& view) {
  const kernels::SplatsView<float>& splats = view.backward.forward.splats;
  const GradientPlaces places(splats.count, splats.sh_rest_count);
  SPLAT_CHECK(views_ == 0 || gradients_.size(0) == places.size(), "the views of a step have different models");
  const torch::Tensor target = (views_ == 0 ? sums_ : of_view_).Get(places.size(), backend_.device);
  kernels::ProjectBackwardParams<float> params = view.backward;
  params.grad = places.View(target.data_ptr<float>());
  if (view.density.gradient_sum) {
    float* screen = screen_.Get(4 * splats.count, backend_.device).data_ptr<float>();
    params.stats = {screen, screen + 2 * splats.count};
  }
  backend_.render.project_backward(context, params);
  if (view.density.gradient_sum) AddStatistics(context, view, params.stats);
  if (views_ == 0) {
    gradients_ = target;
  } else {
    backend_.update.add_gradient(context, {places.size(), gradients_.data_ptr<float>(), target.data_ptr<float>()});
  }
  const int degree = view.backward.forward.options.sh_degree;
  sh_degree_ = views_ == 0 ? degree : std::max(sh_degree_, degree);
  ++views_;
}

void ReducedUpdate::Finish(const KernelContext& context, const ViewGradient& view, const ModelStep& step) {
  Add(context, view);
  if (sum_over_ranks_) sum_over_ranks_(context, gradients_);
  const kernels::SplatsView<float>& splats = view.backward.forward.splats;
  const GradientPlaces places(splats.count, splats.sh_rest_count);
  float* gradients = gradients_.data_ptr<float>();
  if (!step.penalty.IsZero()) {
    PenaltyParams penalty = {step.penalty, splats.count, splats.opacity_logits, splats.log_scales};
    penalty.grad_opacity_logits = gradients + places.begin[kOpacityLogits];
    penalty.grad_log_scales = gradients + places.begin[kLogScales];
    backend_.update.add_penalties(context, penalty);
  }
  BackwardAdamParams params = step.optimizer->BeginStep(*step.model, step.rates, sh_degree_);
  params.last_unusable_step = step.last_unusable_step;
  for (int group = 0; group < kSplatArrays; ++group) {
    if (splats.count * WidthOf(group, splats.sh_rest_count) == 0) continue;
    if (group == kShRest && params.skip_sh_rest) continue;
    backend_.update.adam(context, GroupAdamParams(params, group, 0, splats.count, gradients + places.begin[group]));
  }
  views_ = 0;
}

class NoUpdate : public Update {
 public:
  void Add(const KernelContext&, const ViewGradient&) override {}
  void Finish(const KernelContext&, const ViewGradient&, const ModelStep&) override {}
};

}  // namespace

std::unique_ptr<Update> MakeNoUpdate() {
  return std::make_unique<NoUpdate>();
}

std::unique_ptr<Update> MakeFusedUpdate(const Backend& backend) {
  return std::make_unique<FusedUpdate>(backend);
}

std::unique_ptr<Update> MakeReducedUpdate(const Backend& backend, SumOverRanks sum) {
  return std::make_unique<ReducedUpdate>(backend, std::move(sum));
}

}  // namespace splat::train
